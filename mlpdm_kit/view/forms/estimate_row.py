"""One input that somebody gives a range for: two figures, their unit, and the bet."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.answers import BETS
from mlpdm_kit.case.askable import Askable
from mlpdm_kit.case.editing.quantities import Written, units_of
from mlpdm_kit.case.quantity import Malformed, point_groups, points
from mlpdm_kit.case.units import Units
from mlpdm_kit.record.rollup_said import input_name
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.forms.said import unit_name


class EstimateRow:
    """A row of the form; it holds what is typed and checks nothing.

    Parameters
    ----------
    asked : Askable
    says : Sentences
    units : Units
        The case's words.
    """

    def __init__(self, asked: Askable, says: Sentences, units: Units) -> None:
        self.asked, self.says, self.units = asked, says, units
        self.label = says.name("input", input_name(asked.name))
        self.low, self.high = (
            self._stacked(widgets.Text(continuous_update=False), says.say(f"form.quantity.{end}"))
            for end in ("low", "high")
        )
        known = units_of(asked.dimension, units)
        self.unit = self._stacked(
            widgets.Dropdown(options=[(unit_name(unit, says), unit) for unit in known]),
            says.say("form.quantity.unit"),
        )
        options = [(says.say("estimates.bet.none"), "")]
        options += [(says.say(f"estimates.bet.{bet}"), bet) for bet in BETS]
        self.bet = self._stacked(widgets.Dropdown(options=options), says.say("estimates.bet"))
        self.said_ = widgets.HTML()
        row = widgets.HBox([self.low, self.high, self.unit])
        row.add_class("mlpdm-row")
        head = widgets.HTML(f'<p class="mlpdm-head">{escape(self.label)}</p>')
        self.box = widgets.VBox([head, row, self.bet, self.said_])
        self.box.add_class("mlpdm-field")
        for one in (self.low, self.high, self.unit, self.bet):
            one.observe(lambda _: self.tell(()), names="value")
        self.tell(())

    def said(self) -> dict[str, Any]:
        """What is typed, as the answers' file has it."""
        found = {"value": self._text()}
        return {**found, "bet": self.bet.value} if self.bet.value else found

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not (self.low.value.strip() or self.high.value.strip())

    @property
    def is_half(self) -> bool:
        """Whether one end is missing."""
        return bool(self.low.value.strip()) != bool(self.high.value.strip())

    def clear(self) -> None:
        """Leave nothing for the next person to see."""
        self.low.value = self.high.value = self.bet.value = ""
        self.tell(())

    def tell(self, lines: Iterable[str]) -> None:
        """Say what is wrong, else how the figures are read and what to do about the bet."""
        help_ = self.says.say("estimates.help")
        found = [f'<p class="mlpdm-help">{escape(help_)}</p>']
        found += [f'<p class="mlpdm-echo" role="status">{escape(one)}</p>' for one in self._echo()]
        found += [f'<p class="mlpdm-fault" role="alert">{escape(line)}</p>' for line in lines]
        self.said_.value = "".join(found)

    def _echo(self) -> Iterable[str]:
        if not self.is_empty and not self.is_half:
            try:
                low, _, high = points(self._text(), self.asked.dimension, self.units)
            except Malformed:
                pass
            else:
                shown = [self.says.quantity(end, self.asked.dimension) for end in (low, high)]
                yield self.says.say("form.echo", low=shown[0], high=shown[1])
                for one in filter(None, (self.low.value, self.high.value)):
                    if point := point_groups(one, self.asked.dimension):
                        meant = point.replace(".", "")
                        yield self.says.say("form.echo.point", written=point, meant=meant)
                        break
        if self.bet.value:
            yield self.says.say(f"estimates.bet.{self.bet.value}.do")

    def _text(self) -> str:
        """The range as the case file would have it.

        In fields of their own, 5000 and 1.2万 can mean only one thing; on one line the file
        would refuse them, so there they stand in plain digits.
        """
        low, high, unit = self.low.value, self.high.value, self.unit.value or ""
        text = Written(low=low, high=high, unit=unit).text
        try:
            points(text, self.asked.dimension, self.units)
        except Malformed as fault:
            if fault.code == "range-scale":
                ends = [Written(low=end, unit=unit).text for end in (low, high)]
                plain = [points(end, self.asked.dimension, self.units)[0] for end in ends]
                return self.units.write(*plain, dimension=self.asked.dimension)
        return text

    def _stacked(self, widget: Any, label: str) -> Any:
        widget.add_class("mlpdm-stacked")
        widget.description_allow_html = True
        hidden = f'<span class="mlpdm-hide">{escape(self.label)}: </span>'
        widget.description = f"{hidden}{escape(label)}"
        widget.style.description_width = "initial"
        widget.layout.width = "auto"
        return widget
