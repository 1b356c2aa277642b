"""Kinds of answers: how each is read, compared and written.

A bare number is taken in the unit that is asked for: whoever writes ``100,000`` where yen a
month are asked for need not write the unit. Anything else is read as the case file reads it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from mlpdm_kit.case.quantity import Malformed, parse
from mlpdm_kit.case.units import Units
from mlpdm_kit.text import Text

CURRENCY = "JPY"
_MINUS = "-−－▲△"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of answer.

    Parameters
    ----------
    dimensions : tuple of str
        Of `mlpdm_kit.case.units.EXAMPLES`, the first that fits counts.
    bare : str
        What is put behind a number without a unit.
    shown : callable
        How a figure is said.
    """

    dimensions: tuple[str, ...] = ()
    bare: str = ""
    shown: Callable[[Text, float], str] | None = None

    @property
    def is_figure(self) -> bool:
        """Whether it is a number that is compared within a tolerance."""
        return bool(self.dimensions)

    def read(self, text: str) -> float:
        """The figure that was written.

        Raises
        ------
        Malformed
            It is none, or a range.

        Examples
        --------
        >>> KINDS["money/month"].read("10万"), KINDS["money/month"].read("−¥1.2M per year")
        (100000.0, -100000.0)
        >>> KINDS["share"].read("15.4 %")
        0.154
        """
        written = unicodedata.normalize("NFKC", text).strip()
        sign = -1.0 if written[:1] in _MINUS and written[1:] else 1.0
        plain = written[1:].strip() if sign < 0 else written
        low, high = _parsed(plain, self)
        if low != high:
            raise Malformed("answer-range")
        if not math.isfinite(low):
            raise Malformed("quantity-number", example="")
        return sign * low

    def say(self, value: float, text: Text) -> str:
        """A figure of this kind, in words."""
        return self.shown(text, value) if self.shown else str(value)


def _parsed(plain: str, kind: Kind) -> tuple[float, float]:
    units, first = Units(currency=CURRENCY), None
    for written in dict.fromkeys((plain, f"{plain}{kind.bare}")):
        for dimension in kind.dimensions:
            try:
                return parse(written, dimension, units)
            except Malformed as error:
                first = first or error
    assert first is not None
    raise first


def same(found: float, right: float, tolerance: float) -> bool:
    """Whether a figure is the right one, within a relative tolerance.

    Examples
    --------
    >>> same(0.154, 0.15384, 0.02), same(-0.154, 0.15384, 0.02), same(0.0, 0.0, 0.02)
    (True, False, True)
    """
    return math.isclose(found, right, rel_tol=tolerance, abs_tol=1e-9)


KINDS = {
    "share": Kind(dimensions=("share",), shown=Text.share),
    "money": Kind(dimensions=("money",), bare=f" {CURRENCY}", shown=Text.price),
    "money/month": Kind(
        dimensions=("money/month", "money"), bare=f" {CURRENCY} per month", shown=Text.price
    ),
    "money/case": Kind(
        dimensions=("money/case", "money"), bare=f" {CURRENCY} per case", shown=Text.price
    ),
    "count": Kind(dimensions=("number", "cases/month"), shown=Text.number),
    "months": Kind(dimensions=("months",), bare=" months", shown=Text.number),
    "choice": Kind(),
    "words": Kind(),
}
