"""Every uncertain input of a case, by name: as stated, and as measured on its data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, widened
from mlpdm_kit.analysis.uncertainty.sampling import draw, joint_points
from mlpdm_kit.analysis.uncertainty.stated import distribution, stated_inputs
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.case.incidents import INVENTION
from mlpdm_kit.case.inputs import BETWEEN_ENDS, USUAL_LEVEL
from mlpdm_kit.case.model import Case, Input
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.gates import least_sure
from mlpdm_kit.record.parts import Basis, Said
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.valued import InputRow, RankCorrelation

WIDE = 100.0  # high over low, from which the mean of a range is far above its middle


class Inputs:
    """Every uncertain input of a case: as stated, and as measured on its data."""

    def __init__(self, case: Case, comparison: ComparisonSection) -> None:
        self.case = case
        self.stated: dict[str, Input] = {
            drawn_name(name): item for name, item in named_inputs(case) if name != "horizon"
        }
        self.distributions: dict[str, Distribution] = stated_inputs(case)
        self.measured: dict[str, Distribution] = {}
        self.distributions.setdefault("discount", distribution(case.discount))
        data = comparison.data
        if "prevalence" not in self.stated and data is not None and data.positives is not None:
            hits, rows = data.positives, data.rows
            mixed = data.mixed_base_rate or (hits + 0.5, rows - hits + 0.5)
            self.measured["prevalence"] = Distribution("beta", mixed)
        for option in comparison.options:
            if option.source in ("measured", "reference"):
                for rate, found in option.rates.items():
                    if option.source == "reference" and found.family == "point":
                        continue  # known without data
                    name = f"options.{option.id}.{rate}"
                    self.measured[name] = Distribution(found.family, found.parameters)
            own = f"options.{option.id}"
            beside = {f"{own}.{name}": found for name, found in option.taken.items()}
            beside |= {f"{own}.incidents.{name}": one for name, one in option.incidents.items()}
            for name, found in beside.items():
                if name not in self.stated:
                    self.measured[name] = Distribution(found.family, found.parameters)
        self.distributions |= self.measured
        for name, dist in self.distributions.items():
            if not np.isfinite(dist.mean):
                raise refuse("mean-infinite", name, name)
        self.comparison = comparison
        self.correlations = tuple(
            RankCorrelation(between=(drawn_name(one.between[0]), drawn_name(one.between[1])),
                            rank=one.rank)
            for one in case.correlations
        )  # fmt: skip

    def draw(
        self, draws: int, seed: int, *, spread: float = 1.0, correlated: bool = True
    ) -> dict[str, Array]:
        """Joint draws: measured rates that share their rows move together, and what the case
        says does; for a stress stated ranges ``spread`` times as wide, or nothing tied."""
        wider = self.distributions
        if spread != 1:
            people = set(self.stated) - set(self.measured)
            wider = {n: widened(d, spread) if n in people else d for n, d in wider.items()}
        return draw(wider, draws=draws, seed=seed, **self._ties(correlated=correlated))

    def points(self, draws: int, seed: int) -> dict[str, Array]:
        """The shares at which `draw` takes quantiles, by input that moves."""
        return joint_points(self.distributions, draws=draws, seed=seed, **self._ties())

    def otherwise(self, changes: Mapping[str, Distribution]) -> Inputs:
        """The same with some inputs believed otherwise."""
        found = copy(self)
        found.distributions = {**self.distributions, **changes}
        return found

    def _ties(self, *, correlated: bool = True) -> dict[str, Any]:
        """What ties inputs together: their rows, and what the case says."""
        import pandas as pd

        names = list(self.comparison.correlation.names)
        matrix = pd.DataFrame(self.comparison.correlation.matrix, index=names, columns=names)
        return {
            "correlation": matrix if names and correlated else None,
            "ranks": {one.between: one.rank for one in self.correlations if correlated},
        }

    def findings(self) -> tuple[Said, ...]:
        """Ranges so wide that their mean is not what their writer is likely to mean, and
        inventions whose grade is priced as an error."""
        found = []
        for name, item in self.stated.items():
            mean = self.distributions[name].mean
            low, high = self._ends(name)
            if mean > high > low or (low > 0 and high / low > WIDE):
                values = {"low": low, "high": high, "mean": mean}
                figures = {
                    "input": name,
                    **{k: {"value": v, "unit": item.dimension} for k, v in values.items()},
                }
                found.append(Said(code="implied-mean", figures=figures))
        return (*found, *self._priced_twice())

    def _priced_twice(self) -> Iterator[Said]:
        """Logs whose invented answers have a grade that is priced as an error: they are left
        out of how often inventions happen, unless the case states that."""
        for one in self.comparison.answers:
            rate = self.distributions.get(f"options.{one.option}.incidents.{INVENTION}")
            priced = INVENTION in self.case.incidents and rate is not None and rate.mean > 0
            if priced and one.invented_wrong:
                figures = {"option": one.option, "n": one.invented_wrong,
                           "graded": one.invented_graded}  # fmt: skip
                stated = f"options.{one.option}.incidents.{INVENTION}" in self.stated
                yield Said(code=f"invention-{'twice' if stated else 'once'}", figures=figures)

    def rows(self) -> tuple[InputRow, ...]:
        """Inputs as a table, in the order of the case file."""
        order = [*self.stated, *(name for name in self.measured if name not in self.stated)]
        return tuple(self._row(name) for name in dict.fromkeys(order))

    def evidence(self, options: Iterable[str]) -> tuple[str, Basis]:
        """The least sure evidence of all that the worth of some options rests on, and
        whether that is ranges alone or measured on the data too.

        The discount rate is chosen, not known, and does not count.
        """
        kept = set(options)
        names = [
            name
            for name in self.distributions
            if name != "discount"
            and (not name.startswith("options.") or name.split(".")[1] in kept)
        ]
        said = [
            self.stated[name].evidence
            for name in names
            if name in self.stated and name not in self.measured
        ]  # whether a trial is passed is chance itself, and rests on what is said of it
        basis: Basis = "both" if any(name in self.measured for name in names) else "ranges"
        return least_sure(said), basis

    def _ends(self, name: str) -> tuple[float, float]:
        """5% and 95% points of an input."""
        if name in self.stated and name not in self.measured:
            return usual_ends(self.stated[name])
        dist = self.distributions[name]
        return dist.quantile(0.05), dist.quantile(0.95)

    def _row(self, name: str) -> InputRow:
        dist, said = self.distributions[name], self.stated.get(name)
        low, high = self._ends(name)
        known: dict[str, Any] = {"evidence": "measured", "dimension": self.dimension(name)}
        if said is not None and name not in self.measured:
            known = {
                field: getattr(said, field)
                for field in ("dimension", "middle", "level", "evidence", "note", "owner", "source")
            }
            known["written"] = None if _usual(said) else (said.low, said.high)
        elif self.comparison.data is not None:
            known["source"] = self._log_of(name) or self.comparison.data.file
        return InputRow(name=name, low=low, high=high, mean=dist.mean, family=dist.family, **known)

    def _log_of(self, name: str) -> str | None:
        """The file of answers that tells how an option errs and what it takes, if it has one.

        What is reviewed errs by the answers of what it reviews.
        """
        first, _, rest = name.partition(".")
        option = self.case.options.get(rest.partition(".")[0]) if first == "options" else None
        if option is not None and option.predictions is None and option.of is not None:
            option = self.case.options.get(option.of)
        return option.predictions if option is not None else None

    def dimension(self, name: str) -> str:
        """In what an input is written."""
        if name in self.stated:
            return self.stated[name].dimension
        last = name.rpartition(".")[2]
        if last == "luck":
            return "share"
        if last.endswith("_amount"):
            return "money/case"
        beside = {"tokens_in": "number", "tokens_out": "number", "cost_per_case": "money/case"}
        return {"prevalence": "share", **beside}.get(
            last, self.case.of_task.rates.get(last, "share")
        )


def _usual(item: Input) -> bool:
    """Whether what was written are the 5% and 95% points, or one figure."""
    return item.is_point or (item.level == USUAL_LEVEL and item.family not in BETWEEN_ENDS)


def usual_ends(item: Input) -> tuple[float, float]:
    """5% and 95% points of a stated input, to the last digit where they were written."""
    if _usual(item):
        return item.low, item.high
    dist = distribution(item)
    return dist.quantile(0.05), dist.quantile(0.95)
