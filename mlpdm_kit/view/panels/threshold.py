"""Panel of 03: a threshold against what each case costs and how the cases come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.errors.operating import cost_of_cuts
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.case.units import Units
from mlpdm_kit.record.cuts import CutTable, OffsetTable
from mlpdm_kit.record.measured import Compared
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import ticks
from mlpdm_kit.view.palette import OUTCOME_FILLS, PLAIN, option_style
from mlpdm_kit.view.panels.desk import Beside, Knob, Nothing, Pick, Row, Shown, Values, plain
from mlpdm_kit.view.panels.svg import Across, Picture, swatch

TOP, PLOT = 30.0, 190.0
_MOST_TIMES = 3.0
_AHEAD = 4.0  # times the best threshold that the axis reaches, where scores go far beyond
_OTHERS = 6
_CLOSE = 0.6  # of the dearest, within which costs are seen apart only near by
_DRAWN = 100


def open_threshold(
    comparison: ComparisonSection, says: Sentences, units: Units
) -> ThresholdDesk | Nothing:
    """The desk, or why there is no threshold to move."""
    if comparison.cuts or comparison.offsets:
        return ThresholdDesk(comparison, says, units)
    code = "no-data" if comparison.data is None else "none"
    return Nothing(said=says.say(f"panel.threshold.{code}"))


@dataclass(frozen=True, kw_only=True)
class _Curve:
    """Cost per case of one option over where it acts, with the place of the least."""

    at: Array
    cost: Array
    own: float | None
    best: float
    least: float
    kind: str
    found: CutTable | OffsetTable

    def place(self, value: float) -> int:
        """Index of the point that is shown for a value."""
        if isinstance(self.found, CutTable):
            return self.found.table.place(value)
        return int(np.argmin(np.abs(self.at - value)))


class ThresholdDesk:
    """Every option that acts from a threshold on, or that adds an amount to its prediction."""

    def __init__(self, comparison: ComparisonSection, says: Sentences, units: Units) -> None:
        self.says, self.units = says, units
        self.options = comparison.options
        found = [_of_cuts(one) for one in comparison.cuts]
        found += [_of_offsets(one) for one in comparison.offsets]
        self.curves: Mapping[str, _Curve] = {one.found.option: one for one in found}
        self.tested = 0 if comparison.data is None else comparison.data.tested_rows
        self.pick: Pick | None = None
        if len(found) > 1:
            choices = tuple((says.name("option", name), name) for name in self.curves)
            first = min(self.curves, key=lambda name: self.curves[name].least)
            self.pick = Pick(label=says.say("panel.threshold.pick"), choices=choices, first=first)

    def rows(self, picked: str) -> tuple[Row, ...]:
        """The threshold, or the amount that is added."""
        curve = self._curve(picked)
        first, last = float(curve.at[0]), float(curve.at[np.isfinite(curve.at)][-1])
        low = 0.0 if curve.kind == "chance" else first
        start = curve.own if curve.own is not None else curve.best
        start = min(max(start, low), last)
        percent = curve.kind == "chance"
        label = self.says.say(
            f"panel.threshold.knob.{curve.kind}",
            low=self._figure(curve, low), high=self._figure(curve, last),
        )  # fmt: skip
        knob = Knob(
            name="at", label=label, text=plain(start * 100 if percent else start), value=start,
            dimension="share" if percent else "number", unit="%" if percent else "",
            low=low, high=last,
        )  # fmt: skip
        return (Row(label="", knobs=(knob,)),)

    def shown(self, picked: str, values: Values, *, whole: bool = True) -> Shown:
        """Cost, outcomes and the best threshold, at one threshold."""
        curve, says = self._curve(picked), self.says
        index = curve.place(values["at"])
        at = float(curve.at[index])
        cost = float(curve.cost[index])
        title = says.sentence(
            f"panel.threshold.title.{curve.kind}" + ("" if np.isfinite(at) else ".never"),
            at=self._figure(curve, at), cost=cost, option=curve.found.option,
        )  # fmt: skip
        picture = Picture(title, says.lang)
        others = self._others(curve)
        self._plot(picture, curve, at, cost, others)
        if isinstance(curve.found, CutTable):
            self._outcomes(picture, curve.found, index)
        return Shown(
            picture=picture,
            below=lambda: Beside(
                keys=self._keys(curve, others), words=self._words(curve, cost),
                table=self._table(curve, index),
            ),
        )  # fmt: skip

    def writes(self, picked: str, values: Values) -> tuple[Change, ...]:
        """Nothing: where an option acts follows from the prices in the case file."""
        return ()

    # --- the picture --------------------------------------------------------------------

    def _plot(
        self, picture: Picture, curve: _Curve, at: float, cost: float, others: Sequence[Compared]
    ) -> None:
        across = self._across(curve, at)
        worst = max([curve.least, *(_mean(one) for one in others)])
        most = min(float(curve.cost.max()), _MOST_TIMES * abs(worst))
        low, high = _upright([curve.least, *map(_mean, others)], max(most, worst, cost))

        def up(value: float) -> float:
            return TOP + PLOT * (1 - (value - low) / (high - low))

        for value in ticks(low, high, most=4):
            picture.level(0, 100, up(value), palette.GRID)
            picture.text(0.5, up(value) - 4, self.says.price(value), anchor="start", paper=True)
        within = [(n, one) for n, one in enumerate(others) if low <= _mean(one) <= high]
        for _, one in within:
            style = option_style(is_ml=one.is_ml)
            picture.level(3, 97, up(_mean(one)), style.colour, width=1.5, dash=style.dash)
        seen = np.flatnonzero(
            np.isfinite(curve.at) & (curve.at <= across.high) & (curve.at >= across.low)
        )
        seen = seen[np.unique(np.linspace(0, len(seen) - 1, _DRAWN).astype(int))]
        picture.curve(
            [across.at(float(x)) for x in curve.at[seen]], [up(float(y)) for y in curve.cost[seen]],
            palette.ML, top=TOP, height=PLOT,
        )  # fmt: skip
        picture.level(3, 97, TOP + PLOT, palette.ZERO)
        for place, one in within:
            colour = option_style(is_ml=one.is_ml).colour
            picture.badge(95 - 6.0 * place, up(_mean(one)), str(place + 1), colour)
        if curve.own is not None:
            picture.upright(across.at(curve.own), TOP, PLOT, PLAIN, dash="dash")
        if np.isfinite(curve.best):
            picture.mark(across.at(curve.best), up(curve.least), option_style(is_ml=True))
        x = across.at(min(at, across.high))
        picture.upright(x, TOP - 6, PLOT + 6, palette.CHOSEN, width=4)
        picture.beside(x, 16, self._figure(curve, at), strong=True)
        title = self.says.say(f"panel.threshold.axis.{curve.kind}")
        picture.axis(across, lambda value: self._figure(curve, value), title, TOP + PLOT)

    def _across(self, curve: _Curve, at: float) -> Across:
        finite = curve.at[np.isfinite(curve.at)]
        low, high = float(finite[0]), float(finite[-1])
        if curve.kind == "chance":
            low = 0.0
            near = [one for one in (curve.own, curve.best, at) if one is not None]
            high = min(high, max([_AHEAD * one for one in near[:2] if np.isfinite(one)] or [high]))
            high = max([high, *(1.05 * one for one in near if np.isfinite(one))])
        return Across(low=low, high=high)

    def _outcomes(self, picture: Picture, found: CutTable, index: int) -> None:
        """Two bars below the axis: how positives and negatives come out."""
        y = picture.height + 6
        table, says = found.table, self.says
        for code, left, parts in (
            ("positives", float(table.missed[index]), ("true_positive", "false_negative")),
            ("negatives", float(table.spared[index]), ("false_positive", "true_negative")),
        ):
            picture.text(3, y + 12, says.say(f"panel.threshold.{code}"), anchor="start")
            x, wide = 3.0, 94.0
            for name, share in zip(parts, (1 - left, left), strict=True):
                picture.rect(x, wide * share, y + 18, 18, OUTCOME_FILLS[name])
                x += wide * share
            y += 44
        picture.height = y

    def _keys(self, curve: _Curve, others: Sequence[Compared]) -> list[tuple[str, str]]:
        says = self.says
        name = says.name("option", curve.found.option)
        found = [(swatch(palette.ML, dash="solid"), says.say("panel.threshold.key", name=name))]
        found += [
            (
                swatch(style.colour, dash=style.dash, sign=str(place + 1)),
                says.say(
                    "panel.threshold.other", name=says.name("option", one.id), cost=_mean(one)
                ),
            )
            for place, one in enumerate(others)
            for style in [option_style(is_ml=one.is_ml)]
        ]
        if curve.own is not None:
            said = says.say("panel.threshold.own", at=self._figure(curve, curve.own))
            found.append((swatch(PLAIN, dash="dash"), said))
        said = says.say("panel.threshold.best", at=self._figure(curve, curve.best),
                        cost=curve.least)  # fmt: skip
        found.append((swatch(sign="◆"), said))
        if isinstance(curve.found, CutTable):
            found += [
                (swatch(fill=OUTCOME_FILLS[name]), says.say(f"outcome.{name}"))
                for name in ("true_positive", "false_negative", "false_positive", "true_negative")
            ]
        return found

    # --- words --------------------------------------------------------------------------

    def _words(self, curve: _Curve, cost: float) -> list[str]:
        says, found = self.says, []
        more = cost - curve.least
        code = (
            "panel.threshold.more" if more > 0.0005 * abs(curve.least) else "panel.threshold.least"
        )
        found.append(says.sentence(code, amount=more))
        if isinstance(curve.found, CutTable):
            code = "panel.threshold.exact" if curve.found.exact else "panel.threshold.folds"
        else:
            code = "panel.threshold.folds.offset"
        one = self._compared(curve.found.option)
        if one is not None and one.cost_per_case is not None:
            found.append(says.sentence(code, cost=one.cost_per_case.mean))
        return found

    def _table(self, curve: _Curve, index: int) -> Table:
        found, says = curve.found, self.says
        if isinstance(found, OffsetTable):
            return self._amounts(found, index)
        table, share = found.table, found.prevalence
        caught = 1 - table.missed[index]
        rows = (
            ("true_positive", table.positives[-1] - table.positives[index], share * caught),
            ("false_negative", table.positives[index], share * (1 - caught)),
            ("false_positive", table.negatives[-1] - table.negatives[index],
             (1 - share) * (1 - table.spared[index])),
            ("true_negative", table.negatives[index], (1 - share) * table.spared[index]),
        )  # fmt: skip
        return Table(
            caption=says.say("panel.threshold.table", rows=self.tested),
            heads=(
                Head(text=says.say("panel.threshold.head.outcome")),
                Head(text=says.say("panel.threshold.head.rows"), number=True),
                Head(text=says.say("panel.threshold.head.thousand"), number=True),
            ),
            rows=tuple(
                (
                    Cell(text=says.say(f"outcome.{name}")),
                    Cell(text=says.count(count), number=True),
                    Cell(text=says.number(1000 * part), number=True),
                )
                for name, count, part in rows
            ),
            title=0,
        )

    def _amounts(self, found: OffsetTable, index: int) -> Table:
        table, says = found.table, self.says
        rows: tuple[tuple[str, float, Callable[[float], str]], ...] = (
            ("under", float(table.under[index]), says.number),
            ("over", float(table.over[index]), says.number),
            ("enough", float(table.enough[index]), says.share),
        )
        return Table(
            caption=says.say("panel.threshold.amounts", rows=self.tested),
            heads=(Head(text=says.say("panel.threshold.head.outcome")),
                   Head(text=says.say("panel.threshold.head.each"), number=True)),
            rows=tuple(
                (Cell(text=says.say(f"panel.threshold.{name}")),
                 Cell(text=shown(value), number=True))
                for name, value, shown in rows
            ),
            title=0,
        )  # fmt: skip

    def _figure(self, curve: _Curve, value: float) -> str:
        if not np.isfinite(value):
            return self.says.say("panel.threshold.never")
        return self.says.share(value) if curve.kind == "chance" else self.says.number(value)

    def _curve(self, picked: str) -> _Curve:
        return self.curves.get(picked) or next(iter(self.curves.values()))

    def _compared(self, option: str) -> Compared | None:
        return next((one for one in self.options if one.id == option), None)

    def _others(self, curve: _Curve) -> list[Compared]:
        """Other options by what their errors cost, the cheapest first."""
        found = [one for one in self.options
                 if one.cost_per_case is not None and one.id != curve.found.option]  # fmt: skip
        return sorted(found, key=_mean)[:_OTHERS]


def _mean(one: Compared) -> float:
    assert one.cost_per_case is not None
    return one.cost_per_case.mean


def _upright(costs: Sequence[float], most: float) -> tuple[float, float]:
    """Ends of the cost axis: from nothing on, unless all costs lie close together."""
    least = min(costs)
    span = (most - least) or abs(most) or 1.0
    low = least - 0.3 * span if least < 0 or span < _CLOSE * most else 0.0
    return low, most + 0.1 * (most - low)


def _of_cuts(found: CutTable) -> _Curve:
    table = found.table
    cost = cost_of_cuts(table, found.prices, found.prevalence)
    best = int(np.argmin(cost))
    return _Curve(at=table.cuts, cost=cost, own=found.own, best=float(table.cuts[best]),
                  least=float(cost[best]), kind=found.scale, found=found)  # fmt: skip


def _of_offsets(found: OffsetTable) -> _Curve:
    table = found.table
    cost = found.cost_under * table.under + found.cost_over * table.over
    best = int(np.argmin(cost))
    return _Curve(at=table.offsets, cost=cost, own=found.own, best=float(table.offsets[best]),
                  least=float(cost[best]), kind="offset", found=found)  # fmt: skip
