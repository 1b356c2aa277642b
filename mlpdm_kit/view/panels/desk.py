"""What a panel is: what can be set on it, and what it then shows.

A desk holds everything worked out beforehand. It knows nothing of widgets: a report shows it
as it stands, a workshop puts fields beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Protocol

from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.case.editing.quantities import Written
from mlpdm_kit.case.quantity import Malformed, points
from mlpdm_kit.case.units import Units
from mlpdm_kit.errors import Fault
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Table
from mlpdm_kit.view import html
from mlpdm_kit.view.panels.svg import Picture, key

Values = Mapping[str, float]


class Refused(Exception):
    """A value cannot be taken; the sentence says why, ``knob`` where."""

    def __init__(self, knob: str, said: str) -> None:
        self.knob, self.said = knob, said
        super().__init__(said)


@dataclass(frozen=True, kw_only=True)
class Knob:
    """A number that can be set.

    Parameters
    ----------
    name : str
    label : str
        What it is, with its bounds and its unit.
    text : str
        How it stands in the case.
    value : float
        The same in the kit's own units, to its last digit.
    dimension, unit : str
        In which a text is read.
    low, high : float
        Ends of the slider beside it.
    lead : str
        What the field is a part of, for those who do not see where it stands.
    """

    name: str
    label: str
    text: str
    value: float
    dimension: str
    unit: str
    low: float
    high: float
    lead: str = ""

    def read(self, text: str, units: Units, lang: str) -> float:
        """What somebody typed, in the kit's own units.

        Raises
        ------
        Refused
            It is no such number.
        """
        if text.strip() == self.text:
            return self.value
        typed = text.strip().rstrip(".,．，")  # somebody is in the middle of a number
        try:
            low, _, high = points(Written(low=typed, unit=self.unit).text, self.dimension, units)
            if low != high or not text.strip():
                raise Malformed("quantity-number", example=self.text)
        except Malformed as error:
            shown = self.lead or self.label
            fault = Fault(code=error.code, field=shown, value=text, figures=error.figures)
            raise Refused(self.name, fault.sentence(lang)) from None
        return low

    def written(self, value: float, units: Units) -> str:
        """A value as somebody would type it in this field's unit."""
        return plain(value / unit_size(self.unit, self.dimension, units))


def unit_size(unit: str, dimension: str, units: Units) -> float:
    """What one of a unit is in the kit's own.

    Examples
    --------
    >>> unit_size("%", "share", Units()), unit_size("per year", "cases/month", Units())
    (0.01, 0.08333333333333333)
    """
    return points(Written(low="1", unit=unit).text, dimension, units)[0]


def plain(value: float) -> str:
    """A number to four figures as somebody types it: no powers, no groups.

    Examples
    --------
    >>> plain(12345.6), plain(0.00012341), plain(3.0), plain(-0.5)
    ('12350', '0.0001234', '3', '-0.5')
    """
    shown = f"{float(f'{value:.4g}'):.12f}"
    return shown.rstrip("0").rstrip(".") or "0"


@dataclass(frozen=True, kw_only=True)
class Row:
    """Knobs that stand side by side, and what they are about."""

    label: str
    knobs: tuple[Knob, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One of several things that a panel can be about."""

    label: str
    choices: tuple[tuple[str, str], ...]
    first: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands under a picture: its key, more words, and a table."""

    keys: Sequence[tuple[str, str]] = ()
    words: Sequence[str] = ()
    table: Table | None = None

    def html(self, lang: str) -> str:
        """All of it."""
        parts = [key(self.keys, lang)] if self.keys else []
        parts += [html.words(line, lang=lang, kind="said") for line in self.words if line]
        if self.table is not None:
            parts.append(html.table(self.table, lang=lang))
        return "".join(parts)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a panel shows: a picture with its sentence, and what stands under it.

    Parameters
    ----------
    picture : Picture
    below : callable
        Says what stands under it. It is asked only when that is looked at: to a hand that
        moves, only the picture must keep up.
    """

    picture: Picture
    below: Callable[[], Beside]

    @cached_property
    def beside(self) -> Beside:
        """What stands under the picture."""
        return self.below()

    def html(self, lang: str) -> str:
        """The picture, inline, under its sentence."""
        title = escape(self.picture.title)
        return (
            f'<p class="mlpdm-panel-title mathjax_ignore" lang="{escape(lang)}">'
            f"<strong>{title}</strong></p>{self.picture.svg()}"
        )


class Desk(Protocol):
    """A panel that is ready to be shown."""

    says: Sentences
    pick: Pick | None
    units: Units

    def rows(self, picked: str) -> tuple[Row, ...]:
        """What can be set."""

    def shown(self, picked: str, values: Values, *, whole: bool = True) -> Shown:
        """What the panel shows at some values; not ``whole`` while somebody is typing.

        Raises
        ------
        Refused
            A value that cannot be taken beside the others.
        """

    def writes(self, picked: str, values: Values) -> tuple[Change, ...]:
        """What is to be written for the case file to say so; nothing where it is not meant to."""


def own_values(rows: Sequence[Row]) -> dict[str, float]:
    """How the case stands, by knob."""
    return {knob.name: knob.value for row in rows for knob in row.knobs}


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Why a panel shows nothing in this case, in words; ``gone`` where it is for other tasks."""

    said: str
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Sign:
    """An option in the key of a picture: its number and how it is drawn."""

    number: str
    colour: str
    dash: str
    width: float = field(default=3)
