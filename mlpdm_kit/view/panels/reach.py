"""Panel of 04: the range of one input against what each option is worth, and the verdict."""

from __future__ import annotations

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.record.valued import BreakEven
from mlpdm_kit.record.whatif import Choice
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import ticks
from mlpdm_kit.view.palette import CHOSEN, Fill, Style, option_style
from mlpdm_kit.view.panels.desk import Beside, Nothing, Pick, Row, Shown, Values
from mlpdm_kit.view.panels.ranges import Ranges
from mlpdm_kit.view.panels.svg import Across, Picture, swatch

TOP, PLOT = 34.0, 210.0
POINTS = 33
_FLIP_REACH = 2.0  # widths of the range within which a flip is drawn
_BAR = 14.0
_SET = Fill(colour=CHOSEN)


def open_reach(ranges: Ranges | None, says_none: str) -> ReachDesk | Nothing:
    """The desk, or why no range can be moved."""
    if ranges is None or not ranges.names:
        return Nothing(said=says_none)
    return ReachDesk(ranges)


class ReachDesk:
    """One input at a time, over a window around its range."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges, self.says, self.units = ranges, ranges.says, ranges.units
        choices = tuple((self.says.name("input", name), name) for name in ranges.names)
        self.pick: Pick | None = Pick(
            label=self.says.say("panel.reach.pick"), choices=choices, first=ranges.names[0]
        )
        self._curves: dict[tuple[str, float, float], tuple[Array, Array]] = {}
        self.numbers = {name: str(n) for n, name in enumerate(ranges.whatif.options, 1)}

    def rows(self, picked: str) -> tuple[Row, ...]:
        """The two ends of the input."""
        self._lines(picked, *self._window(picked))  # worked out before anybody moves anything
        return (self.ranges.row(picked),)

    def shown(self, picked: str, values: Values, *, whole: bool = True) -> Shown:
        """Each option's worth over the input, and the verdict with the range as set."""
        ranges, says = self.ranges, self.says
        choice = ranges.choice([picked], values, whole=whole)
        title = says.sentence("panel.reach.title", input=picked, verdict=ranges.verdict(choice))
        picture = Picture(title, says.lang)
        self._draw(picture, picked, ranges.distribution(picked, values), choice, whole=whole)
        return Shown(
            picture=picture,
            below=lambda: Beside(
                keys=self._keys(picked, choice), words=self._words(picked, choice),
                table=worth_table(ranges, choice),
            ),
        )  # fmt: skip

    def writes(self, picked: str, values: Values) -> tuple[Change, ...]:
        """Nothing: ranges are put into the case file from the next panel."""
        return ()

    # --- the picture --------------------------------------------------------------------

    def _draw(
        self, picture: Picture, name: str, dist: Distribution, choice: Choice, *, whole: bool
    ) -> None:
        low, high = self._window(name)
        ends = _ends(dist)
        if whole and (ends[0] < low or ends[1] > high):
            low, high = min(low, ends[0]), max(high, ends[1])
        xs, lines = self._lines(name, low, high)
        across = Across(low=low, high=high)
        least, most = min(0.0, float(lines.min())), max(0.0, float(lines.max()))
        room = 0.06 * ((most - least) or 1.0)
        least, most = least - room, most + room

        def up(value: float) -> float:
            return TOP + PLOT * (1 - (value - least) / (most - least))

        start, end = across.at(ends[0]), across.at(ends[1])
        picture.rect(start, max(end - start, 0.4), TOP, PLOT, _SET, faint=True)
        for value in ticks(least, most, most=4):
            picture.level(0, 100, up(value), palette.ZERO if value == 0 else palette.GRID)
            picture.text(0.5, up(value) - 4, self.says.money(value), anchor="start", paper=True)
        places = [across.at(float(x)) for x in xs]
        styles = {name: style_of(self.ranges, name, choice) for name in self.numbers}
        heights = [[up(float(y)) for y in line] for line in lines.T]
        for style, ys in zip(styles.values(), heights, strict=True):
            picture.curve(places, ys, style.colour, width=style.width * 0.6, dash=style.dash,
                          top=TOP, height=PLOT)  # fmt: skip
        for index, (option, style) in enumerate(styles.items()):
            at = int((index + 0.7) / (len(styles) + 0.4) * (len(xs) - 1))
            picture.badge(places[at], heights[index][at], self.numbers[option], style.colour)
        for row, flip in enumerate(self._flips(name, across)):
            x = across.at(flip)
            picture.upright(x, 8 + 15 * row, TOP + PLOT - 8 - 15 * row, palette.ZERO, dash="dot")
            picture.beside(x, 13 + 15 * row, self._figure(name, flip))
        picture.axis(across, lambda value: self._figure(name, value),
                     self.says.name("input", name), TOP + PLOT)  # fmt: skip
        self._bars(picture, name, across, ends)

    def _bars(self, picture: Picture, name: str, across: Across, ends: tuple[float, float]) -> None:
        """The range as in the case and as set, one under the other."""
        own = self.ranges.input_rows[name]
        for code, (low, high), colour in (
            ("own", (own.low, own.high), palette.PLAIN), ("set", ends, CHOSEN)
        ):  # fmt: skip
            y = picture.height + 4
            said = self.says.say(f"panel.reach.{code}",
                                 range=self.says.range(low, high, own.dimension))  # fmt: skip
            picture.text(3, y + 10, said, anchor="start")
            start, end = across.at(low), across.at(high)
            picture.level(3, 97, y + 16 + _BAR / 2, palette.GRID)
            picture.rect(start, max(end - start, 0.6), y + 16, _BAR, Fill(colour=colour))
            if low < across.low:
                picture.pointer(2.5, y + 16 + _BAR / 2, colour, left=True)
            if high > across.high:
                picture.pointer(97.5, y + 16 + _BAR / 2, colour, left=False)
            picture.height = y + 16 + _BAR + 6

    def _window(self, name: str) -> tuple[float, float]:
        """What the picture reaches over: the range, what is beside it, and near flips."""
        knob = self.ranges.row(name).knobs[0]
        low, high = knob.low, knob.high
        own = self.ranges.input_rows[name]
        width = _FLIP_REACH * ((own.high - own.low) or abs(own.mean) / 4)
        for flip in _values(self.ranges.flips.get(name)):
            if own.low - width <= flip <= own.high + width:
                low, high = min(low, flip - 0.05 * width), max(high, flip + 0.05 * width)
        return (max(low, 0.0) if own.low >= 0 else low), high

    def _lines(self, name: str, low: float, high: float) -> tuple[Array, Array]:
        key = (name, low, high)
        if key not in self._curves:
            xs = np.linspace(low, high, POINTS)
            self._curves[key] = xs, self.ranges.whatif.across(name, xs)
        return self._curves[key]

    def _flips(self, name: str, across: Across) -> list[float]:
        return [one for one in _values(self.ranges.flips.get(name)) if across.holds(one)]

    def _figure(self, name: str, value: float) -> str:
        kind = self.ranges.input_rows[name].dimension
        bare = kind.partition("/")[0] if kind.startswith(("money", "share", "cases")) else kind
        return self.says.quantity(value, bare)

    # --- words --------------------------------------------------------------------------

    def _keys(self, name: str, choice: Choice) -> list[tuple[str, str]]:
        says, found = self.says, []
        for option in self.ranges.whatif.options:
            style = style_of(self.ranges, option, choice)
            code = "panel.key.best" if option == choice.best else "panel.key.option"
            sample = swatch(style.colour, dash=style.dash, sign=self.numbers[option],
                            width=style.width * 0.6)  # fmt: skip
            found.append((sample, says.say(code, name=says.name("option", option))))
        found.append(
            (swatch(fill=Fill(colour="rgba(0,114,178,0.2)")), says.say("panel.reach.band"))
        )
        flips = self.ranges.flips.get(name)
        dimension = self.ranges.input_rows[name].dimension
        for code in ("below", "above"):
            flip = None if flips is None else getattr(flips, code)
            if flip is not None:
                shown = says.quantity(flip.value, dimension)
                said = says.say(f"chart.break_even.{code}", shown=shown, option=flip.option)
                found.append((swatch(palette.ZERO, dash="dot"), said.strip("◂▸ ")))
        return found

    def _words(self, name: str, choice: Choice) -> list[str]:
        says, verdict = self.says, self.ranges.verdict(choice)
        now = self.ranges.verdict(self.ranges.whatif.now)
        set_so = says.say("panel.verdict.set", verdict=verdict)
        return [
            says.say("panel.verdict.now", verdict=now),
            says.say("panel.verdict.same") if verdict == now else set_so,
            *self._beside(name),
            self.ranges.drawn_from(choice),
        ]

    def _beside(self, name: str) -> list[str]:
        """What the figures leave out: options tried on the data keep what was measured."""
        says, flips, found = self.says, self.ranges.flips.get(name), []
        if flips is not None and flips.below is None and flips.above is None:
            found.append(says.sentence("panel.reach.no-flip", input=name))
        if retried(self.ranges, [name]):
            found.append(says.sentence("panel.retried"))
        return found


