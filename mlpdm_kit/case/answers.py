"""Silent estimates: the ranges that each member of a group gave alone, beside the case.

``answers/<initials>.yaml`` holds one member's ranges, ``answers/_asked.yaml`` which inputs
all of them are asked for, who they are, and whether the ranges have been shown to all. A
file that is broken, or a range in it, is named and passed over: it never stops a group.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from mlpdm_kit.case.askable import Askable
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.inputs import Frozen, Input, read_input, told_under
from mlpdm_kit.case.ranges import range_faults
from mlpdm_kit.case.translate import fault_of, location
from mlpdm_kit.case.units import Units
from mlpdm_kit.case.words import Names, Truth
from mlpdm_kit.case.yaml_text import Lines, read_yaml
from mlpdm_kit.errors import Fault, InputError, refuse

ANSWERS = "answers"
ASKED = "_asked.yaml"
MOST_MEMBERS = 100
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)", re.IGNORECASE)  # names of devices

Bet = Literal["just-right", "too-narrow", "too-wide"]
BETS: tuple[Bet, ...] = ("just-right", "too-narrow", "too-wide")


class Estimate(Frozen):
    """One member's range of one input.

    ``bet`` is what they would rather bet on, their range or an urn with nine winning balls
    of ten: equally (just right), the urn (too narrow), the range (too wide).
    """

    value: Input
    bet: Bet | None = None
    after_reveal: Truth = False


def _estimates(values: Any, info: ValidationInfo) -> Any:
    """Read each written range in the dimension of its input."""
    if not isinstance(values, Mapping):
        return values
    known: Mapping[str, Askable] = (info.context or {}).get("askable", {})
    found: dict[str, Any] = {}
    faults: list[Any] = []
    for name, said in values.items():
        if isinstance(said, Estimate):
            found[str(name)] = said
            continue
        try:
            found[str(name)] = _estimate(str(name), said, known, info)
        except ValidationError as error:
            faults += told_under((str(name),), error)
        except PydanticCustomError as error:
            written = said.get("value", said) if isinstance(said, Mapping) else said
            faults.append({"type": error, "loc": (str(name),), "input": written})
    if faults:
        raise ValidationError.from_exception_data("estimates", faults)
    return found


def _estimate(
    name: str, said: Any, known: Mapping[str, Askable], info: ValidationInfo
) -> Mapping[str, Any]:
    if name not in known:
        raise PydanticCustomError("estimate-unknown", "input", {"known": ", ".join(known)})
    beside = dict(said) if isinstance(said, Mapping) else {"value": said}
    if "value" not in beside:
        raise PydanticCustomError("missing", "missing", {"key": "value"})
    item = read_input(beside.pop("value"), {}, known[name].dimension, info, at=("value",))
    if item.is_point:
        raise PydanticCustomError("estimate-point", "range", {})
    return {**beside, "value": item}


class Answers(Frozen):
    """What one member said; ``by`` are the initials, as the file is called."""

    by: str = Field(min_length=1, max_length=40)
    estimates: Annotated[dict[str, Estimate], BeforeValidator(_estimates)] = Field(
        default_factory=dict
    )


class Asked(Frozen):
    """What all members are asked.

    ``asked`` are names of inputs; ``chosen_by`` says whether they are those worth most to
    know (``evppi``), the usual ones (``usual``) or chosen by people (``people``).
    ``members`` are the initials of who is expected, where somebody has said so.
    """

    asked: Names = ()
    chosen_by: Literal["evppi", "usual", "people"] = "people"
    members: Names = ()
    revealed: Truth = False


@dataclass(frozen=True, kw_only=True)
class Given:
    """All that was answered beside a case, and what could not be read of it."""

    answers: tuple[Answers, ...] = ()
    faults: tuple[Fault, ...] = ()

    def of(self, name: str) -> dict[str, Estimate]:
        """Each member's estimate of an input, by initials."""
        return {one.by: one.estimates[name] for one in self.answers if name in one.estimates}


