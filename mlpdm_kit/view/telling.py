"""How a notebook is told things, and faults in sentences before they are raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import as_html

Show = Callable[[Mapping[str, Any]], None]

MODES = ("report", "workshop")


def refuse_unknown(field: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a word that is none of those known."""
    if value not in known:
        raise refuse("page-choice", field, value, known=", ".join(known))


def in_notebook(bundle: Mapping[str, Any]) -> None:
    """Show a MIME bundle in the notebook that is running."""
    import IPython.display

    show: Callable[..., Any] = IPython.display.display
    show(dict(bundle), raw=True)


@contextmanager
def faults_said(lang: str, show: Show) -> Iterator[None]:
    """Show what came in wrong as sentences before it is raised."""
    try:
        yield
    except InputError as error:
        sentences = error.sentences(lang)
        lead = Text(lang).say("page.faults")
        shown = html.faults(lead, sentences, lang=lang)
        show(as_html(shown, "\n".join([lead, *sentences])))
        raise
