"""From a folder or file to a `Case`, or to every fault that is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Case, Data, Option
from mlpdm_kit.case.quantity import Units
from mlpdm_kit.case.rules import data_faults, rule_faults
from mlpdm_kit.case.yaml_text import Lines, read_yaml
from mlpdm_kit.errors import Fault, InputError, raise_all, refuse

CASE_FILE = "case.yaml"


def load_case(path: str | Path, overrides: Mapping[str, Any] | None = None) -> Case:
    """A validated case.

    Parameters
    ----------
    path : str or path
        A case folder, or its ``case.yaml``.
    overrides : mapping, optional
        Values by dotted path that replace the file's, as ``{"volume": "500 per month"}``.

    Raises
    ------
    InputError
        With every fault of the file, each with its line; nothing is guessed.

    Examples
    --------
    >>> load_case("no/such/case")
    Traceback (most recent call last):
        ...
    mlpdm_kit.errors.InputError: no/such/case/case.yaml: there is no file case.yaml. ...
    """
    case, faults, _ = _read(path, overrides)
    raise_all(faults)
    assert case is not None
    return case


def check_case(path: str | Path, overrides: Mapping[str, Any] | None = None) -> list[Fault]:
    """Every fault of a case and of the data beside it; an empty list means sound."""
    try:
        case, faults, raw = _read(path, overrides)
    except InputError as error:
        return list(error.faults)
    file, lines, values = raw
    data = case.data if case else _part(Data, values.get("data"))
    options = dict(case.options) if case else _options(values)
    found = data_faults(file.parent, data, options, _task(values))
    return faults + [_placed(fault, file, lines) for fault in found]


def _read(
    path: str | Path, overrides: Mapping[str, Any] | None
) -> tuple[Case | None, list[Fault], tuple[Path, Lines, dict[str, Any]]]:
    place = Path(path)
    file = place / CASE_FILE if place.is_dir() or place.suffix not in (".yaml", ".yml") else place
    values, lines = read_yaml(file)
    if not isinstance(values, dict):
        code = "file-empty" if values is None else "file-mapping"
        raise InputError(Fault(code=code, field="case", value=file.name, file=str(file), line=1))
    for name, value in (overrides or {}).items():
        _override(values, name, value)
    context = {"units": _units(values), "task": _task(values)}
    try:
        case = Case.model_validate(values, context=context)
    except ValidationError as error:
        found = [_fault(item, values) for item in error.errors()]
        return None, [_placed(fault, file, lines) for fault in found], (file, lines, values)
    folder = file.resolve().parent
    case = case.model_copy(update={"folder": folder})
    faults = [_placed(fault, file, lines) for fault in rule_faults(case)]
    case = case.model_copy(update={"digest": _digest(case)})
    return case, faults, (file, lines, values)


def _digest(case: Case) -> str:
    canonical = json.dumps(
        {**case.model_dump(mode="json"), "name": case.name}, sort_keys=True, ensure_ascii=False
    )
    return sha256(canonical.encode()).hexdigest()


def _override(values: dict[str, Any], name: str, value: Any) -> None:
    """Set one value by its dotted path; option ids may hold no dot."""
    *parents, last = name.split(".")
    here: Any = values
    for key in parents:
        if not isinstance(here, dict):
            break
        here = here.setdefault(key, {})
    if not isinstance(here, dict) or not last:
        raise refuse("override-path", name, value)
    old = here.get(last)
    if isinstance(old, dict) and not isinstance(value, Mapping):
        key = next((k for k in ("cost", "gain", "value", "answer") if k in old), None)
        if key is None:
            raise refuse("override-path", name, value)
        here[last] = {**old, key: value}
    else:
        here[last] = value


def _units(values: Mapping[str, Any]) -> Units:
    words = {
        key: str(values[key])
        for key in ("currency", "unit", "target_unit")
        if isinstance(values.get(key), str) and values[key].strip()
    }
    return Units(**words)


def _task(values: Mapping[str, Any]) -> str:
    task = values.get("task", "binary")
    return task if isinstance(task, str) and task in TASK_KINDS else "binary"


def _part(model: type[Data], value: Any) -> Data | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _options(values: Mapping[str, Any]) -> dict[str, Option]:
    """Those options that are sound by themselves, of a case that as a whole is not."""
    context = {"units": _units(values), "task": _task(values)}
    found = {}
    options = values.get("options")
    for name, value in options.items() if isinstance(options, dict) else ():
        try:
            found[name] = Option.model_validate(value, context=context)
        except ValidationError:
            continue
    return found


def _placed(fault: Fault, file: Path, lines: Lines) -> Fault:
    """The fault with its file and the line of the nearest thing that has one."""
    path = tuple(fault.field.split(".")) if fault.field else ()
    known: dict[tuple[str, ...], int] = {tuple(map(str, key)): line for key, line in lines.items()}
    while path not in known and path:
        path = path[:-1]
    return fault.at(file=str(file), line=known.get(path))


_PYDANTIC = {
    "missing": "missing",
    "extra_forbidden": "unknown-key",
    "literal_error": "not-one-of",
    "string_too_long": "text-long",
    "string_too_short": "text-empty",
}


def _fault(item: Any, values: Any) -> Fault:
    loc = [str(part) for part in item["loc"] if part not in ("function-before", "[key]")]
    field, kind, value = ".".join(loc), str(item["type"]), item["input"]
    figures = dict(item.get("ctx") or {})
    if kind in ("missing", "outcome-word"):
        key = figures.get("key")
        return Fault(code=str(kind), field=f"{field}.{key}" if key else field)
    if kind == "extra_forbidden":
        known = _known_keys(loc[:-1])
        near = get_close_matches(loc[-1], known, n=1)
        figures = {"known": near[0] if near else ", ".join(known)}
        return Fault(code="unknown-key", field=field, value=loc[-1], figures=figures)
    if kind == "literal_error":
        return Fault(
            code="not-one-of",
            field=field,
            value=value,
            figures={"known": str(figures["expected"]).replace("'", "")},
        )
    if kind in _PYDANTIC:
        return Fault(code=_PYDANTIC[kind], field=field, value=value)
    if kind.startswith("date"):
        return Fault(code="date", field=field, value=value)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return Fault(code="mapping", field=field, value=_short(value))
    if kind in ("string_type", "tuple_type"):
        return Fault(code="text", field=field, value=_short(value))
    if kind.startswith(("float", "bool")):
        return Fault(code="number", field=field, value=_short(value))
    written = figures.pop("value", None)
    return Fault(code=kind, field=field, value=written or _short(value), figures=figures)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _known_keys(loc: list[str]) -> list[str]:
    """Keys of the model that a path leads to."""
    model: Any = Case
    for name in loc:
        field = model.model_fields.get(name) if hasattr(model, "model_fields") else None
        if field is None:
            continue  # an option's or an outcome's own id
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        model = next(
            (part for part in inner if isinstance(part, type) and issubclass(part, BaseModel)),
            model,
        )
    hidden = {"folder", "digest", "low", "high", "dimension"}
    return [key for key in model.model_fields if key not in hidden]


def find_cases(paths: list[Path]) -> list[Path]:
    """Case folders that the paths mean: a case, its file, or a folder of cases.

    Raises
    ------
    InputError
        A path is not there, or holds no case.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_file():
            found.append(path.parent if path.name == CASE_FILE else path)
        elif (path / CASE_FILE).is_file():
            found.append(path)
        elif path.is_dir():
            inside = sorted(p.parent for p in path.glob(f"*/{CASE_FILE}"))
            if not inside:
                raise refuse("no-cases", "CASE", path)
            found.extend(inside)
        else:
            raise refuse("path-missing", "CASE", path)
    return list(dict.fromkeys(found))


__all__ = ["CASE_FILE", "check_case", "find_cases", "load_case"]
