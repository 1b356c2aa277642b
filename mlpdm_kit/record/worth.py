"""Section 04: which option is worth most over the horizon, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.information import (
    cvar,
    evpi,
    expected_regret,
    probability_best,
    probability_loss,
)
from mlpdm_kit.analysis.voi.partial import MIN_DRAWS, evppi
from mlpdm_kit.analysis.worth.breakeven import Crossing, crossings
from mlpdm_kit.analysis.worth.per_case import per_case
from mlpdm_kit.analysis.worth.terms import base_of, price
from mlpdm_kit.analysis.worth.value import Columns, Draws, best_plans, net_benefit, unused
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.chains import chains
from mlpdm_kit.record.data_checks import baseline_finding
from mlpdm_kit.record.error_costs import spread
from mlpdm_kit.record.gates import computed, merged, standing
from mlpdm_kit.record.inputs import Inputs
from mlpdm_kit.record.parts import CheckResult, Status
from mlpdm_kit.record.sections import ComparisonSection, ValueSection
from mlpdm_kit.record.stand import Stand
from mlpdm_kit.record.stresses import stresses
from mlpdm_kit.record.studies import studies
from mlpdm_kit.record.valued import (
    BreakEven,
    Difference,
    Flip,
    PartialValue,
    Valued,
)

BREAK_EVEN_DRAWS = 2_048
GROUP_DRAWS = 4_096
TIE = 0.25


class Valuation:
    """Net benefit of every option that the gates leave, and what follows from it.

    ``theta`` are the draws of the inputs, where they are made already.
    """

    def __init__(
        self,
        case: Case,
        rungs: Sequence[Rung],
        inputs: Inputs,
        checks: Sequence[CheckResult],
        draws: int,
        seed: int,
        theta: dict[str, Array] | None = None,
    ) -> None:
        self.case, self.inputs = case, inputs
        self.draws, self.seed = draws, seed
        self.stand = {rung.id: standing(checks, rung) for rung in rungs}
        self.among = [rung for rung in rungs if rung.priced and not self.stand[rung.id][0]]
        if not self.among:
            gates = sorted({gate for failed, *_ in self.stand.values() for gate in failed})
            raise refuse("no-feasible", "options", ", ".join(gates))
        self.theta = inputs.draw(draws, seed) if theta is None else theta
        self.rungs = best_plans(case, rungs, self.theta)
        self.among = [rung for rung in self.rungs if rung.id in {one.id for one in self.among}]
        self.benefit = self._benefit(self.theta)
        self.expected = self.benefit.mean(axis=0)
        self.best = simplest_best(self.benefit)

    def _benefit(self, theta: Any) -> Array:
        return net_benefit(self.case, self.rungs, theta, self.among)

    def section(self) -> ValueSection:
        """All of it as a section."""
        assert self.case.horizon is not None
        break_even, stands = self._break_even(), self.stands()
        return ValueSection(
            months=self.case.horizon.low,
            discount=self.inputs.distributions["discount"].mean,
            draws=self.draws,
            seed=self.seed,
            inputs=self.inputs.rows(),
            correlations=self.inputs.correlations,
            findings=self.inputs.findings(),
            options=tuple(self.valued(rung) for rung in self.rungs),
            best=self.among[self.best].id,
            best_without_ml=self._leader(is_ml=False),
            best_ml=self._leader(is_ml=True),
            differences=self._differences(),
            chains=chains(stands),
            evpi=evpi(self.benefit),
            evppi=self._evppi(),
            groups=self._groups(),
            studies=studies(stands),
            stress=stresses(stands),
            break_even=break_even,
            checks=self.checks,
        )

    @cached_property
    def checks(self) -> tuple[CheckResult, ...]:
        """What the net benefit says of the checks that are about it."""
        return tuple(self._checks())

    def _leader(self, *, is_ml: bool) -> str | None:
        found = [i for i, rung in enumerate(self.among) if rung.is_ml == is_ml]
        return self.among[max(found, key=lambda i: self.expected[i])].id if found else None

    def valued(self, rung: Rung) -> Valued:
        """An option with all its figures."""
        failed, still_open, to_fix = self.stand[rung.id]
        failed += standing(self.checks, rung)[0]  # its price stays to be seen: it is what failed it
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
            feasible=rung.status_quo or not (failed or still_open or to_fix),
            expected_net_benefit=spread(column),
            standard_error=_error(column),
            p_best=float(probability_best(self.benefit)[index]),
            expected_regret=float(expected_regret(self.benefit)[index]),
            p_loss=float(probability_loss(self.benefit)[index]),
            cvar5=float(cvar(self.benefit)[index]),
            price=self._price(rung),
            unused=self._unused(rung),
            retrain_every=rung.retrain_every,
        )

    def _price(self, rung: Rung) -> float:
        assert self.case.horizon is not None
        return float(price(self.rungs, rung, self.case.horizon.low, self.theta).mean())

    def _unused(self, rung: Rung) -> float:
        assert self.case.horizon is not None
        months = self.case.horizon.low
        return float(unused(self.case, self.rungs, rung, months, self.theta).mean())

    def _differences(self) -> tuple[Difference, ...]:
        """The leader against every other option, and the best without ML against ML."""
        pairs = [(self.best, other) for other in range(len(self.among)) if other != self.best]
        return tuple(
            Difference(
                option=self.among[one].id,
                against=self.among[other].id,
                amount=spread(self.benefit[:, one] - self.benefit[:, other]),
                standard_error=_error(self.benefit[:, one] - self.benefit[:, other]),
            )
            for one, other in pairs
        )

    def _evppi(self) -> tuple[PartialValue, ...]:
        """What each input that moves is worth knowing, the most first."""
        import pandas as pd

        moving = {
            name: values
            for name, values in self.theta.items()
            if len(values) > 1 and self._moves(name)
        }
        if len(self.among) < 2 or not moving or len(self.benefit) < MIN_DRAWS:
            return ()
        found = evppi(self.benefit, pd.DataFrame(moving), seed=self.seed)
        rows = [
            PartialValue(input=str(name), value=value, noise_floor=floor)
            for name, value, floor in found.itertuples()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.value, row.input)))

    def _groups(self) -> tuple[PartialValue, ...]:
        """What knowing several inputs together is worth: prices, one option, what is assumed."""
        import pandas as pd

        size = min(GROUP_DRAWS, self.draws)
        moving = {n: v[:size] for n, v in self.theta.items() if len(v) > 1 and self._moves(n)}
        leader = self._leader(is_ml=True)
        assumed = {n for n, said in self.inputs.stated.items() if said.evidence == "assumed"}
        members = {
            "group.outcomes": [n for n in moving if n.startswith("outcomes.")],
            "group.assumed": [n for n in moving if n in assumed],
        }
        if leader is not None:
            own = f"options.{leader}."
            members[f"group.options.{leader}"] = [n for n in moving if n.startswith(own)]
        members = {name: names for name, names in members.items() if len(names) > 1}
        if len(self.among) < 2 or not members or size < MIN_DRAWS:
            return ()
        found = evppi(self.benefit[:size], pd.DataFrame(moving), groups=members, seed=self.seed)
        rows = found.loc[list(members)]
        return tuple(
            PartialValue(
                input=str(name), value=value, noise_floor=floor, of=tuple(members[str(name)])
            )
            for name, value, floor in rows.itertuples()
        )

    def stands(self) -> Stand:
        """The choice as it stands, for what is asked of it next."""
        ready = [r.id for r in self.rungs if not (self.stand[r.id][1] or self.stand[r.id][2])]
        return Stand(
            case=self.case,
            rungs=self.rungs,
            among=self.among,
            inputs=self.inputs,
            theta=self.theta,
            benefit=self.benefit,
            best=self.best,
            noise=_noise(self.benefit, self.best),
            feasible=frozenset(ready),
            draws=self.draws,
            seed=self.seed,
        )

    def _break_even(self) -> tuple[BreakEven, ...]:
        assert self.case.horizon is not None
        if len(self.among) < 2:
            return ()
        few = self._few_draws()
        rows = []
        for name, dist in self.inputs.distributions.items():
            if not self._moves(name) or name.endswith(".luck"):
                continue
            below, above = crossings(
                partial(few.expected_at, name),
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

    def _few_draws(self) -> Columns:
        """The options on a part of the draws, for what is computed again and again."""
        size = min(BREAK_EVEN_DRAWS, self.draws)
        part = {name: values[:size] for name, values in self.theta.items()}
        return Columns(self.case, self.rungs, part, self.among)

    def _flip(self, crossing: Crossing | None) -> Flip | None:
        if crossing is None:
            return None
        return Flip(value=crossing.value, option=self.among[crossing.option].id)

    def _checks(self) -> list[CheckResult]:
        found = [self._pays(rung) for rung in self.among if rung.is_ml]
        ml, plain = self._leader(is_ml=True), self._leader(is_ml=False)
        if ml is None or plain is None:
            return found
        ids = [rung.id for rung in self.among]
        volume = self.inputs.distributions["volume"]
        few = self._few_draws()

        def ahead(value: float) -> bool:
            worth = few.expected_at("volume", value)
            return bool(worth[ids.index(ml)] > worth[ids.index(plain)])

        low, high = ahead(volume.quantile(0.05)), ahead(volume.quantile(0.95))
        status: Status = "passed" if low and high else "open"  # the net benefit decides
        figures = {
            "option": ml, "against": plain, "value": volume.mean, "dimension": "cases/month",
        }  # fmt: skip
        on = self.inputs.evidence(self._behind(ml) | self._behind(plain))
        code = "volume" if status == "passed" else "volume-open"
        return [
            *found,
            computed("volume", self.rungs, status, code, figures, [ml], holds=False, stands_on=on),
        ]

    def _pays(self, rung: Rung) -> CheckResult:
        """Whether an ML option brings more than it takes, against what is done today.

        It fails where the whole 90% range is a loss; where only the expectation is, the
        expected net benefit decides.
        """
        worth = spread(self.benefit[:, self.among.index(rung)])
        status: Status = "passed" if worth.mean > 0 else "failed" if worth.p95 <= 0 else "open"
        code = "gain-pays-open" if status == "open" else "gain-pays"
        figures = {"option": rung.id, "amount": worth.mean, "low": worth.p5, "high": worth.p95}
        on = self.inputs.evidence(self._behind(rung.id))
        return computed(
            "gain-pays", self.rungs, status, code, figures, [rung.id], holds=False, stands_on=on
        )

    def _behind(self, option: str) -> set[str]:
        """An option, what it reviews, and what is done today."""
        today = {rung.id for rung in self.rungs if rung.status_quo}
        of = {rung.option.of for rung in self.rungs if rung.id == option and rung.option.of}
        return {option} | today | of


def _noise(benefit: Array, best: int) -> Array:
    """Monte Carlo error of each option's difference from one of them."""
    return np.asarray((benefit - benefit[:, [best]]).std(axis=0) / np.sqrt(len(benefit)))


