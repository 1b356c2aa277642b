"""Panel of 04: what if the inputs that matter most were otherwise, all at once."""

from __future__ import annotations

from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.whatif import Choice
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import labelled, window
from mlpdm_kit.view.panels.desk import Beside, Nothing, Pick, Row, Shown, Values
from mlpdm_kit.view.panels.ranges import Ranges
from mlpdm_kit.view.panels.reach import retried, style_of, worth_table
from mlpdm_kit.view.panels.svg import Across, Picture, swatch

MOST = 5
_ROW = 52.0


def open_whatif(ranges: Ranges | None, says_none: str) -> WhatIfDesk | Nothing:
    """The desk, or why there is nothing to move."""
    if ranges is None or not ranges.names:
        return Nothing(said=says_none)
    return WhatIfDesk(ranges)


class WhatIfDesk:
    """The inputs that are most worth knowing, then those nearest to changing the choice."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges, self.says, self.units = ranges, ranges.says, ranges.units
        self.names = ranges.names[:MOST]
        self.pick: Pick | None = None

    def rows(self, picked: str) -> tuple[Row, ...]:
        """Two ends of each input."""
        return tuple(self.ranges.row(name) for name in self.names)

    def shown(self, picked: str, values: Values, *, whole: bool = True) -> Shown:
        """Each option's worth as set, beside the case's own, and the verdict."""
        ranges, says = self.ranges, self.says
        choice = ranges.choice(self.names, values, whole=whole)
        changed = list(ranges.changes(self.names, values))
        verdict = ranges.verdict(choice)
        code = "panel.whatif.title" if changed else "panel.whatif.title.own"
        picture = Picture(says.sentence(code, verdict=verdict), says.lang)
        self._draw(picture, choice)
        return Shown(
            picture=picture,
            below=lambda: Beside(
                keys=self._keys(), words=self._words(choice, changed),
                table=worth_table(ranges, choice),
            ),
        )  # fmt: skip

    def writes(self, picked: str, values: Values) -> tuple[Change, ...]:
        """The ranges that are set otherwise than the case has them."""
        return tuple(self.ranges.writes(self.names, values))

    def _draw(self, picture: Picture, choice: Choice) -> None:
        """A row for each option: its name, the case's own range, and the one as set."""
        says, now = self.says, self.ranges.whatif.now
        across = self._across(now.worth[now.best], choice)
        count = len(now.worth)
        zero = across.at(0.0)
        picture.upright(zero, 0, _ROW * count, palette.ZERO)
        for index, option in enumerate(now.worth):
            y = _ROW * index
            worth, style = choice.worth.get(option), style_of(self.ranges, option, choice)
            own = now.worth[option]
            figure = says.say("panel.worth.out") if worth is None else says.money(worth.mean)
            picture.text(3, y + 13, says.name("option", option), anchor="start", paper=True,
                         strong=option == choice.best)  # fmt: skip
            picture.text(97, y + 13, figure, anchor="end", paper=True, strong=option == choice.best)
            self._span(picture, across, own, y + 24, palette.PLAIN, width=2.0)
            picture.upright(across.at(own.mean), y + 19, 10, palette.PLAIN, width=2)
            if worth is not None:
                self._span(picture, across, worth, y + 36, style.colour, width=style.width,
                           dash=style.dash)  # fmt: skip
                picture.mark(across.at(worth.mean), y + 36, style)
            picture.level(0, 100, y + _ROW - 4, palette.GRID)
        picture.height = _ROW * count
        title = says.say("chart.net_benefit.axis", months=self.ranges.value.months)
        picture.axis(across, says.money, title, _ROW * count)

    def _span(
        self, picture: Picture, across: Across, worth: Range, y: float, colour: str, *,
        width: float, dash: str = "solid",
    ) -> None:  # fmt: skip
        picture.level(across.at(worth.p5), across.at(worth.p95), y, colour, width=width, dash=dash)
        if worth.p5 < across.low:
            picture.pointer(3, y, colour, left=True)
        if worth.p95 > across.high:
            picture.pointer(97, y, colour, left=False)

    def _across(self, best: Range, choice: Choice) -> Across:
        now = self.ranges.whatif.now
        core = [(best.p5, best.p95), (0.0, 0.0)]
        leader = choice.worth[choice.best]
        core.append((leader.p5, leader.p95))
        spans = [(one.p5, one.p95) for one in (*now.worth.values(), *choice.worth.values())]
        low, high = window(core, spans, reach=0.6)
        room = 0.05 * ((high - low) or 1.0)
        assert labelled(low, high, self.says.money)
        return Across(low=low - room, high=high + room)

    def _words(self, choice: Choice, changed: list[str]) -> list[str]:
        """The verdict as set beside the case's own, and what moving the inputs leaves out."""
        ranges, says = self.ranges, self.says
        now, verdict = ranges.verdict(ranges.whatif.now), ranges.verdict(choice)
        words = [says.say("panel.verdict.now", verdict=now)]
        if changed:
            words.append(says.say("panel.verdict.same") if verdict == now
                         else says.say("panel.verdict.set", verdict=verdict))  # fmt: skip
            words.append(says.sentence("panel.whatif.changed", inputs=changed))
            lost = [name for name in changed if ranges.place(name) is None]
            if lost:
                words.append(says.sentence("panel.whatif.measured", inputs=lost))
            if retried(ranges, changed):
                words.append(says.sentence("panel.retried"))
        return [*words, ranges.drawn_from(choice)]

    def _keys(self) -> list[tuple[str, str]]:
        says = self.says
        return [
            (swatch(palette.PLAIN, dash="solid", width=2), says.say("panel.whatif.key.own")),
            (swatch(sign="●"), says.say("panel.whatif.key.set")),
        ]
