"""Chart of 02: how each group is served, with the best option without ML and with ML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlpdm_kit.record.measured import Segment, SegmentGap
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis, window
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import option_style

MOST_SEGMENTS = 12
_AMOUNTS = "under"  # an outcome that only amounts have
_ACTS = "true_positive"


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """The options that are shown, the one without ML first; the gap is of the last."""

    options: tuple[str, ...]
    is_ml: dict[str, bool]
    rows: dict[str, list[Segment]]
    gap: SegmentGap | None
    kind: str

    @property
    def last(self) -> str:
        return self.options[-1]


def segments(comparison: ComparisonSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """How well each group is served, with how many cases, the small ones last."""
    shown = _shown(comparison)
    if shown is None:
        return None
    found = _ordered(shown)
    spans = {
        id(row): (row.quality.p5, row.quality.p95) for rows in shown.rows.values() for row in rows
    }
    core = [(row.quality.mean, row.quality.mean) for row in shown.rows[shown.last] if row.ranked]
    ends = core or list(spans.values())
    low, high = window(ends, spans.values(), reach=1.5)
    if shown.kind != "amounts":
        low, high = max(low, 0.0), min(high, 1.0)
    title = says.say(f"chart.segments.axis.{shown.kind}")
    canvas = Canvas(Axis.over(low, high, says.share, title=title))
    for name in found[:MOST_SEGMENTS]:
        _row(canvas, name, shown, says)
    _rest(canvas, found, says)
    _key(canvas, shown, says)
    canvas.foot(says.say("chart.simulated") if simulated else "")
    reading = says.say(f"chart.segments.reading.{shown.kind}")
    return canvas.figure(title=segments_sentence(comparison, says), reading=reading)


def segments_sentence(comparison: ComparisonSection, says: Sentences) -> str:
    """Whether any group is served worse than the others by more than is allowed."""
    shown = _shown(comparison)
    assert shown is not None
    gap = shown.gap
    if gap is None:
        return says.sentence("chart.segments.unclear", option=shown.last)
    code = "fair" if gap.amount <= gap.bound else "behind" if gap.low > gap.bound else "perhaps"
    return says.sentence(
        f"chart.segments.{code}", option=shown.last, bound=gap.bound,
        amount=max(gap.amount, 0.0), segment=says.segment(gap.segment),
    )  # fmt: skip


def _shown(comparison: ComparisonSection) -> _Shown | None:
    """The best option without ML and the best with it, of those that are looked at closely."""
    rows: dict[str, list[Segment]] = {}
    for one in comparison.segments:
        rows.setdefault(one.option, []).append(one)
    options = {option.id: option for option in comparison.options if option.id in rows}

    def cost(name: str) -> float:
        spread = options[name].cost_per_case
        return float("inf") if spread is None else spread.mean

    plain = comparison.best_without_ml if comparison.best_without_ml in options else None
    with_ml = [name for name, option in options.items() if option.is_ml]
    best_ml = min(with_ml, key=cost, default=None)
    chosen = tuple(name for name in (plain, best_ml) if name is not None)
    if not chosen:
        return None
    cells = {name for option in options.values() for name in option.cells}
    kind = "amounts" if _AMOUNTS in cells else "acts" if _ACTS in cells else "answers"
    return _Shown(
        options=chosen,
        is_ml={name: options[name].is_ml for name in chosen},
        rows={name: rows[name] for name in chosen},
        gap=next((gap for gap in comparison.gaps if gap.option == chosen[-1]), None),
        kind=kind,
    )


def _ordered(shown: _Shown) -> list[str]:
    """Groups by name, the worst served first, those with few cases last."""
    worse = 1.0 if shown.kind == "amounts" else -1.0

    def place(row: Segment) -> tuple[bool, float]:
        return (not row.ranked, -worse * row.quality.mean)

    return [row.segment for row in sorted(shown.rows[shown.last], key=place)]


def _row(canvas: Canvas, name: str, shown: _Shown, says: Sentences) -> None:
    mine = {option: _of(shown.rows[option], name) for option in shown.options}
    last = mine[shown.last]
    assert last is not None
    counts = "both" if shown.kind == "acts" else "one"
    figure = says.say(f"chart.segments.count.{counts}", cases=last.cases, rows=last.rows)
    canvas.row(says.segment_name(name), figure)
    height = 14 * len(shown.options) + 4
    middle = canvas.track(height)
    bound = _bound(shown, last)
    if bound is not None and canvas.axis.holds(bound):
        canvas.stop(bound, middle, height + 4, palette.FAILED)
    for place, (option, row) in enumerate(mine.items()):
        if row is None:
            continue
        at = middle + 14 * (place - (len(mine) - 1) / 2)
        style = option_style(is_ml=shown.is_ml[option], possible=row.ranked)
        canvas.spread(at, low=row.quality.p5, mean=row.quality.mean, high=row.quality.p95,
                      style=style, hover=_hover(row, shown.kind, says))  # fmt: skip
    canvas.gap(10)


def _of(rows: Sequence[Segment], name: str) -> Segment | None:
    return next((row for row in rows if row.segment == name), None)


def _bound(shown: _Shown, row: Segment) -> float | None:
    """Where this group would be as far behind the others as is allowed."""
    others = [one for one in shown.rows[shown.last] if one.ranked and one is not row]
    cases = sum(one.cases for one in others)
    if shown.gap is None or not row.ranked or not cases:
        return None
    mean = sum(one.quality.mean * one.cases for one in others) / cases
    return mean + shown.gap.bound if shown.kind == "amounts" else mean - shown.gap.bound


def _hover(row: Segment, kind: str, says: Sentences) -> str:
    share: Callable[[float], str] = says.share
    return "\n".join(
        (
            says.segment_name(row.segment),
            says.name("option", row.option),
            says.say(f"chart.segments.hover.{kind}", shown=share(row.quality.mean),
                     low=share(row.quality.p5), high=share(row.quality.p95)),
            says.say("chart.hover.cost", cost=row.cost.mean, range=says.price_range(row.cost)),
        )
    )  # fmt: skip


def _rest(canvas: Canvas, found: Sequence[str], says: Sentences) -> None:
    if len(found) > MOST_SEGMENTS:
        canvas.note(says.say("chart.segments.more", n=len(found) - MOST_SEGMENTS))


def _key(canvas: Canvas, shown: _Shown, says: Sentences) -> None:
    for option in shown.options:
        sign = "◆" if shown.is_ml[option] else "●"
        canvas.foot(f"{sign} {says.name('option', option)}")
    if any(not row.ranked for row in shown.rows[shown.last]):
        canvas.foot(says.say("chart.segments.hollow"))
    if shown.gap is not None:
        canvas.foot(says.say("chart.segments.bound", bound=shown.gap.bound, option=shown.last))