def retried(ranges: Ranges, names: list[str]) -> bool:
    """Whether options would be tried again on the data if inputs stood otherwise in the file."""
    first = {name.partition(".")[0] for name in names}
    return bool(ranges.whatif.inputs.measured) and bool(
        first & {"outcomes", "prevalence", "action_success"}
    )


def style_of(ranges: Ranges, option: str, choice: Choice) -> Style:
    """How an option is drawn under a choice."""
    one = ranges.whatif.options[option]
    possible = one.feasible or one.status_quo
    return option_style(is_ml=one.is_ml, chosen=option == choice.best and possible,
                        possible=possible)  # fmt: skip


def worth_table(ranges: Ranges, choice: Choice) -> Table:
    """What each option is worth as set and in the case, and the difference."""
    says, now = ranges.says, ranges.whatif.now
    heads = ("option", "set", "own", "difference")
    rows = []
    for option in now.worth:
        worth, own = choice.worth.get(option), now.worth[option]
        name, best = says.name("option", option), option == choice.best
        if worth is None:
            out = says.say("panel.worth.out")
            rows.append(
                (Cell(text=name), Cell(text=out), Cell(text=says.money(own.mean)), Cell(text=""))
            )
            continue
        rows.append(
            (
                Cell(text=name, strong=best, tag=says.say("panel.worth.best") if best else ""),
                Cell(text=says.money(worth.mean), note=says.money_range(worth), number=True),
                Cell(text=says.money(own.mean), note=says.money_range(own), number=True),
                Cell(text=signed(worth.mean - own.mean, says), number=True),
            )
        )
    return Table(
        caption=says.say("panel.worth.table", months=ranges.value.months),
        heads=tuple(
            Head(text=says.say(f"panel.worth.{head}"), number=head != "option") for head in heads
        ),
        rows=tuple(rows),
        title=0,
    )


def signed(amount: float, says: Sentences) -> str:
    """A difference of money, with its sign."""
    shown = says.money(amount)
    return f"+{shown}" if amount > 0 else shown


def _ends(dist: Distribution) -> tuple[float, float]:
    return dist.quantile(0.05), dist.quantile(0.95)


def _values(found: BreakEven | None) -> list[float]:
    if found is None:
        return []
    return [one.value for one in (found.below, found.above) if one is not None]
