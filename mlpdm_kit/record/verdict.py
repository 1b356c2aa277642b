"""The rule that turns gates and figures into a verdict, and the reasons it gives.

1. A failed case-level gate: ``stop``.
2. The option with the highest expected net benefit among those that no gate has removed.
3. It is ML and a gate is still open, or something is to be fixed first: ``find_out_first``,
   and meanwhile the best option that nothing holds back.
4. A study that the case could make brings more than its price and delay:
   ``find_out_first``, and meanwhile what is best while it runs.
5. Else ``use_ml``, ``use_non_ml``, or ``do_nothing`` where it is the status quo.

The choice is robust where it survives every stress.

The probability of being best is reported and is never the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mlpdm_kit.record.model import Outcome, Verdict
from mlpdm_kit.record.parts import CheckResult, Range, Said, few_errors
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, ValueSection
from mlpdm_kit.record.valued import Difference, StudyValue, Valued

MAX_REASONS = 3
PAYS = "gain-pays"  # read off the net benefit, whose figures say it already
LITTLE = 0.005  # a chance that is shown as 0%


def verdict(
    checks: Sequence[CheckResult],
    stopped: Sequence[str],
    comparison: ComparisonSection,
    errors: ErrorsSection,
    value: ValueSection,
) -> Verdict:
    """What is decided, and why."""
    if stopped:
        return _stop(checks, stopped)
    return _Rule(checks, comparison, errors, value).verdict()


def outcome_of(best: Valued, study: StudyValue | None) -> Outcome:
    """What the rule says where the case goes on: the best option, and a study that pays."""
    if (best.is_ml and not best.feasible) or study is not None:
        return "find_out_first"
    if best.status_quo:
        return "do_nothing"
    return "use_ml" if best.is_ml else "use_non_ml"


def meanwhile_of(best: Valued, options: Iterable[Valued], study: StudyValue | None) -> str | None:
    """What to do until more is known, where the rule says to find out first."""
    if best.is_ml and not best.feasible:
        ready = [one for one in options if one.feasible and one.expected_net_benefit is not None]
        return max(ready, key=_mean).id if ready else None
    return study.meanwhile if study is not None and study.months > 0 else None


def _stop(checks: Sequence[CheckResult], stopped: Sequence[str]) -> Verdict:
    reasons = [
        _said("gate-failed", check=result.id, note=result.note, evidence=result.evidence)
        for result in checks
        if result.id in stopped and result.status == "failed"
    ]
    return Verdict(outcome="stop", reasons=tuple(reasons[:MAX_REASONS]))


def _said(code: str, **figures: Any) -> Said:
    return Said(code=code, figures=figures)


class _Rule:
    """The rule at work on one case."""

    def __init__(
        self,
        checks: Sequence[CheckResult],
        comparison: ComparisonSection,
        errors: ErrorsSection,
        value: ValueSection,
    ) -> None:
        self.checks, self.comparison, self.errors, self.value = checks, comparison, errors, value
        self.options = {option.id: option for option in value.options}
        assert value.best is not None
        self.best = self.options[value.best]

    def verdict(self) -> Verdict:
        study = next((one for one in self.value.studies if one.pays), None)
        outcome = outcome_of(self.best, study)
        if outcome == "find_out_first":
            held = self.best.is_ml and not self.best.feasible
            return self._find_out_first() if held or study is None else self._study_first(study)
        return {
            "do_nothing": self._do_nothing, "use_ml": self._use_ml, "use_non_ml": self._use_non_ml
        }[outcome]()  # fmt: skip

    # --- outcomes ---------------------------------------------------------------------

    def _find_out_first(self) -> Verdict:
        meanwhile = meanwhile_of(self.best, self.options.values(), None)
        against = meanwhile or self.value.best_without_ml
        reasons = []
        if self.best.open_gates:
            reasons.append(
                _said("gates-open", checks=list(self.best.open_gates), option=self.best.id)
            )
        if self.best.to_fix:
            reasons.append(_said("to-fix", checks=list(self.best.to_fix), option=self.best.id))
        reasons += self._cost_reason(self.best.id, against)
        reasons += self._blind(self.best.id)
        reasons += self._not_clear(self.best.id)
        return self._made("find_out_first", against, reasons, meanwhile=meanwhile)

    def _study_first(self, study: StudyValue) -> Verdict:
        """Nothing holds the best option back, but it pays to find out more first."""
        against = self._best_of(lambda o: o.id != self.best.id)
        reasons = [
            _said(
                "study-pays",
                study=study.name,
                inputs=list(study.of),
                n=study.best.n,
                amount=study.best.enbs,
                worth=study.best.evsi,
                price=study.best.price,
                delay=study.delay,
            ),
            *self._not_clear(self.best.id),
            *self._cost_reason(self.best.id, against),
            *self._few(self.best.id),
        ]
        meanwhile = meanwhile_of(self.best, self.options.values(), study)
        return self._made("find_out_first", against, reasons, meanwhile=meanwhile)

    def _use_ml(self) -> Verdict:
        against = self.value.best_without_ml
        reasons = [
            *self._not_clear(self.best.id),
            *self._cost_reason(self.best.id, against),
            *self._price_reason(self.best.id, against, "price-paid"),
            *self._few(self.best.id),
            *self._loss(),
        ]
        return self._made("use_ml", against, reasons)

    def _use_non_ml(self) -> Verdict:
        against = self._strongest_ml()
        if against is None:
            return self._made(
                "use_non_ml", self._status_quo(), self._removed() or [_said("no-ml-option")]
            )
        reasons = [
            *self._cost_reason(self.best.id, against),
            *self._price_reason(against, self.best.id, "price-not-paid"),
            *self._unused(against),
            *self._removed(),
            *self._few(against),
        ]
        return self._made("use_non_ml", against, reasons)

    def _do_nothing(self) -> Verdict:
        against = self._best_of(lambda o: o.id != self.best.id)
        strongest = self._strongest_ml()
        reasons = [*self._cost_reason(self.best.id, against)]
        if against is not None:
            reasons += self._price_reason(against, self.best.id, "price-not-paid")
            reasons += self._unused(against)
        if strongest is not None and strongest != against:
            figures = self._amount(self.best.id, strongest)
            reasons.append(
                _said("ml-worth-less", option=self.best.id, against=strongest, **figures)
            )
        reasons += self._removed()
        if not reasons and against is not None:
            figures = self._amount(self.best.id, against)  # what it would lose, as a positive
            reasons.append(_said("nothing-pays", option=against, **figures))
        return self._made("do_nothing", against, reasons)

    def _made(
        self,
        outcome: Any,
        against: str | None,
        reasons: list[Said],
        meanwhile: str | None = None,
    ) -> Verdict:
        return Verdict(
            outcome=outcome,
            option=self.best.id,
            against=against,
            gain=self._gain(self.best.id, against),
            meanwhile=meanwhile,
            robust=not any(one.flips for one in self.value.stress) if self.value.stress else None,
            reasons=tuple(reasons[:MAX_REASONS]),
        )

    # --- reasons ----------------------------------------------------------------------

    def _removed(self) -> list[Said]:
        """Vetoes that took ML options away, the widest first."""
        found = []
        for result in self.checks:
            ids = [
                name
                for name in result.options
                if name in self.options
                and result.id in self.options[name].failed_gates
                and result.id != PAYS
                and self.options[name].is_ml
                and self.options[name].priced
            ]
            if ids and result.status == "failed":
                found.append((ids, result))
        found.sort(key=lambda pair: (-len(pair[0]), pair[1].measured))
        return [
            _said("options-removed", check=result.id, options=ids, note=result.note)
            for ids, result in found[:2]
        ]

    def _cost_reason(self, option: str, against: str | None) -> list[Said]:
        costs = {one.id: one.per_case.mean for one in self.errors.options}
        if against is None or option not in costs or against not in costs:
            return []
        cost, other = costs[option], costs[against]
        explained = self._price(option) != self._price(against) or self._unused(against)
        if cost > other and not explained:
            return []  # it would speak against the choice, and nothing would say why
        if cost > other >= 0:
            return [_said("cost-although", option=option, cost=cost, against=against,
                          other=other)]  # fmt: skip
        if cost < 0 or other < 0:  # a case that brings something has no cost
            return [_said("worth-per-case", option=option, cost=0 - cost, against=against,
                          other=0 - other)]  # fmt: skip
        return [_said("cost-per-case", option=option, cost=cost, against=against, other=other)]

    def _unused(self, option: str) -> list[Said]:
        """What an option loses by being late or not used on every case, where that matters."""
        lost, lead = self.options[option].unused, self._amount(self.best.id, option)["amount"]
        if lost is None or lead <= 0 or lost < 0.25 * lead:
            return []
        return [_said("not-in-use", option=option, amount=lost)]

    def _not_clear(self, option: str) -> list[Said]:
        """The data does not settle whether ML errs less than the best without it."""
        return [
            _said("not-clear", option=option, against=result.finding.figures["against"])
            for result in self.checks
            if result.id == "beats-baseline"
            and result.status == "open"
            and result.finding is not None
            and result.finding.code in ("beats-baseline", "baseline-unseen")
            and option in result.options
        ]

    def _price_reason(self, option: str, against: str | None, code: str) -> list[Said]:
        """What an option gains before its price, and its price; both over the horizon."""
        found = self._price(option)
        if found is None or against is None or found <= 0:
            return []
        other = self._price(against) or 0.0
        net = self._amount(option, against)["amount"]
        gain, price = net + found - other, found - other
        if price <= 0 or gain <= 0:
            return []
        return [_said(code, option=option, gain=gain, price=price)]

    def _price(self, option: str) -> float | None:
        return self.options[option].price if option in self.options else None

    def _blind(self, option: str) -> list[Said]:
        """The worst outcome that no grader of an option's answers could see."""
        blind = [one for one in self.comparison.findings if one.code == "grader-blind"]
        return [one for one in blind if one.figures["option"] == option][-1:]

    def _few(self, option: str) -> list[Said]:
        found = next((c for c in self.comparison.options if c.id == option), None)
        if blind := self._blind(option):
            return blind
        if found is None or not found.few_errors:
            return []
        return [few_errors(option, found.costly_errors or 0)]

    def _loss(self) -> list[Said]:
        if (self.best.p_loss or 0.0) < LITTLE:
            return []
        return [_said("chance-of-loss", option=self.best.id, share=self.best.p_loss)]

    # --- figures ----------------------------------------------------------------------

    def _best_of(self, wanted: Any) -> str | None:
        found = [
            option
            for option in self.options.values()
            if option.expected_net_benefit is not None and wanted(option)
        ]
        return max(found, key=_mean).id if found else None

    def _strongest_ml(self) -> str | None:
        return self._best_of(lambda option: option.is_ml)

    def _status_quo(self) -> str | None:
        return next((o.id for o in self.options.values() if o.status_quo), None)

    def _gain(self, option: str, against: str | None) -> Range | None:
        if against is None:
            return None
        found = self._difference(option, against)
        return None if found is None else found.amount

    def _difference(self, option: str, against: str) -> Difference | None:
        for one in self.value.differences:
            if (one.option, one.against) == (option, against):
                return one
            if (one.option, one.against) == (against, option):
                low, high = -one.amount.p95, -one.amount.p5
                return one.model_copy(
                    update={
                        "option": option,
                        "against": against,
                        "amount": Range(mean=-one.amount.mean, p5=low, p95=high),
                    }
                )
        return None

    def _amount(self, option: str, against: str | None) -> dict[str, float]:
        found = self._difference(option, against) if against else None
        if found is None:
            return {"amount": 0.0, "low": 0.0, "high": 0.0}
        return {"amount": found.amount.mean, "low": found.amount.p5, "high": found.amount.p95}


def _mean(option: Valued) -> float:
    found = option.expected_net_benefit
    return found.mean if found is not None else float("-inf")
