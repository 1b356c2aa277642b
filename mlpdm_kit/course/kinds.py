"""Kinds of answers: how each is read, compared and written.

A bare number is taken in the unit that is asked for: whoever writes ``100,000`` where yen a
month are asked for need not write the unit. Anything else is read as the case file reads it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from mlpdm_kit.case.quantity import Malformed, parse
from mlpdm_kit.case.units import Units
from mlpdm_kit.course.written import plain_figure
from mlpdm_kit.text import Text

CURRENCY = "JPY"
_BARE_MONEY = re.compile(r"^([\d.,]+(?: ?(?:[kKMB]|万|億|千|thousand|million|billion))?)(?=\s|/)")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of answer.

    Parameters
    ----------
    name : str
    dimensions : tuple of str
        Of `mlpdm_kit.case.units.EXAMPLES`, the first that fits counts.
    bare : str
        What is put behind a number without a unit.
    shown : callable
        How a figure is said.
    """

    name: str
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
        sign, plain = plain_figure(text, self.name)
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
    if kind.name == "share" and "%" not in plain:
        return parse(plain, "share", units)  # 10 is no share, and 1000% would be one
    said = _BARE_MONEY.sub(rf"\1 {CURRENCY} ", plain) if kind.name.startswith("money") else plain
    for written in dict.fromkeys((plain, said, f"{plain}{kind.bare}")):
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
    kind.name: kind
    for kind in (
        Kind(name="share", dimensions=("share", "ratio"), shown=Text.share),
        Kind(name="money", dimensions=("money",), bare=f" {CURRENCY}", shown=Text.price),
        Kind(name="money/month", dimensions=("money/month", "money"),
             bare=f" {CURRENCY} per month", shown=Text.price),
        Kind(name="money/case", dimensions=("money/case", "money"),
             bare=f" {CURRENCY} per case", shown=Text.price),
        Kind(name="count", dimensions=("number",), shown=Text.number),
        Kind(name="months", dimensions=("months",), bare=" months", shown=Text.number),
        Kind(name="choice"),
        Kind(name="words"),
    )
}  # fmt: skip
