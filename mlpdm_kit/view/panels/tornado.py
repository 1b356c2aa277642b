"""Panel of 04: what each input is worth knowing, as bars that can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.view.palette import KNOWING, PLAIN, Fill
from mlpdm_kit.view.panels.desk import Beside, Nothing, Pick, Row, Shown, Values
from mlpdm_kit.view.panels.ranges import LEAST, Ranges
from mlpdm_kit.view.panels.svg import Across, Picture, swatch

MOST = 10
_ROW = 38.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One input: its name, what it is worth knowing in words, and how long its bar is."""

    name: str
    said: str
    share: float
    clear: bool


def open_tornado(ranges: Ranges | None, says_none: str) -> TornadoDesk | Nothing:
    """The desk, or why nothing is worth finding out."""
    found = [] if ranges is None else [o for o in ranges.value.evppi if o.input in ranges.names]
    if ranges is None or not any(one.value > one.noise_floor for one in found):
        return Nothing(said=says_none)
    return TornadoDesk(ranges)


class TornadoDesk:
    """The inputs by their expected value of partial perfect information."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges, self.says, self.units = ranges, ranges.says, ranges.units
        self.pick: Pick | None = None
        rows = [one for one in ranges.value.evppi if one.input in ranges.names]
        top = max(one.value for one in rows) or 1.0
        rows = [one for one in rows if one.value > LEAST * top][:MOST]
        self.more = len(ranges.names) - len(rows)
        self.bars = tuple(
            Bar(
                name=one.input,
                said=self.says.say(
                    "panel.tornado.bar", name=self.says.name("input", one.input), amount=one.value
                ),
                share=max(one.value, 0.0) / top,
                clear=one.value > one.noise_floor,
            )
            for one in rows
        )

    @property
    def title(self) -> str:
        """What the bars show, as a sentence."""
        return self.says.sentence("panel.tornado.title", input=self.bars[0].name)

    @property
    def notes(self) -> list[str]:
        """What to do with the bars, and which of them may be chance."""
        dim = [bar.name for bar in self.bars if not bar.clear]
        found = [self.says.sentence("panel.tornado.chance", inputs=dim)] if dim else []
        if self.more:
            found.append(self.says.sentence("panel.tornado.more", n=self.more))
        return found

    def rows(self, picked: str) -> tuple[Row, ...]:
        """Nothing is typed here."""
        return ()

    def shown(self, picked: str, values: Values, *, whole: bool = True) -> Shown:
        """The bars as a picture."""
        picture = Picture(self.title, self.says.lang)
        across = Across(low=0.0, high=1.0)
        for index, bar in enumerate(self.bars):
            y = _ROW * index
            picture.text(3, y + 13, bar.said, anchor="start", strong=bar.name == picked)
            fill = Fill(colour=KNOWING) if bar.clear else Fill(colour=PLAIN, pattern="/")
            picture.rect(3, max(across.at(bar.share) - 3, 0.3), y + 18, 13, fill)
        picture.height = _ROW * len(self.bars)
        keys = [(swatch(fill=Fill(colour=KNOWING)), self.says.say("panel.tornado.key"))]
        if not all(bar.clear for bar in self.bars):
            fill = Fill(colour=PLAIN, pattern="/")
            keys.append((swatch(fill=fill), self.says.say("panel.tornado.key.chance")))
        return Shown(picture=picture, below=lambda: Beside(keys=keys, words=self.notes))

    def writes(self, picked: str, values: Values) -> tuple[Change, ...]:
        """Nothing."""
        return ()
