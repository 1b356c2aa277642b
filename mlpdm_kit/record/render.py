"""A decision record as a page and as Markdown; what both say is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mlpdm_kit.record.area_folds import rollback_said
from mlpdm_kit.record.assets import PLOTLY, plotly_script
from mlpdm_kit.record.folds import folds, standing
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.page import reason_said, top_of_page
from mlpdm_kit.record.pages import (
    json_for_page,
    pages,
    policy,
    source,
    texts,
    title_of,
    yaml_text,
)
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Fold
from mlpdm_kit.record.valued import Valued

PICTURES = (
    "net_benefit",
    "break_even",
    "gates",
    "cost_per_case",
    "cost_by_outcome",
    "threshold",
    "reliability",
    "review",
    "segments",
    "learning",
    "answers",
    "looks",
    "evppi",
    "studies",
    "stress",
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart ready for the page: its title and reading as text, its figure as JSON."""

    name: str
    title: str
    reading: str
    height: int
    json: Markup


def picture(name: str, figure: Mapping[str, Any]) -> Picture:
    """Title and reading stand on the page, where they wrap, and not in the chart."""
    said = figure["layout"].get("meta") or {}
    apart = ("title", "meta")
    layout = {key: value for key, value in figure["layout"].items() if key not in apart}
    return Picture(
        name=name,
        title=title_of(figure),
        reading=str(said.get("reading", "")),
        height=int(layout.get("height") or 360),
        json=json_for_page({"data": figure["data"], "layout": layout, **_wide(said)}),
    )


def _wide(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same chart for a page that has room for longer lines, which the page's script takes."""
    return {"wide": said["wide"]} if "wide" in said else {}


def render_html(
    record: DecisionRecord,
    pictures: Mapping[str, Mapping[str, Any]],
    *,
    lang: str = "en",
    assets: str = "../assets/",
    embed: bool = False,
    made: str = "",
    parts: Sequence[Fold] | None = None,
) -> str:
    """The record as one page.

    Parameters
    ----------
    record : DecisionRecord
        What to show.
    pictures : mapping
        Plotly figures (``data``, ``layout``) by name, out of `PICTURES`; one that is not
        there is not shown. Their titles become headings of the page.
    lang : {"en", "ja"}
        The reader's language.
    assets : str
        Where ``plotly.min.js`` is, seen from the page.
    embed : bool
        Put the script into the page, for one record that is sent by mail.
    made : str
        In a workshop, the moment at which the page is made, in words.
    parts : sequence of Fold, optional
        The folded parts, where they are made already.

    Returns
    -------
    str
        HTML that loads nothing from the network.
    """
    says = Sentences.of_record(record, lang)
    ready = {name: picture(name, pictures[name]) for name in PICTURES if name in pictures}
    inline = embed and bool(ready)
    plotly = plotly_script().decode().replace("\r\n", "\n") if inline else ""
    script = source("record.js")
    return pages().get_template("record.html.j2").render(
        lang=lang,
        says=says,
        record=record,
        top=top_of_page(record, says),
        folds=folds(record, says) if parts is None else parts,
        pictures=ready,
        made=made,
        css=source("shared.css") + source("record.css"),
        script=script,
        plotly=Markup(plotly),
        plotly_at="" if inline or not ready else assets + PLOTLY,
        policy=policy(script, *([plotly] if inline else [])),
    )  # fmt: skip


def render_markdown(
    record: DecisionRecord, *, lang: str = "en", parts: Sequence[Fold] | None = None
) -> str:
    """The record as Markdown after MADR 4.

    Parameters
    ----------
    record : DecisionRecord
        What to show.
    lang : {"en", "ja"}
        The reader's language.
    parts : sequence of Fold, optional
        The folded parts, where they are made already.

    Returns
    -------
    str
        Markdown; everything that people wrote is shown as it stands.
    """
    says = Sentences.of_record(record, lang)
    return texts().get_template("record.md.j2").render(
        says=says,
        record=record,
        top=top_of_page(record, says),
        drivers=[reason_said(reason, record, says) for reason in record.verdict.reasons],
        folds=folds(record, says) if parts is None else parts,
        options=[_considered(option, record, says) for option in record.options],
        goal=_goal(record, says),
        rollback=rollback_said(record, says),
        yaml=yaml_text,
        raw=Markup,
    )  # fmt: skip


def _considered(option: Valued, record: DecisionRecord, says: Sentences) -> dict[str, Any]:
    return {
        "id": option.id,
        "name": says.name("option", option.id),
        "kind": says.name("kind", option.kind),
        "stands": says.parts(standing(option, record, says)),
        "pros": pros_and_cons(option, record, says),
    }


def _goal(record: DecisionRecord, says: Sentences) -> str:
    goal = record.framing.get("goal") or {}
    if not goal.get("metric"):
        return ""
    whole = goal.get("now") and goal.get("target")
    return says.sentence("record.md.goal" if whole else "record.md.goal.metric", **goal)


def pros_and_cons(option: Valued, record: DecisionRecord, says: Sentences) -> list[str]:
    """What speaks for and against an option, as sentences."""

    def because(tone: str, code: str, **figures: Any) -> str:
        return says.sentence(f"record.md.{tone}", text=says.say(code, **figures))

    said = []
    worth = option.expected_net_benefit
    if worth is not None and not option.status_quo:
        said.append(
            because(
                "good" if worth.mean > 0 else "bad", "record.md.worth", months=record.months,
                amount=worth.mean, low=worth.p5, high=worth.p95,
            )
        )  # fmt: skip
    if option.p_loss is not None and not option.status_quo:
        safe = option.p_loss < 0.5
        code = "record.md.no-loss" if safe else "record.md.loss"
        said.append(because("good" if safe else "bad", code, share=option.p_loss))
    if option.expected_regret is not None:
        said.append(because("neutral", "record.md.regret", amount=option.expected_regret))
    said += [because("bad", "record.md.gate", check=check) for check in option.failed_gates]
    for code, checks in (("open", option.open_gates), ("to-fix", option.to_fix)):
        if checks:
            said.append(because("bad", f"record.md.{code}", checks=list(checks)))
    if not option.priced:
        said.append(because("neutral", "record.md.unpriced"))
    return said
