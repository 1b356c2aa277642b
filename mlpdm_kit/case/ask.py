"""What is asked of an LLM, so that its answers can be had by ``mlpdm ask``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from mlpdm_kit.case.attacks import BUILT_IN, NO_ATTACKS, read_attacks
from mlpdm_kit.case.inputs import Frozen
from mlpdm_kit.case.prompts import Template, read_template
from mlpdm_kit.case.tables import inside
from mlpdm_kit.case.words import Column, Names, Words
from mlpdm_kit.errors import Fault, InputError, refuse

if TYPE_CHECKING:
    from mlpdm_kit.case.model import Data
    from mlpdm_kit.case.tables import Table

ASKED_TASKS = ("binary", "multiclass", "regression", "extraction", "generation")
MAX_PROMPT = 200_000  # bytes
_FILE = re.compile(r"[^\n{}]{1,200}\.(?:txt|md)")


class Ask(Frozen):
    """One question to a model, asked of each row of the data.

    ``prompt`` and ``system`` are texts with ``{column}`` where a column's value goes, or
    the name of a ``.txt`` or ``.md`` file beside the case that holds one. ``attacks`` are
    sets of prompt injections to try as well: ``built-in``, files of the case, or ``none``;
    ``untrusted`` is the column whose text comes from outside, where an indirect one hides.
    """

    prompt: Words = Field(min_length=1)
    system: Words = ""
    model: str = ""
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int = Field(default=500, ge=1, le=100_000)
    repeats: int = Field(default=1, ge=1, le=100)
    attacks: Names = (BUILT_IN,)
    untrusted: Column | None = None


def files_asked_with(ask: Ask) -> list[str]:
    """Names of the files beside the case that the question is made of.

    Examples
    --------
    >>> files_asked_with(Ask(prompt="ask.txt", system="Be brief.", attacks=("built-in", "own.csv")))
    ['ask.txt', 'own.csv']
    """
    texts = [text for text in (ask.prompt, ask.system) if _FILE.fullmatch(text)]
    return texts + [name for name in ask.attacks if name not in (BUILT_IN, NO_ATTACKS)]


def answers_file(option: str) -> str:
    """Where the answers of an option go if the case names no file.

    Examples
    --------
    >>> answers_file("llm")
    'llm.answers.jsonl'
    """
    return f"{option}.answers.jsonl"


def with_answers_file(options: Any) -> Any:
    """Options as written; one that is asked has a file of answers, named or not."""
    if not isinstance(options, Mapping):
        return options
    return {
        name: {**said, "predictions": answers_file(str(name))}
        if isinstance(said, Mapping) and said.get("ask") and not said.get("predictions")
        else said
        for name, said in options.items()
    }


def templates(folder: Path, ask: Ask, where: str) -> tuple[Template, Template]:
    """The prompt and the system's text, read from their files where they are in files.

    Raises
    ------
    InputError
        A file is not there or is no text, or a brace stands alone.
    """
    prompt, system = (
        read_template(_text(folder, getattr(ask, name), f"{where}.{name}"), f"{where}.{name}")
        for name in ("prompt", "system")
    )
    return prompt, system


def _text(folder: Path, said: str, field: str) -> str:
    if not _FILE.fullmatch(said):
        return said
    path = inside(folder, said, field)
    raw = path.read_bytes()[: MAX_PROMPT + 1]
    if len(raw) > MAX_PROMPT:
        raise refuse("prompt-long", field, said, limit=MAX_PROMPT)
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise refuse("file-encoding", field, said) from error
    if not text:
        raise refuse("text-empty", field, said)
    return text


def ask_faults(
    folder: Path, table: Table | None, data: Data, where: str, ask: Ask
) -> Iterator[Fault]:
    """What is wrong with a question: its texts, its fields (of the data, if it could be read),
    its attack sets."""
    for part in ("prompt", "system"):
        field = f"{where}.{part}"
        try:
            template = read_template(_text(folder, getattr(ask, part), field), field)
        except InputError as error:
            yield from error.faults
            continue
        if table is not None:
            yield from _field_faults(template, table, data, field)
        if part == "prompt":
            yield from _prompt_faults(template, table, data, where, ask)
    for name in ask.attacks:
        if name not in (BUILT_IN, NO_ATTACKS):
            try:
                read_attacks(folder, name, f"{where}.attacks")
            except InputError as error:
                yield from error.faults
    if NO_ATTACKS in ask.attacks and len(ask.attacks) > 1:
        yield Fault(code="attacks-none", field=f"{where}.attacks", value=", ".join(ask.attacks))


def _prompt_faults(
    prompt: Template, table: Table | None, data: Data, where: str, ask: Ask
) -> Iterator[Fault]:
    if not prompt.fields:
        known = "-" if table is None else _known(table, data)
        yield Fault(code="prompt-no-field", field=f"{where}.prompt", value=prompt.text[:60],
                    figures={"known": known})  # fmt: skip
    if ask.untrusted is not None and ask.untrusted not in prompt.fields:
        yield Fault(code="prompt-untrusted", field=f"{where}.untrusted", value=ask.untrusted,
                    figures={"known": ", ".join(prompt.fields) or "-"})  # fmt: skip


def settings_digest(ask: Ask, asked: tuple[Template, Template]) -> str:
    """What tells one way of asking from another: both texts and the settings, not the model."""
    said = [template.text for template in asked], ask.temperature, ask.max_tokens
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


def answers_faults(folder: Path, where: str, ask: Ask, file: str) -> Iterator[Fault]:
    """Whether the model has been asked, and asked what the case says now."""
    try:
        path = inside(folder, file, f"{where}.ask")
    except InputError as error:
        missing = not os.path.lexists(folder / file)
        none = Fault(code="answers-none", field=f"{where}.ask", value=file)
        yield from (none,) if missing else error.faults
        return
    try:
        wanted = settings_digest(ask, templates(folder, ask, f"{where}.ask"))
    except InputError:
        return  # told elsewhere
    said = [_said(line) for line in path.read_bytes().splitlines()]
    other = sum(
        one.get("settings", wanted) != wanted or (ask.model or one.get("model")) != one.get("model")
        for one in said
        if "settings" in one
    )
    if other:
        figures = {"count": other, "of": sum("settings" in one for one in said)}
        yield Fault(code="answers-stale", field=f"{where}.ask", value=file, figures=figures)


def _said(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}  # told by the reader of the log
    return found if isinstance(found, dict) else {}


def _field_faults(template: Template, table: Table, data: Data, field: str) -> Iterator[Fault]:
    known = {"known": _known(table, data)}
    for name in template.fields:
        if name not in table.types:
            yield Fault(code="prompt-field", field=field, value=name, figures=known)
        elif name == data.target:
            yield Fault(code="prompt-target", field=field, value=name, figures=known)
        elif name in data.leave_out:
            yield Fault(code="prompt-left-out", field=field, value=name, figures=known)


def _known(table: Table, data: Data) -> str:
    """The columns that a prompt may use."""
    return ", ".join(c for c in table.columns if c not in (data.target, *data.leave_out)) or "-"


__all__ = [
    "ASKED_TASKS",
    "Ask",
    "answers_faults",
    "answers_file",
    "ask_faults",
    "settings_digest",
    "templates",
    "with_answers_file",
]
