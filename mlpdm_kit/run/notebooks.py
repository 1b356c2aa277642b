"""One notebook: parameters in, papermill as it comes, and a judgement by what was left.

papermill's own word is evidence, never truth: after a crash or ``sys.exit(0)`` it can call
every cell completed. A notebook has run when every code cell ran to its end without an
error and what its step leaves is there, new and valid.

`Execute` is the one seam: tests and other engines put their own callable there.
"""

from __future__ import annotations

import ast
import json
import logging
import math
import os
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from dataclasses import field as also
from pathlib import Path
from typing import Any

from mlpdm_kit.errors import RunError
from mlpdm_kit.record.manifest import RECORD_FILES
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.notebook_copy import translate
from mlpdm_kit.record.parts import Section
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, FramingSection, ValueSection
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.notebook_file import as_text
from mlpdm_kit.text import Text

KERNEL = "python3"
SECTIONS: dict[str, type[Section]] = {
    str(section.model_fields["name"].default): section
    for section in (FramingSection, ComparisonSection, ErrorsSection, ValueSection)
}
RECORD_STEP = "decision_record"
NOTEBOOKS = tuple(f"{n:02}_{step}" for n, step in enumerate((*SECTIONS, RECORD_STEP), 1))

_INJECTED = "injected-parameters"
_LONGEST_REASON = 4_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a notebook may take.

    ``start`` and ``cell`` are the seconds that a kernel may take to come up, and one cell to
    run; ``memory`` the bytes that a child of the warm process may take, 0 for no limit.
    """

    start: int = 60
    cell: int = 600
    memory: int = 8_000_000_000


@dataclass(frozen=True, kw_only=True)
class Task:
    """A notebook that is ready to be executed, in a folder, with its parameters."""

    notebook: Any
    parameters: Mapping[str, Any]
    folder: Path
    limits: Limits = Limits()
    kernels: Kernels = also(default_factory=Kernels)


@dataclass(frozen=True, kw_only=True)
class Executed:
    """The notebook as far as it came; what stopped it, and the id of the cell at work then."""

    notebook: Any
    error: Exception | None = None
    cell: str = ""


Execute = Callable[[Task], Executed]


def with_papermill(task: Task) -> Executed:
    """Execute a notebook by papermill, in a kernel of its own.

    A kernel that does not come up at all is tried once more: between the choice of its
    ports and their use another program may have taken one. One that was ended because the
    warm process died, which another notebook may have brought about, is tried once more too,
    by a warm process of its own: whoever killed the first can kill no other notebook then.
    """
    executed = _papermill(task)
    if task.kernels.ended:
        return executed
    if task.kernels.warm is not None and _is_orphaned(executed.error):
        with task.kernels.apart() as own:
            return _papermill(replace(task, kernels=own))
    came_up = bool(executed.cell) or not isinstance(executed.error, RuntimeError)
    return executed if came_up else _papermill(task)


def _is_orphaned(error: Exception | None) -> bool:
    from mlpdm_kit.run.warm.client import Orphaned

    return isinstance(error, Orphaned)


def _papermill(task: Task) -> Executed:
    """papermill's own steps, without its reading and saving: the caller does both, once."""
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors

    from mlpdm_kit.run.engine import COLD, WARM

    logging.getLogger("papermill").addHandler(logging.NullHandler())  # we say it ourselves
    live: dict[str, Any] = {"notebook": task.notebook, "cell": ""}
    engine = COLD if task.kernels.warm is None else WARM
    error: Exception | None = None
    try:
        live["notebook"] = papermill_engines.execute_notebook_with_engine(
            engine,
            _parameterized(task, engine),
            kernel_name=KERNEL,
            input_path=None,
            output_path=None,
            progress_bar=False,
            start_timeout=task.limits.start,
            execution_timeout=task.limits.cell,
            **_kernel(task),
            on_notebook_start=lambda notebook: live.update(notebook=notebook),
            on_cell_start=lambda cell, cell_index: live.update(cell=str(cell.get("id"))),
        )
        raise_for_execution_errors(live["notebook"], None)
    except Exception as caught:  # whatever it was, the caller says what and where
        error = caught
    return Executed(error=error, **live)


