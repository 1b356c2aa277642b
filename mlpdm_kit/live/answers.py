"""From what a model wrote to an answer as the task wants it.

A JSON object's ``answer`` or a line ``answer: ...`` is taken out; a class is known by its
word, alone, first in the text or on its last line. What is none of several classes is passed
on as it is: what that costs is for the analysis to say. What is neither yes nor no, or holds
no number where an amount is wanted, is no answer: nobody could have acted on it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlpdm_kit.case.columns import NO, YES

_THINKING = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z]*\n(.*?)```", re.DOTALL)
_NAMES = ("answer", "final answer", "答え", "回答", "答")
_FIELD = re.compile(
    rf"^[\W_]*(?:{'|'.join(re.escape(name) for name in _NAMES)})[*_\s]*[:：][*_\s]*(.+)$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKS = " \t\r\n*_#>`'\"“”‘’「」『』（）()[]【】.,;:!?。、，．：；！？"
_AFTER = r"(?=\s*[.,;:!?。、，．：；！？*_]|\s+[-–—]\s|\s*$)"
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What kind of answer a task wants (a `TaskKind.answers`), and how its classes are said.

    ``words`` gives for each way in which a class may be said the answer that is written.
    """

    answers: str
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_classes(cls, classes: Sequence[str]) -> Wanted:
        """One of several classes."""
        return cls(answers="class", words={_plain(name): name for name in classes})

    @classmethod
    def of_two(cls, positive: str, negative: str) -> Wanted:
        """Yes or no, or the words that the data has for them; these go first."""
        usual = {**dict.fromkeys(YES, "yes"), **dict.fromkeys(NO, "no")}
        return cls(answers="act",
                   words={**usual, _plain(positive): "yes", _plain(negative): "no"})  # fmt: skip


def answer_of(text: str, wanted: Wanted) -> str | None:
    """The answer in what a model wrote; None where it gave none.

    Examples
    --------
    >>> classes = Wanted.of_classes(["Refund", "Spam"])
    >>> answer_of("**Refund.** The customer wants money back.", classes)
    'Refund'
    >>> answer_of('{"answer": "spam"}', classes)
    'Spam'
    >>> answer_of("はい。急ぎです", Wanted.of_two("urgent", "other"))
    'yes'
    >>> answer_of("not spam, I think", classes)
    'not spam, I think'
    """
    text = _THINKING.sub("", text).strip()
    if wanted.answers != "grade":
        text = _taken_out(text, single=wanted.answers != "text").strip()
    if not text:
        return None
    if wanted.answers == "amount":
        return _amount(text)
    if not wanted.words:
        return text
    found = _class(text, wanted.words)
    return text if found is None and wanted.answers != "act" else found


def holds(text: str, canary: str) -> bool:
    """Whether the word by which an attack is seen to have worked is in an answer."""
    plain = [unicodedata.normalize("NFKC", one).casefold() for one in (text, canary)]
    return plain[1] in plain[0]


def _taken_out(text: str, *, single: bool) -> str:
    """The ``answer`` of a JSON object or of a line, else the text."""
    fenced = _FENCE.findall(text)
    bare = fenced[-1].strip() if fenced else text
    found = _object(bare)
    if found is not None:
        named = [value for key, value in found.items() if key.strip().casefold() in _NAMES]
        if not named and single and len(found) == 1:
            named = list(found.values())
        return _shown(named[0]) if named else bare
    lines = _FIELD.findall(bare)
    return lines[-1].strip().strip("*_`").strip() if lines else bare


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is or holds."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(_MARKS).casefold()


def _class(text: str, words: Mapping[str, str]) -> str | None:
    whole = words.get(_plain(text))
    if whole is not None:
        return whole
    lines = text.splitlines()
    first = unicodedata.normalize("NFKC", lines[0]).lstrip(_MARKS).casefold()
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 1 and not word[0].isdigit() and re.match(re.escape(word) + _AFTER, first):
            return words[word]
    return words.get(_plain(lines[-1]))


def _amount(text: str) -> str | None:
    """The one number in a text, without the commas at its thousands."""
    found = _NUMBER.findall(unicodedata.normalize("NFKC", text).replace("−", "-"))
    return found[0].replace(",", "") if len(found) == 1 else None
