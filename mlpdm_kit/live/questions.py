"""What is asked: each row of the data so often, and each attack riding on a row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from mlpdm_kit.case.ask import Ask, settings_digest, templates
from mlpdm_kit.case.attacks import BUILT_IN, NO_ATTACKS, Attack, read_attacks
from mlpdm_kit.case.columns import classes_of, id_column, is_known, target_values
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Case, Data
from mlpdm_kit.case.prompts import Template
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import refuse
from mlpdm_kit.live.answers import Wanted
from mlpdm_kit.live.budget import Message
from mlpdm_kit.live.journal import Key

BUILT_IN_FILE = "attacks.csv"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One call: what is sent, and which line it becomes."""

    id: str
    repeat: int
    messages: tuple[Message, ...]
    asked: str
    attack: Attack | None = None

    @property
    def key(self) -> Key:
        """Which line of the journal answers it."""
        return self.id, self.repeat, self.attack.kind if self.attack else ""


@dataclass(frozen=True, kw_only=True)
class Questions:
    """All that one option asks, in the order in which it is asked."""

    ask: Ask
    model: str
    settings: str
    wanted: Wanted
    items: int
    attacks: int
    all: tuple[Question, ...]


def questions_of(case: Case, option: str, model: str, repeats: int | None = None) -> Questions:
    """The questions of an option: every labelled row and every attack, repeat by repeat.

    Raises
    ------
    InputError
        A file, a column, the prompt or an attack set is at fault.
    """
    ask, data = case.options[option].ask, case.data
    assert ask is not None
    assert data is not None
    where = f"options.{option}.ask"
    prompt, system = templates(case.folder, ask, where)
    with Table(case.folder, data.file) as table:
        target = target_values(table, data, case.task)
        known = is_known(target)
        fields = dict.fromkeys([*prompt.fields, *system.fields])
        columns = {name: table.texts(name, f"{where}.prompt") for name in fields}
        ids = _ids(table, data)
        wanted = _wanted(table, data, case.task, target)
    rows = [
        (name, {column: texts[row] or "" for column, texts in columns.items()})
        for row, name in enumerate(ids)
        if known[row]
    ]
    attacks = _attacks(case.folder, ask, f"{where}.attacks")
    untrusted = ask.untrusted or _longest(rows, prompt)

    def question(name: str, repeat: int, values: dict[str, str], attack: Attack | None) -> Question:
        messages = _messages(prompt, system, values, attack, untrusted)
        said = [model, ask.temperature, ask.max_tokens, messages]
        digest = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
        return Question(id=name, repeat=repeat, messages=messages, asked=digest, attack=attack)

    found: list[Question] = []
    for repeat in range(1, (repeats or ask.repeats) + 1):
        found += [question(name, repeat, values, None) for name, values in rows]
        for place, attack in enumerate(attacks):
            carrier = rows[place * len(rows) // len(attacks)][1]
            found.append(question(attack.id, repeat, carrier, attack))
    return Questions(
        ask=ask,
        model=model,
        settings=settings_digest(ask, (prompt, system)),
        wanted=wanted,
        items=len(rows),
        attacks=len(attacks),
        all=tuple(found),
    )


def _ids(table: Table, data: Data) -> list[str]:
    column = id_column(table, data)
    if column is None:
        return [str(number) for number in range(1, len(table) + 1)]
    found = table.texts(column, "data.id")
    if None in found:
        raise refuse("id-empty", "data.id", data.file, count=found.count(None))
    twice = next((name for name, often in Counter(found).items() if often > 1), None)
    if twice is not None:
        raise refuse("id-twice", "data.id", twice, file=data.file)
    return [str(name) for name in found]


def _wanted(table: Table, data: Data, task: str, target: object) -> Wanted:
    """How the classes of the data are said."""
    if task == "binary":
        texts = table.texts(str(data.target), "data.target")
        words = {float(y): str(text) for y, text in zip(target, texts, strict=True) if y == y}  # type: ignore[call-overload]
        return Wanted.of_two(words[1.0], words[0.0])
    if task == "multiclass":
        return Wanted.of_classes(classes_of(table, data, task))
    return Wanted(answers=TASK_KINDS[task].answers)


def _attacks(folder: Path, ask: Ask, field: str) -> tuple[Attack, ...]:
    """All attacks of all sets that the case names."""
    found: dict[str, Attack] = {}
    for name in ask.attacks:
        if name != NO_ATTACKS:
            some = built_in() if name == BUILT_IN else read_attacks(folder, name, field)
            for attack in some:
                key = f"{name}:{attack.id}" if attack.id in found else attack.id
                found[key] = replace(attack, id=key)
    return tuple(found.values())


def built_in() -> tuple[Attack, ...]:
    """The attacks that the kit brings: direct and indirect, English and Japanese."""
    return read_attacks(Path(str(files(__package__))), BUILT_IN_FILE, BUILT_IN)


def _longest(rows: Sequence[tuple[str, dict[str, str]]], prompt: Template) -> str:
    """The field with the longest texts: where a stranger's text is most likely to be."""
    return max(prompt.fields, key=lambda name: sum(len(values[name]) for _, values in rows))


def _messages(
    prompt: Template,
    system: Template,
    values: dict[str, str],
    attack: Attack | None,
    untrusted: str,
) -> tuple[Message, ...]:
    """What is sent; an indirect attack ends the untrusted text, a direct one the user's own."""
    if attack is not None and attack.kind == "indirect":
        values = {**values, untrusted: f"{values[untrusted]}\n\n{attack.text}".strip()}
    asked = prompt.fill(values)
    if attack is not None and attack.kind == "direct":
        asked = f"{asked}\n\n{attack.text}"
    user = {"role": "user", "content": asked}
    told = system.fill(values)
    return ({"role": "system", "content": told}, user) if told else (user,)
