"""Tables and folded parts as plain values, for HTML and Markdown alike."""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.case.inputs import BETWEEN_ENDS
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import InputRow

NONE = "–"


@dataclass(frozen=True, kw_only=True)
class Head:
    """A column's heading."""

    text: str
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell: its text, and below it a smaller note.

    ``mark`` is a sign before the text, ``tag`` a word in a frame, ``tone`` a colour by
    name; the colour never says what the text does not.
    """

    text: str
    note: str = ""
    mark: str = ""
    tag: str = ""
    tone: str = ""
    number: bool = False
    strong: bool = False

    def flat(self, says: Sentences) -> str:
        """All of it in one line."""
        said = f"{self.mark} {self.text}" if self.mark else self.text
        return says.bracketed(said, self.note, self.tag)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; column ``title`` names the row. A ``long`` one is left out of Markdown."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: int = 0
    foot: str = ""
    long: bool = False


@dataclass(frozen=True, kw_only=True)
class Fold:
    """A part that is folded away until somebody wants it.

    It reads from the top: ``notes`` say the result, then come the ``pictures`` that it
    names, facts, items and tables, and last what is folded away once more, its ``parts``.
    """

    key: str
    heading: str
    summary: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    items_heading: str = ""
    items: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: tuple[Fold, ...] = ()


def heads(says: Sentences, prefix: str, *names: str, numbers: int = 0) -> tuple[Head, ...]:
    """Headings ``prefix.name``; the last ``numbers`` are those of numbers."""
    first = len(names) - numbers
    return tuple(
        Head(text=says.say(f"{prefix}.{name}"), number=index >= first)
        for index, name in enumerate(names)
    )


def figure(text: str, note: str = "", *, strong: bool = False) -> Cell:
    """A cell with a number in it."""
    return Cell(text=text or NONE, note=note, number=True, strong=strong)


def counted(value: float, says: Sentences) -> str:
    """A count; one that is a mean over answers or graders to one decimal, never as none."""
    if abs(value - round(value)) < 1e-6 or value >= 100:
        return says.count(value)
    return says.number(max(round(value, 1), 0.1))


def money_beside(spread: Range, says: Sentences) -> str:
    """The range of a whole amount, to stand below it; nothing where it is one figure."""
    return "" if spread.p5 == spread.p95 else says.money_range(spread)


def price_beside(spread: Range, says: Sentences) -> str:
    """The same of an amount per case."""
    return "" if spread.p5 == spread.p95 else says.price_range(spread)


def input_cells(row: InputRow, says: Sentences) -> tuple[Cell, ...]:
    """One input: its name, range, how that is read, evidence, and what was noted."""
    beside = [
        says.say(f"record.gates.{name}", text=text)
        for name, text in (("source", row.source), ("owner", row.owner))
        if text
    ]
    return (
        Cell(text=says.name("input", row.name)),
        Cell(text=says.range(row.low, row.high, row.dimension), note=_as_written(row, says)),
        Cell(text=says.name("family", row.family)),
        Cell(text=says.name("evidence", row.evidence)),
        Cell(text=row.note or NONE, note=" · ".join(beside)),
    )


def _as_written(row: InputRow, says: Sentences) -> str:
    """What was written, where it is more than the 5% and 95% points."""
    shown = "" if row.middle is None else says.quantity(row.middle, row.dimension)
    if row.family in BETWEEN_ENDS and row.written is not None:
        low, high = (says.quantity(end, row.dimension) for end in row.written)
        return says.say("record.inputs.mode", low=low, high=high, shown=shown)
    parts = []
    if row.written is not None:
        ends = says.range(*row.written, row.dimension)
        parts.append(says.say("record.inputs.said", level=row.level, shown=ends))
    if shown:
        parts.append(says.say("record.inputs.middle", shown=shown))
    return says.parts(parts)


def option_cell(option: str, kind: str, says: Sentences) -> Cell:
    """An option's name, with its kind below where the name does not say it."""
    name, rung = says.name("option", option), says.name("kind", kind)
    hidden = name.casefold() == rung.casefold() or kind in ("none", "all", "constant")
    return Cell(text=name, note="" if hidden else rung)
