"""Sections 03 and 04: what errors cost, and which option is worth most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlpdm_kit.analysis.breakeven import Crossing, crossings
from mlpdm_kit.analysis.distributions import Array, Distribution
from mlpdm_kit.analysis.information import (
    cvar,
    evpi,
    expected_regret,
    probability_best,
    probability_loss,
)
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.sampling import draw
from mlpdm_kit.analysis.tasks import TASKS
from mlpdm_kit.analysis.value import (
    distribution,
    net_benefit,
    per_case,
    price,
    signs,
    stated_inputs,
    with_base,
)
from mlpdm_kit.case.model import Case, Input
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.record.gates import computed, merged, standing
from mlpdm_kit.record.model import (
    BreakEven,
    CheckResult,
    ComparisonSection,
    Difference,
    ErrorCost,
    ErrorsSection,
    Flip,
    InputRow,
    Range,
    Status,
    Valued,
    ValueSection,
)

BREAK_EVEN_DRAWS = 2_048


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
            if option.source == "measured":
                for rate, found in option.rates.items():
                    name = f"options.{option.id}.{rate}"
                    self.measured[name] = Distribution(found.family, found.parameters)
            name = f"options.{option.id}.cost_per_case"
            if option.predicted_cost is not None and name not in self.stated:
                self.measured[name] = Distribution("point", (option.predicted_cost,))
        self.distributions |= self.measured
        self.comparison = comparison

    def draw(self, draws: int, seed: int, rungs: Sequence[Rung]) -> dict[str, Array]:
        """Joint draws; measured rates that share their rows move together."""
        import pandas as pd

        names = list(self.comparison.correlation.names)
        matrix = pd.DataFrame(self.comparison.correlation.matrix, index=names, columns=names)
        theta = draw(
            self.distributions, draws=draws, seed=seed, correlation=matrix if names else None
        )
        return with_base(theta, rungs)

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
        return {"prevalence": "share", "cost_per_case": "money/case"}.get(
            last, self.case.of_task.rates.get(last, "share")
        )


def _range(values: Array) -> Range:
    low, high = np.quantile(values, [0.05, 0.95])
    return Range(mean=float(values.mean()), p5=float(low), p95=float(high))


def errors_section(
    case: Case, rungs: Sequence[Rung], inputs: Inputs, draws: int, seed: int
) -> ErrorsSection:
    """What each kind of error costs, per case and option, before building anything."""
    theta = inputs.draw(draws, seed, rungs)
    prices = {name: _range(theta[f"outcomes.{name}"]) for name in case.outcomes}
    mean = {name: np.array([values.mean()]) for name, values in theta.items()}
    worth = {n: float(v[0]) for n, v in TASKS[case.task].worth(mean, signs(case)).items()}
    point = TASKS[case.task].operating_point(worth)
    return ErrorsSection(
        prices=prices,
        gains=tuple(name for name, sign in signs(case).items() if sign > 0),
        threshold=point if case.task == "binary" else None,
        quantile=point if case.task != "binary" else None,
        options=tuple(
            _error_cost(case, rungs, rung, theta)
            for rung in rungs
            if any(option.id == rung.id for option in inputs.comparison.options)
        ),
        curves=inputs.comparison.curves,
    )


def _error_cost(case: Case, rungs: Sequence[Rung], rung: Rung, theta: Any) -> ErrorCost:
    one = per_case(case, rungs, rung, theta)
    cost = np.atleast_1d(-one.worth)
    month = np.atleast_1d(cost * theta["volume"])
    return ErrorCost(
        id=rung.id,
        kind=rung.kind,
        is_ml=rung.is_ml,
        per_case=_range(cost),
        by_outcome={name: float(-value.mean()) for name, value in one.errors.items()},
        running_per_case=float(one.running.mean()),
        per_month=_range(month),
    )


class Valuation:
    """Net benefit of every option that the gates leave, and what follows from it."""

    def __init__(
        self,
        case: Case,
        rungs: Sequence[Rung],
        inputs: Inputs,
        checks: Sequence[CheckResult],
        draws: int,
        seed: int,
    ) -> None:
        self.case, self.rungs, self.inputs = case, rungs, inputs
        self.draws, self.seed = draws, seed
        self.stand = {rung.id: standing(checks, rung) for rung in rungs}
        self.among = [
            rung
            for rung in rungs
            if rung.priced and (not self.stand[rung.id][0] or rung.status_quo)
        ]
        self.theta = inputs.draw(draws, seed, rungs)
        self.benefit = self._benefit(self.theta)
        self.expected = self.benefit.mean(axis=0)
        self.best = int(np.argmax(self.expected))

    def _benefit(self, theta: Any) -> Array:
        return net_benefit(self.case, self.rungs, theta, self.among)

    def section(self) -> ValueSection:
        """All of it as a section."""
        assert self.case.horizon is not None
        break_even = self._break_even()
        return ValueSection(
            months=self.case.horizon.low,
            discount=self.inputs.distributions["discount"].mean,
            draws=self.draws,
            seed=self.seed,
            inputs=self.inputs.rows(),
            options=tuple(self._valued(rung) for rung in self.rungs),
            best=self.among[self.best].id,
            best_without_ml=self._leader(is_ml=False),
            best_ml=self._leader(is_ml=True),
            differences=self._differences(),
            evpi=evpi(self.benefit),
            break_even=break_even,
            checks=tuple(self._checks()),
        )

    def _leader(self, *, is_ml: bool) -> str | None:
        found = [i for i, rung in enumerate(self.among) if rung.is_ml == is_ml]
        return self.among[max(found, key=lambda i: self.expected[i])].id if found else None

    def _valued(self, rung: Rung) -> Valued:
        failed, still_open, to_fix = self.stand[rung.id]
        known = {
            "id": rung.id,
            "kind": rung.kind,
            "is_ml": rung.is_ml,
            "label": rung.option.label,
            "status_quo": rung.status_quo,
            "priced": rung.priced,
            "failed_gates": failed,
            "open_gates": still_open,
            "to_fix": to_fix,
        }
        if rung not in self.among:
            return Valued(**known, feasible=False)
        index = self.among.index(rung)
        column = self.benefit[:, index]
        return Valued(
            **known,
            feasible=not (still_open or to_fix),
            expected_net_benefit=_range(column),
            standard_error=_error(column),
            p_best=float(probability_best(self.benefit)[index]),
            expected_regret=float(expected_regret(self.benefit)[index]),
            p_loss=float(probability_loss(self.benefit)[index]),
            cvar5=float(cvar(self.benefit)[index]),
            price=self._price(rung),
        )

    def _price(self, rung: Rung) -> float:
        assert self.case.horizon is not None
        return float(price(rung, self.case.horizon.low, self.theta).mean())

    def _differences(self) -> tuple[Difference, ...]:
        """The leader against every other option, and the best without ML against ML."""
        pairs = [(self.best, other) for other in range(len(self.among)) if other != self.best]
        return tuple(
            Difference(
                option=self.among[one].id,
                against=self.among[other].id,
                amount=_range(self.benefit[:, one] - self.benefit[:, other]),
                standard_error=_error(self.benefit[:, one] - self.benefit[:, other]),
            )
            for one, other in pairs
        )

    def _break_even(self) -> tuple[BreakEven, ...]:
        assert self.case.horizon is not None
        if len(self.among) < 2:
            return ()
        size = min(BREAK_EVEN_DRAWS, self.draws)
        raw = {name: values[:size] for name, values in self.theta.items()}
        rows = []
        for name, dist in self.inputs.distributions.items():
            if not self._moves(name):
                continue
            below, above = crossings(
                lambda value, name=name: self._fixed(raw, name, value),  # type: ignore[misc]
                self.best,
                dist,
                self.inputs.dimension(name),
                self.case.horizon.low,
            )
            rows.append(
                BreakEven(
                    input=name,
                    dimension=self.inputs.dimension(name),
                    mean=dist.mean,
                    low=dist.quantile(0.05),
                    high=dist.quantile(0.95),
                    below=self._flip(below),
                    above=self._flip(above),
                )
            )
        return tuple(rows)

    def _moves(self, name: str) -> bool:
        """Whether an input concerns an option that is still in the running."""
        if not name.startswith("options."):
            return True
        kept = {rung.id for rung in self.among} | {rung.option.of for rung in self.among}
        return name.split(".")[1] in kept

    def _fixed(self, theta: Any, name: str, value: float) -> Array:
        fixed = {**theta, name: np.array([value])}
        for rung in self.rungs:  # what a review inherits from its base moves with it
            if rung.kind == "review" and name.startswith(f"options.{rung.option.of}."):
                own = name.replace(f".{rung.option.of}.", f".{rung.id}.", 1)
                if own not in self.inputs.distributions and own in fixed:
                    fixed[own] = np.array([value])
        return np.asarray(self._benefit(fixed).mean(axis=0))

    def _flip(self, crossing: Crossing | None) -> Flip | None:
        if crossing is None:
            return None
        return Flip(value=crossing.value, option=self.among[crossing.option].id)

    def _checks(self) -> list[CheckResult]:
        ml, plain = self._leader(is_ml=True), self._leader(is_ml=False)
        if ml is None or plain is None:
            return []
        ids = [rung.id for rung in self.among]
        gain = float(self.expected[ids.index(ml)])
        found = [
            computed("gain-pays", self.rungs, "passed" if gain > 0 else "failed", "gain-pays",
                     {"option": ml, "amount": gain}, [ml])
        ]  # fmt: skip
        volume = self.inputs.distributions["volume"]
        size = min(BREAK_EVEN_DRAWS, self.draws)
        raw = {name: values[:size] for name, values in self.theta.items()}

        def ahead(value: float) -> bool:
            worth = self._fixed(raw, "volume", value)
            return bool(worth[ids.index(ml)] > worth[ids.index(plain)])

        low, high = ahead(volume.quantile(0.05)), ahead(volume.quantile(0.95))
        status: Status = "passed" if low and high else "open" if low or high else "failed"
        figures = {"option": ml, "value": volume.mean, "dimension": "cases/month"}
        return [*found, computed("volume", self.rungs, status, "volume", figures, [ml])]


def _error(values: Array) -> float:
    return float(values.std() / np.sqrt(len(values)))


def value_section(
    case: Case,
    rungs: Sequence[Rung],
    comparison: ComparisonSection,
    answers: Sequence[CheckResult],
    draws: int,
    seed: int,
) -> ValueSection:
    """Which option is worth most over the horizon, among those the gates leave."""
    inputs = Inputs(case, comparison)
    checks = merged(answers, comparison.checks)
    return Valuation(case, rungs, inputs, checks, draws, seed).section()
