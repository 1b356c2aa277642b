"""The control for a range: low and high, perhaps a middle, a unit, and where it is from."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.quantities import Written, taken_apart, units_of
from mlpdm_kit.case.editing.writing import Value
from mlpdm_kit.case.quantity import Malformed, point_groups, points
from mlpdm_kit.view.forms.base import Control, stacked
from mlpdm_kit.view.forms.origin import SAID, Origin
from mlpdm_kit.view.forms.said import unit_name

_EXAMPLE = re.compile(
    r", as (\d.*?)(?=\.$|;|\.\s)|を、([\d.][^、。（）]*) のように書きます(?=。)"
    r"|（([\d.][^（）]*) など）"
)  # the examples of the shared helps, which may be in no case's own words


class Quantity(Control):
    """A range with its unit, and where it comes from."""

    def _parts(self) -> Sequence[Any]:
        text, label = self.around.text, self.label
        self.low, self.middle, self.high = (
            stacked(
                widgets.Text(
                    description=self.part(text.say(f"form.quantity.{end}")),
                    continuous_update=False,
                )
            )
            for end in ("low", "middle", "high")
        )
        self.unit = stacked(widgets.Dropdown(description=self.part(text.say("form.quantity.unit"))))
        for one in (self.low, self.middle, self.high, self.unit):
            one.description_allow_html = True
        self.origin = Origin(self.part, text)
        self.rest: dict[str, Any] = {}
        self.unread: str | None = None
        self._units("")
        figures = widgets.HBox([self.low, self.high, self.unit, self.origin.evidence,
                                self.origin.source])  # fmt: skip
        more = widgets.HBox([self.middle, self.origin.owner, self.origin.note])
        for row in (figures, more):
            row.add_class("mlpdm-row")
        self.more = more
        self.more.layout.display = "none"
        self.toggle = widgets.Checkbox(
            value=False,
            indent=False,
            description=self.part(text.say("form.more")),
            description_allow_html=True,
        )
        self.toggle.style.description_width = "initial"
        self.toggle.layout.width = "auto"
        self.toggle.observe(self._unfold, names="value")
        figures.children = [*figures.children, self.toggle]
        self._listen(self.low, self.middle, self.high, self.unit, *self.origin.inputs)
        head = widgets.HTML(f'<p class="mlpdm-head">{escape(label)}</p>')
        return [head, figures, more]

    def help(self) -> str:
        """What is to be written, with an example in the case's own money and unit."""
        said, text = super().help(), self.around.text
        own = _own_example(said)
        if self.field.dimension == "number" or (not own and not self._has_units()):
            return said
        if own == self.example:
            return said
        example = text.say("form.example", example=self.example)
        plain = _EXAMPLE.sub("", said)
        return text.say("join.sentences", one=plain, other=example) if plain else example

    @property
    def example(self) -> str:
        """How it is written: as the help has it, if that is in the case's own words.

        What stands in the empty fields is taken from it too.
        """
        own, units = _own_example(super().help()), self.around.units
        if own and taken_apart(own, self.field.dimension, units) is not None:
            with contextlib.suppress(Malformed):
                points(own, self.field.dimension, units)
                return own
        return units.example(self.field.dimension).said(self.around.text.lang)

    def _has_units(self) -> bool:
        return self.field.dimension.startswith(("money", "target"))

    def _unfold(self, _: Any) -> None:
        self.more.layout.display = None if self.toggle.value else "none"

    def _units(self, own: str) -> None:
        known = list(units_of(self.field.dimension, self.around.units))
        if own not in known:
            known.append(own)
        text = self.around.text
        self.unit.options = [(unit_name(unit, text), unit) for unit in known]

    def _put(self, value: Any) -> None:
        said = dict(value) if isinstance(value, Mapping) else {self.field.value_at: value}
        written = said.pop(self.field.value_at, None)
        self.origin.put(said)
        self.rest = {name: item for name, item in said.items() if name not in SAID}
        found = taken_apart(str(written or ""), self.field.dimension, self.around.units)
        if found is None:  # shown as it stands, so that it can be set right
            found = Written(
                low=str(written), unit=units_of(self.field.dimension, self.around.units)[0]
            )
            self.unread = str(written)
        else:
            self.unread = None
        self._units(found.unit)
        self._prompt()
        typed = unicodedata.normalize("NFKC", self.high.value.strip())
        if not self.low.value.strip() and typed == found.low and not found.high:
            found = replace(found, low="", high=found.low)  # typed at the higher end first
        self.low.value, self.middle.value, self.high.value = found.low, found.middle, found.high
        self.unit.value = found.unit
        if found.middle or self.origin.owner.value or self.origin.note.value:
            self.toggle.value = True
            self._unfold(None)

    def _prompt(self) -> None:
        """Show in the empty fields how figures are written."""
        found = taken_apart(self.example, self.field.dimension, self.around.units)
        if found is not None and self.field.dimension != "number":
            self.low.placeholder, self.high.placeholder = found.low, found.high

    @property
    def written(self) -> str:
        """The figures and their unit, as the file has them."""
        if self.unread is not None and self.low.value == self.unread:
            return self.unread
        return Written(low=self.low.value, middle=self.middle.value, high=self.high.value,
                       unit=self.unit.value or "").text  # fmt: skip

    def value(self) -> Value | None:
        """The quantity alone, or with what is said of it."""
        figures, said = self.written, {**self.rest, **self.origin.said()}
        if not figures:
            return None
        return (
            {self.field.value_at: figures, **said}
            if said or self.field.value_at != "value"
            else figures
        )

    def echo(self) -> Iterable[str]:
        """What the figures come to in the kit's own units."""
        written = self.written
        if not written:
            return
        try:
            low, middle, high = points(written, self.field.dimension, self.around.units)
        except Malformed:
            return
        unit, text = self.field.dimension.partition(",")[0], self.around.text
        shown = [text.quantity(end, unit) for end in (low, high)]
        if low == high:
            yield text.say("form.echo.one", low=shown[0])
        elif middle is not None:
            yield text.say("form.echo.three", low=shown[0], middle=text.quantity(middle, unit),
                           high=shown[1])  # fmt: skip
        else:
            yield text.say("form.echo", low=shown[0], high=shown[1])
        if point := point_groups(written, self.field.dimension):
            yield text.say("form.echo.point", written=point, meant=point.replace(".", ""))


def _own_example(help_: str) -> str:
    """The example that a help gives; empty for none.

    Examples
    --------
    >>> _own_example("How long until it works, as 2..4 months.")
    '2..4 months'
    """
    found = _EXAMPLE.search(help_)
    return next(filter(None, found.groups()), "") if found else ""
