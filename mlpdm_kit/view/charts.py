"""All charts by name. A chart is drawn from what the steps left, as a plain plotly figure.

Adding a chart is adding its function and its entry in `CHARTS`; its sentences stand in the
catalogue under ``chart.<name>``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.page import is_simulated
from mlpdm_kit.record.parts import Section
from mlpdm_kit.record.sections import ComparisonSection, FramingSection, ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import Valued
from mlpdm_kit.view.answers_chart import answers
from mlpdm_kit.view.canvas import WIDE, Figure, in_both_rooms, laid_out_for
from mlpdm_kit.view.chain_chart import looks
from mlpdm_kit.view.cost_charts import cost_per_case
from mlpdm_kit.view.gate_chart import gates
from mlpdm_kit.view.grading_chart import grading
from mlpdm_kit.view.information_charts import evppi, studies
from mlpdm_kit.view.learning_chart import learning
from mlpdm_kit.view.outcome_chart import cost_by_outcome
from mlpdm_kit.view.reliability_chart import reliability
from mlpdm_kit.view.review_chart import review
from mlpdm_kit.view.segment_chart import segments
from mlpdm_kit.view.stress_chart import stress
from mlpdm_kit.view.threshold_chart import threshold
from mlpdm_kit.view.worth_charts import break_even, net_benefit


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One picture.

    Parameters
    ----------
    name : str
        Also the part of its codes in the catalogue.
    step : str
        The step that it belongs to.
    needs : tuple of str
        Names of the sections that it is drawn from.
    function : callable
        Takes the sections, then ``says`` and ``simulated`` by name; gives None where
        there is nothing to draw.
    """

    name: str
    step: str
    needs: tuple[str, ...]
    function: Callable[..., Figure | None]

    def draw(
        self, sections: Mapping[str, Section], says: Sentences, *, simulated: bool = False
    ) -> Figure | None:
        """A plotly figure (``data``, ``layout``) or None where there is nothing to draw.

        Its title is a sentence that says what it shows, in ``layout.meta.title``, and how
        to read it stands in ``layout.meta.reading``; both are plain text. It is laid out for
        a narrow screen; for a wide one it stands in ``layout.meta.wide``.
        """
        return in_both_rooms(lambda: self._drawn(sections, says, simulated=simulated))

    def wide(
        self, sections: Mapping[str, Section], says: Sentences, *, simulated: bool = False
    ) -> Figure | None:
        """The same for a wide page alone, such as a notebook's."""
        with laid_out_for(WIDE):
            return self._drawn(sections, says, simulated=simulated)

    def _drawn(
        self, sections: Mapping[str, Section], says: Sentences, *, simulated: bool
    ) -> Figure | None:
        needed = [sections[name] for name in self.needs]
        return self.function(*needed, says=says, simulated=simulated)


CHARTS = {
    chart.name: chart
    for chart in (
        Chart(name="gates", step="problem_framing", needs=("problem_framing",), function=gates),
        Chart(name="cost_per_case", step="baseline_comparison",
              needs=("baseline_comparison", "cost_of_errors"), function=cost_per_case),
        Chart(name="segments", step="baseline_comparison", needs=("baseline_comparison",),
              function=segments),
        Chart(name="learning", step="baseline_comparison", needs=("baseline_comparison",),
              function=learning),
        Chart(name="answers", step="baseline_comparison", needs=("baseline_comparison",),
              function=answers),
        Chart(name="grading", step="baseline_comparison", needs=("baseline_comparison",),
              function=grading),
        Chart(name="cost_by_outcome", step="cost_of_errors", needs=("cost_of_errors",),
              function=cost_by_outcome),
        Chart(name="reliability", step="cost_of_errors", needs=("cost_of_errors",),
              function=reliability),
        Chart(name="threshold", step="cost_of_errors", needs=("cost_of_errors",),
              function=threshold),
        Chart(name="review", step="cost_of_errors", needs=("cost_of_errors",), function=review),
        Chart(name="net_benefit", step="expected_value", needs=("expected_value",),
              function=net_benefit),
        Chart(name="looks", step="expected_value", needs=("expected_value",), function=looks),
        Chart(name="break_even", step="expected_value", needs=("expected_value",),
              function=break_even),
        Chart(name="evppi", step="expected_value", needs=("expected_value",), function=evppi),
        Chart(name="studies", step="expected_value", needs=("expected_value",), function=studies),
        Chart(name="stress", step="expected_value", needs=("expected_value",), function=stress),
    )
}  # fmt: skip


def sections_of(record: DecisionRecord) -> dict[str, Section]:
    """A record's sections, with the figures as the record rounds them."""
    chosen = _leaders(record)
    known = record.value_of_information
    value = ValueSection(
        chains=record.chains, months=record.months, discount=record.discount, inputs=record.inputs,
        options=record.options, break_even=record.break_even, stress=record.stress,
        evpi=known.evpi, evppi=known.evppi, groups=known.groups, studies=known.studies, **chosen,
    )  # fmt: skip
    stops = tuple(
        said.figures["check"]
        for said in record.verdict.reasons
        if record.verdict.outcome == "stop" and "check" in said.figures
    )
    comparison: ComparisonSection = record.baseline
    return {
        "problem_framing": FramingSection(checks=record.gates, stopped_by=stops),
        "baseline_comparison": comparison,
        "cost_of_errors": record.error_costs,
        "expected_value": value,
    }


def _leaders(record: DecisionRecord) -> dict[str, str | None]:
    """The option worth most: of all, with ML, and without."""

    def leader(found: Iterable[Valued]) -> str | None:
        best = max(found, key=lambda o: (_worth(o), o.id == record.verdict.option), default=None)
        return None if best is None else best.id

    valued = [option for option in record.options if option.expected_net_benefit is not None]
    return {
        "best": record.verdict.option or leader(valued),
        "best_ml": leader(option for option in valued if option.is_ml),
        "best_without_ml": leader(option for option in valued if not option.is_ml),
    }


def _worth(option: Valued) -> float:
    return option.expected_net_benefit.mean if option.expected_net_benefit else -math.inf


def pictures(record: DecisionRecord, says: Sentences) -> dict[str, Figure]:
    """Every chart that a record has something for, by name."""
    sections = sections_of(record)
    drawn = {
        name: chart.draw(sections, says, simulated=is_simulated(record))
        for name, chart in CHARTS.items()
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}