def _parameterized(task: Task, engine: str) -> Any:
    """The notebook as papermill prepares it, with its parameters in a cell of their own."""
    import nbformat
    from papermill import __version__
    from papermill.execute import prepare_notebook_metadata, remove_error_markers
    from papermill.parameterize import parameterize_notebook

    node: Any = nbformat.NotebookNode
    notebook = deepcopy(task.notebook)  # it may be run once more
    known = {"default_parameters": {}, "parameters": {}, "environment_variables": {},
             "version": __version__}  # fmt: skip
    notebook.metadata.setdefault("papermill", node(known))
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata.setdefault("papermill", node())
    if task.parameters:
        notebook = parameterize_notebook(
            notebook, dict(task.parameters), engine_name=engine, kernel_name=KERNEL
        )
    return remove_error_markers(prepare_notebook_metadata(notebook, None, None))


def _kernel(task: Task) -> dict[str, Any]:
    """What each engine has to know of the kernel."""
    kernels = task.kernels
    if kernels.warm is not None:
        return {"warm": kernels.warm, "folder": task.folder}
    return {
        "extra_arguments": ["--log-level=CRITICAL"],
        "kernel_manager_class": kernels.manager(task.folder),
    }


def run_notebook(
    notebook: Path,
    *,
    out: Path,
    parameters: Mapping[str, Any],
    lang: str = "en",
    known_as: str = "",
    limits: Limits | None = None,
    kernels: Kernels | None = None,
    execute: Execute = with_papermill,
) -> Path:
    """Run one of the five notebooks and keep the executed copy.

    Parameters
    ----------
    notebook : path
        One of `NOTEBOOKS`, as a file.
    out : path
        Folder of the record; the executed notebook goes to its ``notebooks``, where its
        kernel works too, so that it can be run again from there by hand.
    parameters : mapping
        Plain JSON values under names that the notebook's parameters cell declares.
        ``out`` is set here.
    lang : {"en", "ja"}
        Language of the prose cells.
    known_as : str
        What people know the case by, where it lies somewhere else while it is decided: the
        kept copy says that.

    Returns
    -------
    path
        The executed notebook.

    Raises
    ------
    RunError
        It did not run to its end, or did not leave what its step leaves.
    """
    import nbformat

    from mlpdm_kit.case.files import write_atomically

    text = Text(lang)
    name = notebook.stem
    folder = out / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    files: Any = nbformat
    prepared = files.read(notebook, as_version=4)
    given = {**parameters, "out": ".."}
    _check_parameters(name, prepared, given, text)
    translate(name, prepared, text)
    before = _stamps(out, name)
    task = Task(
        notebook=prepared,
        parameters=given,
        folder=folder,
        limits=limits or Limits(),
        kernels=kernels or Kernels(),
    )
    executed = execute(task)
    _tidy(executed.notebook, name, known_as)
    saved = folder / f"{name}.ipynb"
    write_atomically(saved, as_text(executed.notebook).encode())
    _judge(name, executed, task.limits, text)
    _judge_files(name, out, before, executed.notebook, text)
    return saved


