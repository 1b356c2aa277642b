"""The agenda of a workshop: boxes of time, from the notebooks' own and what lies between them.

How long a step takes, in which circle it is worked on, and what to do when it is late stand
in the notebook's metadata (``mlpdm``: ``minutes``, ``mode``, ``if_late``). What is no
notebook (start, break, buffer) and the order of all stand in ``agenda.json``. Sentences
are those of ``agenda.<box>`` and ``role.<role>``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from mlpdm_kit import shipped
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.text import Text

BESIDE = "workshop"  # where the notebooks lie that are no step
PLANNED = 180  # minutes, for which the boxes are made
_FIVE, _FROM = 5, 120  # from so many minutes on, boxes are whole fives
_DAY = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box of time.

    Parameters
    ----------
    id : str
        A step, or what lies between two.
    minutes, begins : int
        How long it is, and how many minutes after the start it begins.
    mode : {"all", "group", "pair", "solo"}
        In which circle it is worked on.
    notebook : str
        The file of its notebook; empty where there is none.
    if_late : str
        What the notebook says to do when time runs out, in English.
    """

    id: str
    minutes: int
    mode: str
    begins: int = 0
    notebook: str = ""
    if_late: str = ""


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """All boxes in their order; ``start`` is minutes after midnight, or None."""

    boxes: tuple[Box, ...]
    start: int | None = None

    @property
    def minutes(self) -> int:
        """How long all of it takes."""
        return sum(box.minutes for box in self.boxes)

    def clock(self, after: int) -> str:
        """The time of day so many minutes after the start, or those minutes themselves."""
        at = after if self.start is None else (self.start + after) % _DAY
        return f"{at // 60}:{at % 60:02}"


def plan(minutes: int = PLANNED, start: str | None = None) -> Agenda:
    """The agenda for the minutes there are.

    Parameters
    ----------
    minutes : int
        Between 60 and 480; every box keeps its share of them.
    start : str, optional
        Time of day, as ``13:30``.

    Raises
    ------
    InputError
        There are too few minutes or too many, or the start is no time of day.

    Examples
    --------
    >>> agenda = plan(120, "13:30")
    >>> [box.minutes for box in agenda.boxes], agenda.clock(agenda.minutes)
    ([5, 20, 5, 20, 5, 15, 20, 15, 10, 5], '15:30')
    """
    said = _said()
    if not said["shortest"] <= minutes <= said["longest"]:
        raise refuse("agenda-minutes", "--minutes", minutes, shortest=said["shortest"],
                     longest=said["longest"])  # fmt: skip
    boxes = [_box(one) for one in said["boxes"]]
    begins, found = 0, []
    for box, length in zip(boxes, scaled([b.minutes for b in boxes], minutes), strict=True):
        found.append(replace(box, minutes=length, begins=begins))
        begins += length
    return Agenda(boxes=tuple(found), start=None if start is None else _time(start))


def roles() -> tuple[str, ...]:
    """The roles of a workshop, the one who decides first."""
    return tuple(_said()["roles"])


def if_late(box: Box, text: Text) -> str:
    """What to do when a box runs late: the notebook's own words, translated."""
    if box.if_late and text.lang == "en":
        return box.if_late
    return text.say(f"agenda.{box.id}.if-late")


def scaled(minutes: Sequence[int], total: int) -> list[int]:
    """Lengths in the same proportions that add up to another total, none of them nothing.

    Examples
    --------
    >>> scaled([10, 20, 30], 62)
    [10, 21, 31]
    """
    unit = _FIVE if total >= _FROM and total % _FIVE == 0 else 1
    units, whole = total // unit, sum(minutes)
    exact = [length * units / whole for length in minutes]
    found = [max(1, int(length)) for length in exact]
    order = sorted(range(len(exact)), key=lambda n: (found[n] - exact[n], n))
    for n in range(units - sum(found)):
        found[order[n % len(order)]] += 1
    while sum(found) > units:  # some were raised to one
        over = max((n for n in order if found[n] > 1), key=lambda n: found[n] - exact[n])
        found[over] -= 1
    return [length * unit for length in found]


@cache
def _said() -> dict[str, Any]:
    text = (files("mlpdm_kit.record") / "agenda.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _box(said: dict[str, Any]) -> Box:
    step = said.get("step")
    if step is not None:
        name, folder = f"{STEPS.index(step) + 1:02}_{step}.ipynb", shipped.notebooks()
    elif "notebook" in said:
        name, folder = f"{said['notebook']}.ipynb", shipped.notebooks() / BESIDE
    else:
        return Box(id=said["id"], minutes=said["minutes"], mode=said["mode"])
    own = json.loads((folder / name).read_text(encoding="utf-8"))["metadata"]["mlpdm"]
    return Box(id=step or said["id"], minutes=own["minutes"], mode=own["mode"], notebook=name,
               if_late=own["if_late"])  # fmt: skip


def _time(said: str) -> int:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", said.strip())
    if match is None:
        raise refuse("agenda-start", "--start", said)
    return int(match[1]) * 60 + int(match[2])
