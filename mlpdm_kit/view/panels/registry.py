"""All panels by name: one entry each, with what it takes to open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from mlpdm_kit.case.editing.document import Document
from mlpdm_kit.case.units import Units
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.whatif import WhatIf
from mlpdm_kit.view.panels.desk import Desk, Nothing
from mlpdm_kit.view.panels.ranges import Ranges
from mlpdm_kit.view.panels.reach import open_reach
from mlpdm_kit.view.panels.review import open_review
from mlpdm_kit.view.panels.threshold import open_threshold
from mlpdm_kit.view.panels.tornado import open_tornado
from mlpdm_kit.view.panels.whatif import open_whatif


class Ground:
    """What panels of one case stand on; each part is worked out once, when it is needed."""

    def __init__(self, walk: Walk, document: Document, says: Sentences) -> None:
        self.walk, self.document, self.says = walk, document, says

    @property
    def units(self) -> Units:
        """The words of the case."""
        case = self.walk.case
        return Units(currency=case.currency, unit=case.unit, target_unit=case.target_unit)

    @cached_property
    def ranges(self) -> Ranges | None:
        """The inputs, where there is more than one option to choose between."""
        walk = self.walk
        value = walk.value()
        if sum(one.expected_net_benefit is not None for one in value.options) < 2:
            return None
        answers = walk.framing().checks
        found = WhatIf(walk.case, walk.rungs, walk.comparison(), answers, walk.draws, walk.seed)
        return Ranges(found, value, self.document, self.says)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel: its name, also in the catalogue; the step it belongs to; how it is opened."""

    name: str
    step: str
    open: Callable[[Ground], Desk | Nothing]


def _none(ground: Ground, name: str) -> str:
    code = "one" if ground.ranges is None else "none"
    return ground.says.say(f"panel.{name}.{code}")


PANELS = {
    panel.name: panel
    for panel in (
        Panel(name="threshold", step="cost_of_errors",
              open=lambda on: open_threshold(on.walk.comparison(), on.says, on.units)),
        Panel(name="review", step="cost_of_errors",
              open=lambda on: open_review(on.walk.comparison(), on.says, on.units)),
        Panel(name="tornado", step="expected_value",
              open=lambda on: open_tornado(on.ranges, _none(on, "tornado"))),
        Panel(name="reach", step="expected_value",
              open=lambda on: open_reach(on.ranges, _none(on, "reach"))),
        Panel(name="whatif", step="expected_value",
              open=lambda on: open_whatif(on.ranges, _none(on, "whatif"))),
    )
}  # fmt: skip
