"""Inputs of a case whose ranges can be moved: what stands there, and what it is moved to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.analysis.uncertainty.stated import distribution
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.case.editing.document import Document
from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.case.editing.quantities import Written, taken_apart, units_of
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.case.units import Units
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.record.assemble import nearest
from mlpdm_kit.record.page import verdict_said
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import InputRow
from mlpdm_kit.record.whatif import Choice, WhatIf
from mlpdm_kit.view.forms.said import unit_name
from mlpdm_kit.view.panels.desk import Knob, Refused, Row, Values, plain, unit_size

_WORDS = ("value", "cost", "gain")  # under which a quantity stands beside its evidence
LEAST = 0.002  # of what the first is worth knowing, below which another is worth nothing
_BEYOND = 0.75  # widths of a range that its slider reaches beyond it


class Ranges:
    """The inputs of a case, as they stand and as they can be moved.

    Parameters
    ----------
    whatif : WhatIf
    value : ValueSection
        What section 04 says of the case as it stands.
    document : Document
        The case file.
    says : Sentences
    """

    def __init__(
        self, whatif: WhatIf, value: ValueSection, document: Document, says: Sentences
    ) -> None:
        self.whatif, self.value, self.document, self.says = whatif, value, document, says
        case = whatif.case
        self.units = Units(currency=case.currency, unit=case.unit, target_unit=case.target_unit)
        self.input_rows = {row.name: row for row in value.inputs}
        self.stated = {drawn_name(name): name for name, _ in named_inputs(case)}
        self.flips = {one.input: one for one in value.break_even}
        self.names = self._by_weight()
        self.quo = {one.id for one in value.options if one.status_quo}

    def _by_weight(self) -> tuple[str, ...]:
        """Inputs, what is most worth knowing first, then what comes nearest to a change."""
        least = LEAST * max((one.value for one in self.value.evppi), default=0.0)
        worth = [o.input for o in self.value.evppi if o.value > max(o.noise_floor, least)]
        near = [one.input for one in nearest(self.value.break_even)]
        rest = [one.input for one in self.value.evppi]
        rest += [one.input for one in self.value.break_even]
        return tuple(n for n in dict.fromkeys([*worth, *near, *rest]) if n in self.input_rows)

    def row(self, name: str) -> Row:
        """Two knobs for an input."""
        says, found = self.says, self.input_rows[name]
        label = says.name("input", name)
        low, high = self._own(name)
        unit, texts = self._texts(name, low, high)
        ends = self._ends(found, low, high)
        size = unit_size(unit, self._read_as(name), self.units)
        share = self._read_as(name) == "share" and not unit
        shown = [says.share(end) if share else says.number(end / size) for end in ends]
        figures = {
            "low": shown[0],
            "high": shown[1],
            "unit": unit_name(unit, says) if unit else "",
        }
        knobs = tuple(
            Knob(
                name=f"{name}|{end}", lead=label,
                label=says.say(f"panel.range.{end}", **figures).replace(" )", ")"),
                text=text, value=value, dimension=self._read_as(name), unit=unit,
                low=ends[0], high=ends[1],
            )
            for end, value, text in (("low", low, texts[0]), ("high", high, texts[1]))
        )  # fmt: skip
        return Row(label=label, knobs=knobs, note=self.origin(name))

    def origin(self, name: str) -> str:
        """Where a range comes from, in words."""
        row = self.input_rows[name]
        if name in self.whatif.inputs.measured:
            return self.says.say("panel.range.measured")
        return self.says.name("evidence", row.evidence)

    def distribution(self, name: str, values: Values) -> Distribution:
        """What is believed of an input at two ends.

        Raises
        ------
        Refused
            The ends are reversed, or no distribution has them.
        """
        low, high = values[f"{name}|low"], values[f"{name}|high"]
        inputs = self.whatif.inputs
        own = inputs.distributions[name]
        if (low, high) == self._own(name):
            return own
        label = self.says.name("input", name)
        if low > high:
            shown = {"low": plain(low), "high": plain(high)}
            written = f"{plain(low)}..{plain(high)}"
            fault = Fault(code="range-reversed", field=label, value=written, figures=shown)
            raise self._refused(name, fault)
        try:
            if name in inputs.measured or name not in inputs.stated:
                found = _like(own, low, high)
            else:
                item = inputs.stated[name].model_copy(update={"low": low, "high": high})
                found = distribution(item)
            if not np.isfinite(found.mean):
                raise InputError(Fault(code="mean-infinite", field=label, value=label))
        except InputError as error:
            raise self._refused(name, error.faults[0]) from None
        return found

    def changes(self, names: Iterable[str], values: Values) -> dict[str, Distribution]:
        """What is believed otherwise than in the case."""
        found = {name: self.distribution(name, values) for name in names}
        now = self.whatif.inputs.distributions
        return {name: one for name, one in found.items() if one != now[name]}

    def choice(self, names: Iterable[str], values: Values, *, whole: bool) -> Choice:
        """What the rule says of the ranges as they are set.

        Raises
        ------
        Refused
            What no decision can be made with.
        """
        names = tuple(names)
        changes = self.changes(names, values)
        try:
            return self.whatif.at(changes) if whole else self.whatif.quickly(changes)
        except InputError as error:
            raise self._refused(next(iter(changes)), error.faults[0]) from None

    def verdict(self, choice: Choice) -> str:
        """What is decided, in a few words."""
        return verdict_said(choice.outcome, choice.best, choice.meanwhile, self.quo, self.says)

    def drawn_from(self, choice: Choice) -> str:
        """On how many futures figures stand."""
        code = "whole" if choice.whole else "quick"
        return self.says.sentence(f"panel.futures.{code}", n=choice.draws, all=self.whatif.draws)

    def writes(self, names: Iterable[str], values: Values) -> Iterator[Change]:
        """What is to be written for the case file to say so; evidence and notes stay."""
        for name in self.changes(names, values):
            place = self.place(name)
            if place is None:
                continue
            path, text = place
            unit, _ = self._texts(name, *self._own(name))
            now = taken_apart(text, self._read_as(name), self.units)
            size = unit_size(unit, self._read_as(name), self.units)
            low, high = (plain(values[f"{name}|{end}"] / size) for end in ("low", "high"))
            middle = now.middle if now is not None else ""
            yield Change(
                path=path, value=Written(low=low, middle=middle, high=high, unit=unit).text
            )

    def place(self, name: str) -> tuple[tuple[str, ...], str] | None:
        """Where an input stands in the case file, and what is written there."""
        if name in self.whatif.inputs.measured or name not in self.stated:
            return None
        return _located(self.document.values, self.stated[name])

    def _own(self, name: str) -> tuple[float, float]:
        """Ends of an input as they stand: as written, else the 5% and 95% points."""
        inputs = self.whatif.inputs
        if name in inputs.stated and name not in inputs.measured:
            item = inputs.stated[name]
            return item.low, item.high
        row = self.input_rows[name]
        return row.low, row.high

    def _read_as(self, name: str) -> str:
        return self.input_rows[name].dimension

    def _texts(self, name: str, low: float, high: float) -> tuple[str, tuple[str, str]]:
        """The unit in which an input is typed, and its ends as they are typed."""
        dimension, place = self._read_as(name), self.place(name)
        found = None if place is None else taken_apart(place[1], dimension, self.units)
        if found is not None and found.low:
            return found.unit, (found.low, found.high or found.low)
        unit = units_of(dimension, self.units)[0]
        size = unit_size(unit, dimension, self.units)
        return unit, (plain(low / size), plain(high / size))

    def _ends(self, row: InputRow, low: float, high: float) -> tuple[float, float]:
        """Ends of the sliders: well beyond the range, within what there can be."""
        room = _BEYOND * (high - low) or 0.5 * abs(low) or 1.0
        least, most = low - room, high + room
        if low >= 0:
            least = max(0.0, least)
        if row.dimension == "share":
            most = min(1.0, most)
        return least, most

    def _refused(self, name: str, fault: Fault) -> Refused:
        return Refused(f"{name}|low", fault.sentence(self.says.lang))


def _like(own: Distribution, low: float, high: float) -> Distribution:
    """A distribution of the same kind between other ends."""
    family = own.family if own.family in ("beta", "normal") else None
    return from_interval(low, high, family=None if low == high else family)


def _located(document: Mapping[str, object], name: str) -> tuple[tuple[str, ...], str] | None:
    """Path and text of a dotted name, whose parts may hold dots themselves."""
    here: object = document
    path: list[str] = []
    rest = name
    while rest:
        if not isinstance(here, Mapping):
            return None
        parts = rest.split(".")
        heads = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        head = next((one for one in heads if one in here), None)
        if head is None:
            return None
        path.append(head)
        here, rest = here[head], rest[len(head) + 1 :]
    if isinstance(here, Mapping):
        word = next((one for one in _WORDS if one in here), None)
        if word is None:
            return None
        path.append(word)
        here = here[word]
    return (tuple(path), str(here)) if isinstance(here, (str, int, float)) else None