def safe_initials(text: str) -> str:
    """Initials as they can name a file on any machine.

    Raises
    ------
    InputError
        Nothing is left of them.

    Examples
    --------
    >>> safe_initials(" k.t. "), safe_initials("ＡＢ"), safe_initials("../x"), safe_initials("con")
    ('K-T', 'AB', 'X', 'CON-')
    >>> safe_initials("山田")
    '山田'
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    name = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain)).strip("-")[:20].strip("-")
    if not name:
        raise refuse("initials-empty", "initials", text)
    return f"{name}-" if _RESERVED.fullmatch(name) else name


def read_asked(folder: Path) -> tuple[Asked | None, tuple[Fault, ...]]:
    """What is asked in a case folder; None where nothing is settled, or cannot be read."""
    file = folder / ANSWERS / ASKED
    if not file.exists():
        return None, ()
    try:
        values, lines = read_yaml(file)
        return Asked.model_validate(_mapping(values, file)), ()
    except ValidationError as error:
        return None, _placed((fault_of(one, Asked) for one in _told(error)), file, lines)
    except InputError as error:
        return None, error.faults


def write_asked(folder: Path, asked: Asked) -> Path:
    """Settle what is asked, whole or not at all."""
    plain: dict[str, Any] = {"asked": list(asked.asked), "chosen_by": asked.chosen_by}
    if asked.members:
        plain["members"] = list(asked.members)
    if asked.revealed:
        plain["revealed"] = "yes"
    return write_atomically(folder / ANSWERS / ASKED, _as_yaml(plain))


def read_answers(folder: Path, known: Mapping[str, Askable], units: Units) -> Given:
    """All answers beside a case.

    Parameters
    ----------
    folder : path
        The case folder.
    known : mapping
        What can be asked there, as `askable` gives it.
    units : Units
        The case's words.

    Returns
    -------
    Given
        A file that cannot be read is named in ``faults`` and left out, and so is a range
        in a file that otherwise can.
    """
    place = folder / ANSWERS
    try:
        files = sorted(
            f
            for f in place.iterdir()
            if f.suffix in (".yaml", ".yml") and not f.name.startswith(("_", "."))
        )
    except OSError:  # nobody has answered yet
        return Given()
    found: list[Answers] = []
    faults: list[Fault] = []
    for file in files[:MOST_MEMBERS]:
        one, wrong = _read(file, known, units)
        faults += wrong
        if one is not None:
            found.append(one)
    faults += _twice(found, place)
    unique = {one.by: one for one in reversed(found)}
    if len(files) > MOST_MEMBERS:
        limit = {"limit": MOST_MEMBERS}
        faults.append(Fault(code="answers-many", field=ANSWERS, value=len(files), figures=limit))
    return Given(answers=tuple(reversed(unique.values())), faults=tuple(faults))  # fmt: skip


def _read(
    file: Path, known: Mapping[str, Askable], units: Units
) -> tuple[Answers | None, tuple[Fault, ...]]:
    try:
        values, lines = read_yaml(file)
        left = deepcopy(dict(_mapping(values, file)))
    except InputError as error:
        return None, error.faults
    left.setdefault("by", file.stem)
    context = {"units": units, "askable": known}
    try:
        return _sound(Answers.model_validate(left, context=context), units, file, lines)
    except ValidationError as error:
        wrong = _told(error)
    faults = _placed((fault_of(one, Answers) for one in wrong), file, lines)
    for one in wrong:  # what is left when the ranges at fault are taken out
        where = location(one)
        if where[0] != "estimates" or len(where) < 2:
            return None, faults
        left["estimates"].pop(where[1], None)
    try:
        answers = Answers.model_validate(left, context=context)
    except ValidationError:
        return None, faults
    answers, more = _sound(answers, units, file, lines)
    return answers, (*faults, *more)


def faults_of(
    typed: Mapping[str, Mapping[str, Any]], known: Mapping[str, Askable], units: Units
) -> dict[str, tuple[Fault, ...]]:
    """What is wrong with ranges before they are saved, by the name of the input."""
    found: dict[str, tuple[Fault, ...]] = {}
    for name, said in typed.items():
        plain = {"by": "-", "estimates": {name: dict(said)}}
        try:
            answers = Answers.model_validate(plain, context={"units": units, "askable": known})
        except ValidationError as error:
            faults = tuple(fault_of(one, Answers) for one in _told(error))
        else:
            faults = tuple(range_faults(name, answers.estimates[name].value, units))
        if faults:
            found[name] = faults
    return found


def _sound(
    answers: Answers, units: Units, file: Path, lines: Lines
) -> tuple[Answers, tuple[Fault, ...]]:
    """The answers without the ranges that can be no distribution."""
    kept: dict[str, Estimate] = {}
    faults: list[Fault] = []
    for name, one in answers.estimates.items():
        some = list(range_faults(f"estimates.{name}", one.value, units))
        faults += some
        if not some:
            kept[name] = one
    return answers.model_copy(update={"estimates": kept}), _placed(faults, file, lines)


def _twice(found: Sequence[Answers], place: Path) -> Iterable[Fault]:
    """Two files by the same member: the first one counts."""
    seen: set[str] = set()
    for one in found:
        if one.by in seen:
            yield Fault(code="answers-twice", field="by", value=one.by, file=str(place))
        seen.add(one.by)


def _mapping(values: Any, file: Path) -> Mapping[str, Any]:
    if not isinstance(values, Mapping):
        code = "answers-empty" if values is None else "answers-mapping"
        raise InputError(Fault(code=code, field=ANSWERS, value=file.name, file=str(file), line=1))
    return values


def _told(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False)


def _placed(faults: Iterable[Fault], file: Path, lines: Lines) -> tuple[Fault, ...]:
    """Faults with their file, and the line of the nearest thing that has one."""
    found = []
    for fault in faults:
        path, line = fault.field, None
        by_name = {".".join(map(str, key)): number for key, number in lines.items()}
        while line is None and path:
            line = by_name.get(path)
            path = path.rpartition(".")[0]
        found.append(replace(fault, file=str(file), line=line or 1))
    return tuple(found)


def write_answers(folder: Path, initials: str, estimates: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write one member's answers, whole or not at all.

    Parameters
    ----------
    folder : path
        The case folder.
    initials : str
        Of the member; they are made a safe name.
    estimates : mapping
        What was typed, by the name of the input: ``value`` as the case file would have it,
        and perhaps ``bet`` and ``after_reveal``.

    Raises
    ------
    InputError
        The initials leave no name.
    """
    name = safe_initials(initials)
    plain = {"by": name, "estimates": {key: dict(said) for key, said in estimates.items()}}
    return write_atomically(folder / ANSWERS / f"{name}.yaml", _as_yaml(plain))


def written_answers(folder: Path, initials: str) -> dict[str, Mapping[str, Any]]:
    """What a member's file says, as it was typed; empty where there is none to read."""
    try:
        values, _ = read_yaml(folder / ANSWERS / f"{safe_initials(initials)}.yaml")
    except InputError:
        return {}
    said = values.get("estimates") if isinstance(values, Mapping) else None
    some = said if isinstance(said, Mapping) else {}
    return {
        str(name): one if isinstance(one, Mapping) else {"value": one} for name, one in some.items()
    }


def _as_yaml(plain: Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 1_000_000
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = StringIO()
    writer.dump(dict(plain), stream)
    return stream.getvalue()


__all__ = [
    "Answers",
    "Asked",
    "Estimate",
    "Given",
    "faults_of",
    "read_answers",
    "read_asked",
    "safe_initials",
    "write_answers",
    "write_asked",
    "written_answers",
]
