"""The words of one case, and how a quantity is written in them."""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.errors import Example
from mlpdm_kit.text import MANY

EXAMPLES = {
    "money": "2M..5M {currency}",
    "money/case": "200..600 {currency} per {unit}",
    "money/case, said": "2..4 {currency} per {unit}",
    "money/month": "100k..300k {currency} per month",
    "money/target": "3..5 {currency} per {target_unit}",
    "money/token": "0.4..0.6 {currency} per 1M tokens",
    "target/case": "2..5 {target_unit} per {unit}",
    "cases/month": "8000..12000 per month",
    "share": "2%..5%",
    "ratio": "10%..60%",
    "number": "3..5",
    "rate/year": "8% per year",
    "months": "2..4 months",
    "seconds": "1..3 seconds",
}
WRITTEN = {  # what stands behind a figure in the kit's own units
    "money": " {currency}",
    "money/case": " {currency} per {unit}",
    "money/month": " {currency} per month",
    "money/target": " {currency} per {target_unit}",
    "money/token": " {currency} per 1M tokens",
    "target/case": " {target_unit} per {unit}",
    "cases/month": " per month",
    "share": "",
    "ratio": "",
    "number": "",
    "rate/year": " per year",
    "months": " months",
    "seconds": " seconds",
}


@dataclass(frozen=True, kw_only=True)
class Units:
    """What the words of one case mean: its currency, its unit, its target's unit."""

    currency: str = "USD"
    unit: str = "case"
    target_unit: str = "unit"

    def example(self, dimension: str) -> Example:
        """How a quantity of this dimension is written in this case.

        Examples
        --------
        >>> example = Units(currency="JPY").example("money/month")
        >>> example, example.said("ja")
        ('100k..300k JPY per month', '10万..30万 JPY/月')
        """
        words = {"currency": self.currency, "unit": self.unit, "target_unit": self.target_unit}
        return Example(EXAMPLES[dimension].format(**words), dimension, **words)

    def write(self, *values: float, dimension: str) -> str:
        """Values in the kit's own units as the case would write them, as a range.

        Examples
        --------
        >>> Units(currency="JPY", unit="claim").write(5577.3, 12000, dimension="money/case")
        '5577.3..12000 JPY per claim'
        >>> Units().write(0.02, 0.03, 0.08, dimension="rate/year")
        '2%..3%..8% per year'
        >>> Units().write(4e-07, dimension="money/token")
        '0.4 USD per 1M tokens'
        """
        percent = dimension in ("share", "ratio", "rate/year")
        times = 100 if percent else MANY.get(dimension, 1)
        shown = [f"{times * value:.12g}{'%' if percent else ''}" for value in values]
        return "..".join(shown) + WRITTEN[dimension].format(
            currency=self.currency, unit=self.unit, target_unit=self.target_unit
        )
