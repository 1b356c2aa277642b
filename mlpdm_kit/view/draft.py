"""What a page can show of a case that is not whole yet.

How the gates stand follows from answers and options alone, and the figures of a case do not
hang on a study that is only being written: neither has to wait for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.load import with_digest
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.stages import STEPS

_STUDIES = "studies"
_FROM_ANSWERS = {("picture", "gates"), ("reading", "gates"), ("table", "checks")}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A case in the making.

    Parameters
    ----------
    case : Case
        The case without the studies that are not whole, as far as it can be read.
    left_out : tuple of str
        These studies, as people call them.
    whole : bool
        Whether nothing else is missing, so that its figures can be worked out.
    """

    case: Case
    left_out: tuple[str, ...]
    whole: bool


def draft_of(state: State) -> Draft | None:
    """What there is of a case that has faults; None where it has none, or cannot be read."""
    if state.case is None or not state.faults:
        return None
    own = [fault.field.split(".") for fault in state.faults if _is_study(fault.field)]
    written = state.document.at((_STUDIES,))
    names = list(written) if isinstance(written, dict) else []
    wrong = {path[1] for path in own if len(path) > 1} or set(names if own else ())
    kept = {name: study for name, study in state.case.studies.items() if name not in wrong}
    return Draft(
        case=with_digest(state.case.model_copy(update={_STUDIES: kept})),
        left_out=tuple(_called(state, name) for name in names if name in wrong),
        whole=len(own) == len(state.faults),
    )


def from_answers(step: str, method: str, arguments: tuple[str, ...]) -> bool:
    """Whether something follows from answers and options alone.

    Examples
    --------
    >>> from_answers(STEPS[0], "bottom_line", ()), from_answers(STEPS[3], "bottom_line", ())
    (True, False)
    """
    if method == "bottom_line":
        return step == STEPS[0]
    return method == "area" or (method, *arguments[:1]) in _FROM_ANSWERS


def _is_study(field: str) -> bool:
    return field.partition(".")[0] == _STUDIES


def _called(state: State, name: str) -> str:
    said = state.document.at((_STUDIES, name, "note"))
    return str(said).strip() if said else name