def declared(notebook: Any) -> set[str]:
    """Names that the cell tagged ``parameters`` assigns."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", ()):
            return {
                target.id
                for node in ast.parse(cell.source).body
                for target in _targets(node)
                if isinstance(target, ast.Name)
            }
    return set()


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _check_parameters(name: str, notebook: Any, parameters: Mapping[str, Any], text: Text) -> None:
    """papermill pastes parameters into code: only known names, only plain values."""
    known = declared(notebook)
    for key, value in parameters.items():
        code = "run.parameter-unknown" if key not in known else "run.parameter-plain"
        if key not in known or not _is_plain(value):
            raise RunError(name, "parameters", text.say(code, name=key, value=repr(value)[:80]))


def _is_plain(value: Any) -> bool:
    """Whether a value is JSON's, of exactly these types and no subclass of them."""
    kind = type(value)
    if kind is dict:
        return all(type(key) is str and _is_plain(item) for key, item in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    return value is None or kind in (str, int, bool) or (kind is float and math.isfinite(value))


def _tidy(notebook: Any, name: str, known_as: str) -> None:
    """Collapse the injected parameters; forget what only this run knew."""
    for cell in notebook.cells:
        if _INJECTED in cell.metadata.get("tags", ()):
            cell["id"] = _INJECTED
            cell.metadata["jupyter"] = {"source_hidden": True}
            if known_as:
                cell["source"] = _renamed(cell.source, known_as)
    said = notebook.metadata.get("papermill")
    if said is not None:
        said["input_path"] = said["output_path"] = f"{name}.ipynb"
        if known_as and "case" in said.get("parameters", {}):
            said["parameters"]["case"] = known_as


def _renamed(source: str, case: str) -> str:
    """The injected parameters, with the case as people know it."""
    line = f"case = {json.dumps(case)}"
    return re.sub("^case = .*", lambda _: line, source, flags=re.M)


def _judge(name: str, executed: Executed, limits: Limits, text: Text) -> None:
    """Raise unless every code cell ran to its end without an error."""
    code_cells = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    unfinished = [cell for cell in code_cells if cell.source.strip() and not _finished(cell)]
    where = executed.cell or "-"
    ended = _end_of_kernel(executed.error, limits, text)
    if ended:
        raise RunError(name, where, ended) from executed.error
    for cell in code_cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                said = f"{output.ename}: {output.evalue}"[:_LONGEST_REASON]
                raise RunError(name, str(cell.get("id")), said) from executed.error
    if executed.error is not None:
        said = f"{type(executed.error).__name__}: {executed.error}"[:_LONGEST_REASON]
        raise RunError(name, where, text.say("run.broken", said=said)) from executed.error
    if unfinished:
        where = str(unfinished[0].get("id"))
        raise RunError(name, where, text.say("run.unfinished"))


def _finished(cell: Any) -> bool:
    status = cell.metadata.get("papermill", {}).get("status", "completed")
    return cell.get("execution_count") is not None and status == "completed"


def _end_of_kernel(error: Exception | None, limits: Limits, text: Text) -> str:
    """What to say where the kernel was ended, or ended itself, inside a cell."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from mlpdm_kit.run.engine import MOST_SHOWN, Talkative

    if isinstance(error, CellTimeoutError):
        return text.say("run.timeout", seconds=limits.cell)
    if isinstance(error, Talkative):
        return text.say("run.talkative", most=MOST_SHOWN)
    return text.say("run.died") if isinstance(error, DeadKernelError) else ""


def _files(out: Path, name: str) -> list[Path]:
    """What the step of a notebook leaves."""
    step = name.partition("_")[2]
    if step == RECORD_STEP:
        return [out / file for file in RECORD_FILES]
    return [out / "sections" / f"{step}.json"]


def _stamps(out: Path, name: str) -> dict[Path, tuple[int, int]]:
    return {
        file: (stat.st_ino, stat.st_mtime_ns)
        for file in _files(out, name)
        if file.is_file() and (stat := os.stat(file))
    }


def _judge_files(
    name: str, out: Path, before: Mapping[Path, tuple[int, int]], notebook: Any, text: Text
) -> None:
    """Raise unless the step left its files, new and valid."""
    from pydantic import ValidationError

    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    where = str(code_cells[-1].get("id")) if code_cells else "-"
    now = _stamps(out, name)
    for file in _files(out, name):
        said = file.relative_to(out).as_posix()
        if file not in now or now[file] == before.get(file):
            raise RunError(name, where, text.say("run.nothing-left", file=said))
        try:
            _validate(file)
        except (ValidationError, ValueError) as error:
            reason = text.say("run.not-valid", file=said, said=str(error)[:_LONGEST_REASON])
            raise RunError(name, where, reason) from error


def _validate(file: Path) -> None:
    content = file.read_bytes()
    if file.name == "record.json":
        DecisionRecord.model_validate_json(content)
    elif file.suffix == ".json":
        section = SECTIONS[file.stem].model_validate_json(content)
        if section.name != file.stem:
            raise ValueError(section.name)
    elif not content:
        raise ValueError(file.name)
