"""The bar over all notebooks: how far each step is, in words and by a sign, with its link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.dataset import data_digest
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.openness import gates_open
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.stages import STEPS, Stage, Status, left_in, stages
from mlpdm_kit.record.stamp import RECORD_PAGE, stamp
from mlpdm_kit.text import Text
from mlpdm_kit.view.palette import CHOSEN

if TYPE_CHECKING:
    from mlpdm_kit.case.editing.file import CaseFile, State

START, ESTIMATES = "start.ipynb", "silent_estimates.ipynb"
SIGNS: dict[Status, str] = {
    "untouched": "○",
    "partial": "◐",
    "complete": "✓",
    "stale": "↻",
    "spared": "–",
}
_EDGES: dict[Status, str] = {
    "untouched": "dotted",
    "partial": "dashed",
    "complete": "solid",
    "stale": "double",
    "spared": "dotted",
}
_GRID = "display:grid;gap:0.4em;grid-template-columns:repeat(auto-fit,minmax(6.6em,1fr))"
_BOX = (
    "box-sizing:border-box;min-width:0;padding:0.4em 0.7em;border-top:5px {edge} {colour};"
    "background-color:rgba(127,127,127,{shade});line-height:1.35;white-space:normal;"
    "overflow-wrap:break-word"
)


def notebook_of(step: str) -> str:
    """The file of a step's notebook.

    Examples
    --------
    >>> notebook_of("cost_of_errors")
    '03_cost_of_errors.ipynb'
    """
    return f"{STEPS.index(step) + 1:02}_{step}.ipynb"


def stage_bar(
    found: Sequence[Stage], *, text: Text, here: str = "", home: str = "", alone: str = ""
) -> dict[str, str]:
    """The bar as a MIME bundle.

    Parameters
    ----------
    found : sequence of Stage
    text : Text
    here : str
        The step whose notebook shows it; empty for the start page.
    home : str
        Link to the start page; empty for none.
    alone : str
        Link to the silent estimates; empty for none.
    """
    boxes = "".join(_box(stage, text, here=stage.step == here) for stage in found)
    lead = escape(text.say("stage.bar"))
    back = _links(text, (home, "stage.home"), (alone, "stage.alone"))
    notes = [said for stage in found for said in _meanwhile(stage, text)]
    rest = "".join(f'<li style="margin:0.15em 0">{escape(note)}</li>' for note in notes)
    below = f'<ul style="margin:0.2em 0 0;font-size:0.92em">{rest}</ul>' if rest else ""
    html = (
        f'<div class="mlpdm-stages mathjax_ignore" lang="{escape(text.lang)}">'
        f'<p style="margin:0 0 0.4em"><strong>{lead}</strong>{back}</p>'
        f'<div style="{_GRID}">{boxes}</div>{below}</div>'
    )
    lines = [f"{SIGNS[stage.status]} {_name(stage, text)}: "
             f"{_state(stage, text, here=stage.step == here)}" for stage in found]  # fmt: skip
    return {"text/html": html, "text/plain": "\n".join([text.say("stage.bar"), *lines, *notes])}


def _links(text: Text, *places: tuple[str, str]) -> str:
    links = [f'<a href="{escape(to)}">{escape(text.say(code))}</a>' for to, code in places if to]
    return " " + " · ".join(links) if links else ""


def _box(stage: Stage, text: Text, *, here: bool) -> str:
    name = escape(_name(stage, text))
    if here:
        title = f"<strong>{name}</strong><br><small>{escape(text.say('stage.here'))}</small>"
    else:
        title = f'<a href="{notebook_of(stage.step)}">{name}</a>'
    colour = CHOSEN if stage.status in ("complete", "stale") else "rgb(127,127,127)"
    style = _BOX.format(edge=_EDGES[stage.status], colour=colour, shade="0.2" if here else "0.08")
    sign = f'<span aria-hidden="true" style="font-weight:bold">{SIGNS[stage.status]}</span>'
    said = escape(_state(stage, text, here=here))
    return f'<div style="{style}">{title}<br>{sign} {said}</div>'


def _name(stage: Stage, text: Text) -> str:
    return text.say("stage.numbered", n=STEPS.index(stage.step) + 1,
                    name=text.say(f"stage.{stage.step}"))  # fmt: skip


def _state(stage: Stage, text: Text, *, here: bool) -> str:
    status: str = stage.status
    answered = stage.answered == stage.asked
    if status == "stale":
        status = "stale" if stage.changed else "stale.record"
    elif answered and status in ("untouched", "partial"):
        status = "faulty" if stage.faults else "answered" if here else "unseen"
    names = [text.say(f"stage.{step}") for step in stage.changed]
    said = text.say(f"stage.status.{status}", answered=stage.answered, asked=stage.asked,
                    changed=names, n=stage.faults)  # fmt: skip
    if stage.faults and status != "faulty":
        said += text.say("stage.faults", n=stage.faults)
    if stage.stopped:
        said += text.say("stage.stopped")
    elif stage.step == STEPS[0] and status != "spared":
        said += text.say("stage.gates", open=gates_open(stage.gates, text))
    elif stage.assumed and status not in ("untouched", "spared"):
        said += text.say("stage.assumed", n=stage.assumed)
    return said


def _meanwhile(stage: Stage, text: Text) -> Iterator[str]:
    """What holds for the later steps while this one is not answered."""
    name, left = text.say(f"stage.{stage.step}"), stage.asked - stage.answered
    if stage.status == "spared":
        return
    if stage.faults:
        yield text.say("stage.meanwhile.faults", name=name, n=stage.faults)
    if stage.gates:
        which = "some" if stage.free and stage.waits else "all" if stage.waits else "none"
        yield text.say(f"stage.meanwhile.gates.{which}", name=name, waits=stage.waits,
                       free=stage.free, open=gates_open(stage.gates, text))  # fmt: skip
    elif left:
        yield text.say(f"stage.meanwhile.{stage.step}", name=name, n=left)
    if stage.today:
        yield text.say("stage.meanwhile.today", name=name, said=stage.today)


class StageSpot:
    """The bar's place in a live notebook.

    Parameters
    ----------
    step : str
        The step whose notebook it is; empty for the start page.
    out : path
        Folder of the case's record.
    """

    def __init__(self, step: str, out: Path) -> None:
        import ipywidgets

        self.step, self.out = step, out
        self.place = ipywidgets.Output()
        self._seen: tuple[Any, ...] = ()

    def fill(self, file: CaseFile, text: Text) -> None:
        """Show how far the case is now."""
        self._seen = self._stamps()
        text = text if file.state.case is None else Sentences.of_case(file.state.case, text.lang)
        home = START if self.step and Path(START).is_file() else ""
        alone = ESTIMATES if Path(ESTIMATES).is_file() else ""
        found = stages(file.state, left_in(self.out), data_digest=_data_digest(file.state))
        self._show(stage_bar(found, text=text, here=self.step, home=home,
                             alone=alone))  # fmt: skip
        with suppress(OSError):  # the next time
            stamp(self.out / RECORD_PAGE, changed=found[-1].status == "stale")

    def moved(self) -> bool:
        """Whether a step has left something since the bar was filled."""
        return self._seen != self._stamps()

    def _show(self, bundle: Mapping[str, Any]) -> None:
        output = {"output_type": "display_data", "data": dict(bundle), "metadata": {}}
        if self.place.outputs != (output,):
            self.place.outputs = (output,)

    def _stamps(self) -> tuple[Any, ...]:
        files = [*sorted((self.out / "sections").glob("*.json")), self.out / "record.json"]
        with suppress(OSError):  # one may go while we look
            return tuple((file.name, file.stat().st_mtime_ns) for file in files if file.is_file())
        return ()


def _data_digest(state: State) -> str:
    """The digest as the sections have it; empty where the data cannot be read."""
    if state.case is None or any(stage.status == "spared" for stage in stages(state)):
        return ""
    try:
        return data_digest(state.case)
    except (InputError, OSError):
        return ""