def simplest_best(benefit: Array) -> int:
    """The option with the highest expectation; of a tie, the lowest rung of the ladder.

    A tie is what the draws cannot tell apart: within a quarter of the plain Monte Carlo
    error, to which the error of scrambled Sobol draws is at most in problems like this.
    """
    expected = benefit.mean(axis=0)
    top = int(np.argmax(expected))
    tied = expected >= expected[top] - TIE * _noise(benefit, top)
    return int(np.flatnonzero(tied)[0])


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
    theta = inputs.draw(draws, seed)
    against = against_baseline(case, rungs, inputs, theta)
    checks = merged(answers, comparison.checks, against)
    section = Valuation(case, rungs, inputs, checks, draws, seed, theta).section()
    return section.model_copy(update={"checks": (*against, *section.checks)})


def against_baseline(
    case: Case, rungs: Sequence[Rung], inputs: Inputs, theta: Draws
) -> list[CheckResult]:
    """ML that was not tried on data, against the best without it, by what is said of both.

    Rates that are only assumed cannot pass; others pass or fail where the 90% range of the
    difference per case, running included, is clear of zero.
    """
    measured = {option.id for option in inputs.comparison.options if option.difference}
    if all(rung.id in measured or not (rung.is_ml and rung.priced) for rung in rungs):
        return []
    rungs = best_plans(case, rungs, theta)
    left = [rung for rung in rungs if rung.is_ml and rung.priced and rung.id not in measured]
    plain = [rung for rung in rungs if not rung.is_ml]
    if not plain:
        return []
    worth = {rung.id: per_case(case, rungs, rung, theta).worth for rung in [*left, *plain]}
    for rung in plain:  # what they take beside their errors, spread over the cases
        assert case.horizon is not None
        cases = np.maximum(theta["volume"] * case.horizon.low, 1e-300)
        worth[rung.id] = worth[rung.id] - price(rungs, rung, case.horizon.low, theta) / cases
    best = max(plain, key=lambda rung: float(worth[rung.id].mean()))
    results = []
    for rung in left:
        lead = spread(np.atleast_1d(worth[best.id] - worth[rung.id]))  # what ML costs more
        base = base_of(rungs, rung) if rung.kind == "review" else rung
        said = base.option.quality.items()
        assumed = [f"options.{base.id}.{name}" for name, item in said if item.evidence == "assumed"]
        status: Status = "failed" if lead.p5 > 0 else "passed" if lead.p95 < 0 else "open"
        code, figures = baseline_finding(rung.id, best.id, status, lead.p5, lead.p95)
        holds = False
        if assumed and status != "failed":
            status, code, holds = "open", "assumed-rates", True
            figures |= {"inputs": assumed}
        on = inputs.evidence({rung.id, base.id, best.id})
        results.append(
            computed(
                "beats-baseline", rungs, status, code, figures, [rung.id], holds=holds, stands_on=on
            )
        )
    return results
