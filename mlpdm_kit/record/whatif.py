"""What if: the same decision with some inputs believed otherwise, on the same futures.

The figures are the kit's own: with nothing changed they are those of section 04, and with a
range changed those that it will have once the range stands in the case file, as far as the
options' own rates stay as they were measured. An input's draws are taken at the same points
as before, so that only what hangs on it is worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.sampling import drawn_at, quantiles
from mlpdm_kit.analysis.worth.breakeven import STRAIGHT
from mlpdm_kit.analysis.worth.value import Columns, Draws, net_benefit
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.error_costs import spread
from mlpdm_kit.record.gates import merged
from mlpdm_kit.record.inputs import Inputs
from mlpdm_kit.record.model import Outcome
from mlpdm_kit.record.parts import CheckResult, Range
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.studies import studies
from mlpdm_kit.record.valued import StudyValue, Valued
from mlpdm_kit.record.verdict import meanwhile_of, outcome_of
from mlpdm_kit.record.worth import (
    BREAK_EVEN_DRAWS,
    Valuation,
    against_baseline,
    simplest_best,
)

QUICK_DRAWS = 4_096
Changes = Mapping[str, Distribution]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the rule says of some ranges.

    ``worth`` is each option's net benefit, of those that the gates leave; ``best`` the one
    worth most. ``draws`` is how many futures it stands on; only the ``whole`` has gates, plans
    and studies worked out again, else they are as in the case.
    """

    worth: Mapping[str, Range]
    best: str
    outcome: Outcome
    meanwhile: str | None
    draws: int
    whole: bool


