"""What a notebook takes: MIME bundles of words and of figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlpdm_kit.view import html
from mlpdm_kit.view.canvas import Figure, wide_twin

PLOTLY_MIME = "application/vnd.plotly.v1+json"

Bundle = Mapping[str, Any]


def as_html(text: str, plain: str) -> Bundle:
    """Words, and the same without marks."""
    return {"text/html": text, "text/plain": plain}


def for_notebook(figure: Figure) -> Figure:
    """The figure as JupyterLab's own renderer of plotly takes it, wide and without a tool bar."""
    wide = wide_twin(figure)
    meta = {name: said for name, said in figure["layout"].get("meta", {}).items() if name != "wide"}
    layout = {**wide["layout"], "meta": meta,
              "font": {**wide["layout"]["font"], "color": html.INK}}  # fmt: skip
    config = {"responsive": True, "displayModeBar": False}
    return {"data": wide["data"], "layout": layout, "config": config}


def as_figure(figure: Figure, *, lang: str) -> tuple[Bundle, Bundle]:
    """A figure under the sentence that says what it shows."""
    title = figure["layout"]["meta"]["title"]
    return (
        as_html(html.heading(title, lang=lang), title),
        {PLOTLY_MIME: for_notebook(figure), "text/plain": title},
    )
