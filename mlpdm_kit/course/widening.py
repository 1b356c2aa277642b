"""A learner's calibration offered to a case: its assumed ranges, as much wider as it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpdm_kit.analysis.uncertainty.distributions import widened
from mlpdm_kit.analysis.uncertainty.stated import distribution
from mlpdm_kit.case.askable import Askable, askable
from mlpdm_kit.case.editing.file import CaseFile, Change, State
from mlpdm_kit.case.inputs import Input
from mlpdm_kit.errors import raise_all
from mlpdm_kit.record.rounding import significant

FIGURES = 3  # of a guess
_ENDS_ARE_LIMITS = ("pert", "triangular", "uniform")


@dataclass(frozen=True, kw_only=True)
class Wider:
    """One assumed range of a case, as it is and as it would be."""

    input: str
    dimension: str
    low: float
    high: float
    wider_low: float
    wider_high: float
    change: Change


def wider_ranges(state: State, factor: float) -> tuple[Wider, ...]:
    """The assumed ranges of a case, so many times wider.

    Those that begin at nothing or end at everything stay.

    Parameters
    ----------
    state : State
        A case that can be read.
    factor : float
        As `mlpdm_kit.course.calibration.wider_by` finds it.
    """
    found = []
    for one in askable(state).values():
        item = one.item
        if item is None or item.evidence != "assumed" or item.is_point or factor <= 1:
            continue
        if item.family in _ENDS_ARE_LIMITS or item.low == 0 or _is_whole(item):
            continue  # an end that nothing can lie beyond stays, and with it the range's shape
        found.append(_wider(one, item, state, factor))
    return tuple(found)


def _is_whole(item: Input) -> bool:
    return item.dimension == "share" and item.high >= 1


def _wider(one: Askable, item: Input, state: State, factor: float) -> Wider:
    wide = widened(distribution(item), factor)
    tail = (1 - item.level) / 2
    low, high = (significant(wide.quantile(p), FIGURES) for p in (tail, 1 - tail))
    points = (low, high) if item.middle is None else (low, item.middle, high)
    written = state.units.write(*points, dimension=one.dimension)
    stood = state.document.at(one.path)
    path = (*one.path, one.value_at) if isinstance(stood, dict) else one.path
    return Wider(input=one.name, dimension=one.dimension, low=item.low, high=item.high,
                 wider_low=low, wider_high=high,
                 change=Change(path=path, value=written))  # fmt: skip


def case_name(case: Path) -> str:
    """The name of the folder that a case lies in."""
    return (case if case.is_dir() else case.parent).resolve().name


def widen(case: Path, found: Sequence[Wider]) -> CaseFile:
    """Write wider ranges into a case file; every change can be undone there.

    Raises
    ------
    InputError
        The case cannot be read, or would be none with them.
    """
    file = CaseFile(case)
    done = file.commit(*(one.change for one in found))
    raise_all(done.faults)
    return file
