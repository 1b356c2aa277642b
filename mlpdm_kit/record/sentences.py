"""From a record's codes to sentences, shared by pages, Markdown and notebooks.

`Sentences` is a `Text` that knows the case: its options, currency and units. Beside the
formats of `Text` its messages may use

=============  ==========================================================================
format         says
=============  ==========================================================================
``the``        an option in mid-sentence: ``the rule``, or its name in quotation marks
               where its kind does not single it out
``whole``      an option with kind and name: ``the rule “Amount and vendor”``
``the-input``  an input in mid-sentence: ``the cost of a miss``
``question``   a check's question; ``passing`` and ``failing`` are its answers
``months``     a span of time
``segment``    a segment's name, that of the smallest ones together, or that of none
=============  ==========================================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.measured import Compared
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import CheckResult, Range, Said
from mlpdm_kit.text import MANY, Text

OTHERS = "\0others"  # the smallest segments together, as the analysis calls them
_CAPITALS = frozenset({"en"})  # languages whose sentences begin with a capital


@dataclass(frozen=True, kw_only=True)
class Named:
    """An option as sentences know it; ``label`` is the name that people gave it."""

    id: str
    kind: str
    label: str = ""


def _plural(noun: str, lang: str) -> str:
    """The plural of a common English noun; abbreviations and other tongues stay."""
    if lang != "en" or not re.fullmatch(r"[a-z -]{3,}[a-rt-z]", noun):
        return noun
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:x|z|ch|sh)$", noun) else f"{noun}s"


_ENDS = ".!?:;)。！？）」…"


class Sentences(Text):
    """Sentences about one case, in one language.

    Parameters
    ----------
    lang : {"en", "ja"}
        The reader's language.
    currency, unit, target_unit : str
        As the case says them.
    options : iterable of Named
        The case's options.
    columns : mapping
        The columns by which outcomes are priced.

    Examples
    --------
    >>> rule = Named(id="rule", kind="rule", label="Amount and vendor")
    >>> says = Sentences("en", currency="JPY", unit="claim", options=[rule])
    >>> says.reason(Said(code="few-errors", figures={"option": "rule", "n": 4}))[:57]
    'Mind that the rule made only 4 errors of the dearest kind'
    >>> says.name("input", "options.rule.build")
    'Cost to build the rule'
    """

    def __init__(
        self,
        lang: str = "en",
        *,
        currency: str = "USD",
        unit: str = "case",
        target_unit: str = "unit",
        options: Iterable[Named] = (),
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.columns = dict(columns or {})
        self.options = {option.id: option for option in options}
        labels = {f"option.{o.id}": o.label for o in self.options.values() if o.label}
        super().__init__(lang, currency=currency, unit=unit, labels=labels)
        self.target_unit = target_unit
        self._units = {
            "target_unit": target_unit,
            "units": _plural(unit, lang),
            "target_units": _plural(target_unit, lang),
        }
        self._kinds = Counter(option.kind for option in self.options.values())

    @classmethod
    def of_record(cls, record: DecisionRecord, lang: str = "en") -> Sentences:
        """Sentences about a record."""
        found = {option.id: _found_label(option, lang) for option in record.baseline.options}
        measured = [
            Named(id=option.id, kind=option.kind, label=found[option.id])
            for option in record.baseline.options
        ]
        valued = [
            Named(id=o.id, kind=o.kind, label=o.label or found.get(o.id, ""))
            for o in record.options
        ]
        return cls(
            lang,
            currency=record.currency,
            unit=record.unit,
            target_unit=record.target_unit,
            options=[*measured, *valued],
            columns=record.error_costs.columns,
        )

    @classmethod
    def of_case(
        cls, case: Case, lang: str = "en", *, options: Iterable[Named] | None = None
    ) -> Sentences:
        """Sentences about a case; ``options`` are its own unless the whole ladder is given."""
        own = [Named(id=key, kind=o.kind, label=o.label) for key, o in case.options.items()]
        return cls(
            lang,
            currency=case.currency,
            unit=case.unit,
            target_unit=case.target_unit,
            options=own if options is None else options,
            columns={name: o.column for name, o in case.outcomes.items() if o.column},
        )

    def say(self, code: str, /, **figures: Any) -> str:
        """The sentence of a code, with the case's units at hand, one and many."""
        return super().say(code, **{**self._units, **figures})

    def name(self, kind: str, key: str) -> str:
        """Name of a thing; an input's is found by the pattern of its path too."""
        if kind in ("outcome", "rate") and ">" in key:
            true, _, said = key.partition(">")
            return self._raised(self.say("outcome.pair", true=true.strip(), said=said.strip()))
        if kind == "input" and (column := self.columns.get(key.removeprefix("outcomes."))):
            return self.say("input.outcomes.column", name=super().name(kind, key), column=column)
        if kind == "input" and not self.knows(f"input.{key}"):
            first, *middle, last = key.split(".")
            if first == "group":
                code = f"group.{middle[0]}" if middle else key
                return self.say(code, option=last)
            if first == "inputs":
                return _words(last)
            if first == "options" and middle:
                return self._of_option(middle, last)
            if first == "outcomes" and ">" in key:
                true, _, said = key.partition(".")[2].partition(">")
                return self.say("input.outcomes.pair", true=true.strip(), said=said.strip())
        shown = super().name(kind, key)
        if kind == "option" and not self.knows(f"option.{key}"):
            return re.sub(r"\b(llm|ml|ai)\b", lambda m: m[0].upper(), shown, flags=re.I)
        return shown

    def _of_option(self, middle: list[str], last: str) -> str:
        """Name of an input of an option: ``options.<id>[.<part>[.<name>]].<last>``.

        The part is ``stages``, ``steps``, ``check`` or ``inputs``.
        """
        option, *inside = middle
        if inside[:1] == ["inputs"]:
            return self.say("input.options.inputs", own=_words(last), option=option)
        if inside[:1] == ["stages"]:
            stage = self.say(f"stage.{inside[1]}")
            return self.say(f"input.options.stages.{last}", option=option, stage=stage)
        if inside[:1] == ["steps"]:
            beside = last in ("mends", "cost_per_case")
            code = f"input.options.steps.{last if beside else 'share'}"
            outcome = self._lower(self.name("outcome", last))
            return self.say(code, option=option, step=self.step(inside[1]), outcome=outcome)
        if inside == ["check"]:
            return self.say(f"input.options.check.{last}", option=option)
        if inside[:1] in (["tokens"], ["incidents"]):
            return self.say(f"input.options.{inside[0]}.{last}", option=option)
        if ">" in last:
            true, _, said = last.partition(">")
            return self.say("input.options.pair", true=true.strip(), said=said.strip(),
                            option=option)  # fmt: skip
        code = f"input.options.{last}"
        return self.say(code, option=option) if self.knows(code) else _words(last)

    def the(self, option: str) -> str:
        """An option in mid-sentence."""
        kind = self.options[option].kind if option in self.options else None
        code = f"the.{kind}"
        if kind is not None and self._kinds[kind] == 1 and self.knows(code):
            return self.say(code)
        return self.say("option.quoted", name=self.name("option", option))

    def whole(self, option: str) -> str:
        """An option with its kind and the name that people gave it, if they did."""
        known = self.options.get(option)
        code = f"the.{known.kind}" if known else ""
        if known is None or not self.knows(code):
            return self.the(option)
        own = self.name("option", option)
        if not known.label and self._kinds[known.kind] == 1:
            return self.say(code)
        return self.say("option.whole", the=self.say(code), name=own)

    def step_name(self, name: str) -> str:
        """A step of a chain as a row is called."""
        return _words(name)

    def step(self, name: str) -> str:
        """A step of a chain in mid-sentence."""
        return self._lower(self.step_name(name))

    def the_input(self, name: str) -> str:
        """An input in mid-sentence."""
        return self.say("input.the", name=self._lower(self.name("input", name)))

    def segment_name(self, name: str) -> str:
        """A segment as a row is called: its own name, or what it is."""
        if name and name != OTHERS:
            return name
        return self.say("segment.others" if name else "segment.none")

    def segment(self, name: str) -> str:
        """A segment in mid-sentence."""
        shown = self.segment_name(name)
        return self.say("segment.quoted", name=shown) if shown == name else self._lower(shown)

    def _raised(self, text: str) -> str:
        return text[:1].upper() + text[1:] if self.lang in _CAPITALS else text

    def _lower(self, name: str) -> str:
        kept = self.lang not in _CAPITALS or (len(name) > 1 and name[:2].isupper())
        return name if kept else name[:1].lower() + name[1:]

    def format_field(self, value: Any, format_spec: str) -> str:
        """Format one figure as the sentence asks."""
        own = _FORMATS.get(format_spec)
        return super().format_field(value, format_spec) if own is None else own(self, str(value))

    def answer(self, check: str, *, passes: bool) -> str:
        """The answer with which a check passes, or fails."""
        yes = (CHECKS[check].passes == "yes") == passes
        return self.say("record.gates.answer." + ("yes" if yes else "no"))

    def checked(self, result: CheckResult) -> str:
        """What a check is called as it stands: “Off limits”, and “Not off limits” where passed.

        Examples
        --------
        >>> from mlpdm_kit.record.parts import CheckResult
        >>> asked = CheckResult(id="forbidden", area="governance", kind="N", scope="case",
        ...                     status="open")
        >>> passed = asked.model_copy(update={"status": "passed", "answer": "no"})
        >>> Sentences().checked(asked), Sentences().checked(passed)
        ('Off limits', 'Not off limits')
        """
        check = CHECKS[result.id]
        by_kit = result.measured and check.passes == "no"  # worked out, where nobody said it
        no = check.no_is_fine and result.status == "passed" and (result.answer == "no" or by_kit)
        return self.name("check", f"{result.id}.no" if no else result.id)

    def weight(self, result: CheckResult) -> str:
        """What a check holds up: one to be fixed first does so only where it fails."""
        code = f"weight.{result.kind}.failed"
        failed = result.status == "failed" and self.knows(code)
        return self.say(code) if failed else self.name("weight", result.kind)

    def clause(self, code: str, /, **figures: Any) -> str:
        """What a code and its figures say, to follow other words.

        A quantity, ``value`` with its ``dimension`` or as a mapping of value and unit, is
        at hand as ``shown``; a ``note`` becomes a sentence of its own.
        """
        value, dimension = figures.get("value"), figures.get("dimension")
        if isinstance(value, Mapping):
            value, dimension = value["value"], value["unit"]
        if value is not None and dimension is not None:
            figures["shown"] = self.quantity(value, dimension)
        if figures.get("note"):
            figures["note"] = self._raised(_ended(figures["note"]))
        return " ".join(self.say(code, **figures).split())

    def sentence(self, code: str, /, **figures: Any) -> str:
        """What a code and its figures say, as a sentence by itself."""
        return self._raised(self.clause(code, **figures))

    def reason(self, said: Said) -> str:
        """A reason of the verdict, as a sentence."""
        return self.sentence(f"reason.{said.code}", **said.figures)

    def finding(self, said: Said) -> str:
        """What was found in the data or by a check, as a sentence."""
        return self.sentence(f"finding.{said.code}", **said.figures)

    def reopening(self, said: Said) -> str:
        """What re-opens the decision, to follow the word "when"."""
        return self.clause(f"reopen.{said.code}", **said.figures)

    def together(self, *sentences: str) -> str:
        """Sentences one after the other, people's own too; empty ones are left out."""
        *before, last = [one for one in sentences if one] or [""]
        ended = [one if one[-1] in _ENDS else self.say("join.ended", one=one) for one in before]
        return self._joined("join.sentences", [*ended, last])

    def parts(self, parts: Iterable[str]) -> str:
        """Parts of one cell or line, which may hold lists themselves."""
        return self._joined("join.parts", parts)

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row."""
        return self.say("list.join").join(names)

    def bracketed(self, text: str, *beside: str) -> str:
        """Text with what stands beside it in brackets, if anything does."""
        inside = self.parts(beside)
        return self.say("join.brackets", one=text, other=inside) if inside else text

    @property
    def gap(self) -> str:
        """What stands between two sentences: a space, or nothing."""
        return self.say("join.sentences", one="", other="")

    def _joined(self, code: str, parts: Iterable[str]) -> str:
        said = [part for part in parts if part]
        return reduce(lambda one, other: self.say(code, one=one, other=other), said) if said else ""

    def range(self, low: float, high: float, dimension: str) -> str:
        """Both ends of a range with their unit, or one figure where they are the same."""
        if low == high:
            return self.quantity(low, dimension)
        kind = dimension.partition("/")[0]
        bare = kind in ("money", "share", "ratio", "rate", "cases")
        low *= MANY.get(dimension, 1)
        plain = self.quantity(low, kind) if bare else self.number(low)
        return self.say("range.said", low=plain, high=self.quantity(high, dimension))

    def money_range(self, spread: Range) -> str:
        """The 90% range of a whole amount."""
        return self.say("range.said", low=self.money(spread.p5), high=self.money(spread.p95))

    def price_range(self, spread: Range) -> str:
        """The 90% range of an amount per case."""
        return self.say("range.said", low=self.price(spread.p5), high=self.price(spread.p95))


def _found_label(option: Compared, lang: str) -> str:
    """What the kit found by itself: the one measurement, and from where on it acts."""
    point = option.operating_point
    if option.kind != "one_measurement" or point is None or not point.column:
        return ""
    text = Text(lang)
    if point.direction and point.value is not None:
        code = f"option.found.{point.direction}"
        return text.say(code, column=point.column, value=point.value)
    return text.say("option.found.line", column=point.column)


def _words(name: str) -> str:
    """A name of the case's own as words."""
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _ended(note: str) -> str:
    """A note with its full stop, the one of its own script."""
    note = note.rstrip()
    if note.endswith((".", "!", "?", "。", "！", "？")):
        return note
    return f"{note}。" if unicodedata.east_asian_width(note[-1]) in "WF" else f"{note}."


_FORMATS: dict[str, Callable[[Sentences, str], str]] = {
    "the": Sentences.the,
    "whole": Sentences.whole,
    "the-input": Sentences.the_input,
    "question": lambda says, check: says.say(f"check.{check}.question"),
    "passing": lambda says, check: says.answer(check, passes=True),
    "failing": lambda says, check: says.answer(check, passes=False),
    "segment": Sentences.segment,
    "months": lambda says, span: says.quantity(float(span), "months"),
}
