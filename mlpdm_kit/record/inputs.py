"""Every uncertain input of a case, by name: as stated, and as measured on its data."""

from __future__ import annotations

from mlpdm_kit.analysis.distributions import Array, Distribution
from mlpdm_kit.analysis.sampling import draw
from mlpdm_kit.analysis.value import distribution, stated_inputs
from mlpdm_kit.case.model import Case, Input
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.record.model import ComparisonSection, InputRow, Said

WIDE = 100.0  # high over low, from which the mean of a range is far above its middle


class Inputs:
    """Every uncertain input of a case: as stated, and as measured on its data."""

    def __init__(self, case: Case, comparison: ComparisonSection) -> None:
        self.case = case
        self.stated: dict[str, Input] = {
            name.replace(".rates.", "."): item
            for name, item in named_inputs(case)
            if name != "horizon"
        }
        self.distributions: dict[str, Distribution] = stated_inputs(case)
        self.measured: dict[str, Distribution] = {}
        self.distributions.setdefault("discount", distribution(case.discount))
        data = comparison.data
        if "prevalence" not in self.stated and data is not None and data.positives is not None:
            hits, rows = data.positives, data.rows
            self.measured["prevalence"] = Distribution("beta", (hits + 0.5, rows - hits + 0.5))
        for option in comparison.options:
            if option.source in ("measured", "reference"):
                for rate, found in option.rates.items():
                    if option.source == "reference" and found.family == "point":
                        continue  # known without data
                    name = f"options.{option.id}.{rate}"
                    self.measured[name] = Distribution(found.family, found.parameters)
            name = f"options.{option.id}.cost_per_case"
            if option.predicted_cost is not None and name not in self.stated:
                self.measured[name] = Distribution("point", (option.predicted_cost,))
        self.distributions |= self.measured
        self.comparison = comparison

    def draw(self, draws: int, seed: int) -> dict[str, Array]:
        """Joint draws; measured rates that share their rows move together."""
        import pandas as pd

        names = list(self.comparison.correlation.names)
        matrix = pd.DataFrame(self.comparison.correlation.matrix, index=names, columns=names)
        return draw(
            self.distributions, draws=draws, seed=seed, correlation=matrix if names else None
        )

    def findings(self) -> tuple[Said, ...]:
        """Ranges so wide that their mean is not what their writer is likely to mean."""
        found = []
        for name, item in self.stated.items():
            mean = self.distributions[name].mean
            if mean > item.high > item.low or (item.low > 0 and item.high / item.low > WIDE):
                values = {"low": item.low, "high": item.high, "mean": mean}
                figures = {
                    "input": name,
                    **{k: {"value": v, "unit": item.dimension} for k, v in values.items()},
                }
                found.append(Said(code="implied-mean", figures=figures))
        return tuple(found)

    def rows(self) -> tuple[InputRow, ...]:
        """Inputs as a table, in the order of the case file."""
        order = [*self.stated, *(name for name in self.measured if name not in self.stated)]
        return tuple(self._row(name) for name in dict.fromkeys(order))

    def _row(self, name: str) -> InputRow:
        dist, said = self.distributions[name], self.stated.get(name)
        if said is not None and name not in self.measured:
            low, high, dimension = said.low, said.high, said.dimension
            evidence, note, owner, source = said.evidence, said.note, said.owner, said.source
        else:
            low, high = dist.quantile(0.05), dist.quantile(0.95)
            evidence, note, owner, source = "measured", "", "", ""
            dimension = self.dimension(name)
            source = self.comparison.data.file if self.comparison.data else ""
        return InputRow(
            name=name, dimension=dimension, low=low, high=high, mean=dist.mean,
            family=dist.family, evidence=evidence, note=note, owner=owner, source=source,
        )  # fmt: skip

    def dimension(self, name: str) -> str:
        """In what an input is written."""
        if name in self.stated:
            return self.stated[name].dimension
        last = name.rpartition(".")[2]
        if last == "luck":
            return "share"
        if last.endswith("_amount"):
            return "money/case"
        return {"prevalence": "share", "cost_per_case": "money/case"}.get(
            last, self.case.of_task.rates.get(last, "share")
        )