class WhatIf:
    """A case of which inputs can be believed otherwise.

    Parameters
    ----------
    case, rungs, comparison, answers
        The case, its ladder, what the data said of it, and the checks as answered.
    draws, seed : int
        Of the simulation.
    """

    def __init__(
        self,
        case: Case,
        rungs: Sequence[Rung],
        comparison: ComparisonSection,
        answers: Sequence[CheckResult],
        draws: int,
        seed: int,
    ) -> None:
        self.case, self.draws, self.seed = case, draws, seed
        self._rungs, self._comparison, self._answers = tuple(rungs), comparison, tuple(answers)
        self.inputs = Inputs(case, comparison)
        self._points = {frozenset(self._moving(self.inputs)): self.inputs.points(draws, seed)}
        points = next(iter(self._points.values()))
        self._theta: Draws = drawn_at(points, self.inputs.distributions)
        self._now = self._valuation(self.inputs, self._theta)
        self._few = {name: values[:QUICK_DRAWS] for name, values in self._theta.items()}
        self._study_pays = self._study(self._now)

    @property
    def options(self) -> dict[str, Valued]:
        """The options that the gates leave, as the case values them, in the ladder's order."""
        return self._valued

    @cached_property
    def now(self) -> Choice:
        """The case as it stands."""
        return self._said(self._now, self._study_pays)

    def at(self, changes: Changes) -> Choice:
        """The choice with some inputs believed otherwise, with all that follows from it.

        Raises
        ------
        InputError
            An input that is tied to another one becomes a point; no option is left.
        """
        if not self._changed(changes):
            return self.now
        inputs = self.inputs.otherwise(changes)
        found = self._valuation(inputs, self._drawn(inputs, changes))
        return self._said(found, self._study(found))

    def quickly(self, changes: Changes) -> Choice:
        """The same on a part of the futures, with gates, plans and studies as in the case.

        It is what can be worked out while somebody is typing. What the same part is off by
        where nothing is changed is taken out of it (a control variate).
        """
        if not self._changed(changes):
            return self.now
        inputs = self.inputs.otherwise(changes)
        theta = self._drawn(inputs, changes, QUICK_DRAWS)
        base = self._now
        benefit = net_benefit(self.case, base.rungs, theta, base.among) + self._off
        valued = self._valued
        best = valued[base.among[simplest_best(benefit)].id]
        worth = {rung.id: spread(benefit[:, i]) for i, rung in enumerate(base.among)}
        rows = [
            one.model_copy(update={"expected_net_benefit": worth[name]})
            for name, one in valued.items()
        ]
        return Choice(
            worth=worth,
            best=best.id,
            outcome=outcome_of(best, self._study_pays),
            meanwhile=meanwhile_of(best, rows, self._study_pays),
            draws=min(QUICK_DRAWS, self.draws),
            whole=False,
        )

    def across(self, name: str, values: Array) -> Array:
        """Expected net benefit with one input fixed at rising values, shape (values, options).

        On as many draws as break-even is looked for on. Along most inputs it is straight: what
        lies between values on one line is not worked out again.
        """
        found: dict[int, Array] = {}

        def at(place: int) -> Array:
            if place not in found:
                found[place] = self._columns.expected_at(name, float(values[place]))
            return found[place]

        def fill(first: int, last: int) -> None:
            inner = sorted({first + (last - first) * part // 4 for part in (1, 2, 3)} - {first})
            if not inner:
                return
            straight = _on_one_line(
                values[[first, *inner, last]],
                np.array([at(place) for place in (first, *inner, last)]),
            )
            if not straight:
                for one, other in pairwise((first, *inner, last)):
                    fill(one, other)
                return
            for place in range(first + 1, last):
                part = (values[place] - values[first]) / (values[last] - values[first])
                found.setdefault(place, at(first) + part * (at(last) - at(first)))

        at(0)
        if len(values) > 1:
            at(len(values) - 1)
            fill(0, len(values) - 1)
        return np.array([found[place] for place in range(len(values))])

    @cached_property
    def _off(self) -> Array:
        """What expectations on the quick draws fall short of those on all, by option."""
        few = net_benefit(self.case, self._now.rungs, self._few, self._now.among)
        return np.asarray(self._now.expected - few.mean(axis=0))

    @cached_property
    def _columns(self) -> Columns:
        part = {name: values[:BREAK_EVEN_DRAWS] for name, values in self._theta.items()}
        return Columns(self.case, self._now.rungs, part, self._now.among)

    @cached_property
    def _valued(self) -> dict[str, Valued]:
        return {rung.id: self._now.valued(rung) for rung in self._now.among}

    def _changed(self, changes: Changes) -> bool:
        return any(self.inputs.distributions[name] != dist for name, dist in changes.items())

    def _drawn(self, inputs: Inputs, changes: Changes, most: int | None = None) -> Draws:
        """Draws of all inputs, of which only the changed are made anew."""
        moving = frozenset(self._moving(inputs))
        there = moving in self._points
        if not there:  # an input has become a point, or has ceased to be one
            self._points[moving] = inputs.points(self.draws, self.seed)
        points = self._points[moving]
        if moving != frozenset(self._moving(self.inputs)):
            part = {name: values[:most] for name, values in points.items()}
            return drawn_at(part, inputs.distributions)
        found = dict(self._few if most else self._theta)
        for name in changes:
            if name in points:
                found[name] = quantiles(inputs.distributions[name], points[name][:most])
            else:
                found[name] = np.array([inputs.distributions[name].parameters[0]])
        return found

    @staticmethod
    def _moving(inputs: Inputs) -> list[str]:
        return [name for name, dist in inputs.distributions.items() if not dist.is_point]

    def _valuation(self, inputs: Inputs, theta: Draws) -> Valuation:
        against = against_baseline(self.case, self._rungs, inputs, theta)
        checks = merged(self._answers, self._comparison.checks, against)
        return Valuation(self.case, self._rungs, inputs, checks, self.draws, self.seed, dict(theta))

    def _study(self, found: Valuation) -> StudyValue | None:
        if not self.case.studies:
            return None
        return next((one for one in studies(found.stands()) if one.pays), None)

    def _said(self, found: Valuation, study: StudyValue | None) -> Choice:
        valued = [found.valued(rung) for rung in found.among]
        best = valued[found.best]
        return Choice(
            worth={one.id: one.expected_net_benefit for one in valued if one.expected_net_benefit},
            best=best.id,
            outcome=outcome_of(best, study),
            meanwhile=meanwhile_of(best, valued, study),
            draws=self.draws,
            whole=True,
        )


def _on_one_line(x: Array, y: Array) -> bool:
    """Whether points lie on the line through the first and the last, but for rounding."""
    parts = ((x - x[0]) / (x[-1] - x[0]))[:, None] if x[-1] > x[0] else np.zeros((len(x), 1))
    off = np.abs(y - (y[0] + parts * (y[-1] - y[0])))
    return bool((off <= STRAIGHT * np.abs(y).max(axis=0)).all())
