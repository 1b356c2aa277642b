"""The bottom line of each step: its answer in one sentence, and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable

from mlpdm_kit.record.data_fold import fitted_on, stated_evidence
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.openness import counted, tallied
from mlpdm_kit.record.page import reason_said, verdict, verdict_figure
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, FramingSection, ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.cost_charts import best_of, cost_sentence, priced
from mlpdm_kit.view.gate_chart import bare, gates_sentence
from mlpdm_kit.view.information_charts import evpi_shown
from mlpdm_kit.view.outcome_chart import outcome_sentence
from mlpdm_kit.view.worth_charts import break_even_sentence, worth_sentence

Line = tuple[str, list[str]]


def framing_line(framing: FramingSection, *, says: Sentences) -> Line:
    """How the gates stand."""
    small = tallied(counted(framing.checks), says)
    if bare(framing) and not framing.stopped_by:
        small.append(says.sentence("chart.gates.bare"))
    return _full(gates_sentence(framing, says), says), small


def comparison_line(
    comparison: ComparisonSection, errors: ErrorsSection, *, says: Sentences
) -> Line:
    """Whether ML beats the best that needs no ML."""
    options = priced(comparison, errors)
    if not options:
        return says.say("chart.cost_per_case.none"), []
    data = comparison.data
    if data is None:
        given = stated_evidence(comparison.options)
        told = [says.say(f"source.stated.{evidence}") for evidence in given]
        small = [says.sentence("line.comparison.stated", told=says.parts(told))]
    else:
        split = says.say(f"record.data.split.{data.split}")
        code = "line.comparison.rows" if fitted_on(comparison) else "line.comparison.rows.only"
        small = [says.sentence(code, rows=data.tested_rows, file=data.file, split=split)]
    ml = best_of(options, is_ml=True)
    found = next((o.difference for o in comparison.options if ml and o.id == ml.id), None)
    if found is not None and ml is not None and comparison.best_without_ml is not None:
        side = "less" if found.p95 < 0 else "more" if found.p5 > 0 else "either"
        low, high = sorted((abs(found.p5), abs(found.p95)))
        if side == "either":
            low, high = -found.p5, found.p95
        small.append(
            says.sentence(f"line.comparison.{side}", ml=ml.id, low=low, high=high,
                          plain=comparison.best_without_ml)
        )  # fmt: skip
    looked = [option.id for option in comparison.options if option.look]
    if looked:
        small.append(says.sentence("line.comparison.look", options=looked))
    return _full(cost_sentence(comparison, errors, says), says), small


def errors_line(errors: ErrorsSection, *, says: Sentences) -> Line:
    """Which option costs least per case, and from where acting pays."""
    if not errors.options:
        return says.say("chart.cost_by_outcome.none"), []
    small = []
    if errors.threshold is not None:
        small.append(says.sentence("record.errors.threshold", value=errors.threshold))
    if errors.quantile is not None:
        small.append(says.sentence("record.errors.quantile", value=errors.quantile))
    return _full(outcome_sentence(errors, says), says), small


def value_line(value: ValueSection, *, says: Sentences) -> Line:
    """Which option is worth most, how sure that is, and what would change it."""
    best = next((option for option in value.options if option.id == value.best), None)
    if best is None or best.expected_net_benefit is None:
        return says.say("chart.net_benefit.none"), []
    small = []
    if not best.status_quo and best.p_best is not None:
        worth = best.expected_net_benefit
        small.append(says.sentence("line.value.range", range=says.money_range(worth),
                                   best=best.p_best, option=best.id))  # fmt: skip
    if value.evpi is not None:
        small.append(says.sentence("line.value.evpi", evpi=evpi_shown(value)))
    if any(row.below or row.above for row in value.break_even):
        small.append(_full(break_even_sentence(value, says), says))
    return _full(worth_sentence(value, says), says), small


def record_line(record: DecisionRecord, *, says: Sentences) -> Line:
    """The verdict, its figure, and the reasons for it."""
    small = [verdict_figure(record, says)]
    small += [reason_said(said, record, says) for said in record.verdict.reasons]
    if record.verdict.outcome != "stop":
        small += tallied(counted(record.gates), says)
    return verdict(record, says), [line for line in small if line]


def _full(title: str, says: Sentences) -> str:
    """A title as a sentence."""
    return title if title.endswith((".", "。")) else says.say("line.full", title=title)


LINES: dict[str, Callable[..., Line]] = {
    "problem_framing": framing_line,
    "baseline_comparison": comparison_line,
    "cost_of_errors": errors_line,
    "expected_value": value_line,
    "decision_record": record_line,
}
