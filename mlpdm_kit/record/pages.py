"""What every page of records shares: templates, their policy, and inert text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import unescape
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from mlpdm_kit.text.figures import unbroken


@cache
def pages() -> jinja2.Environment:
    """Templates for HTML: everything that is shown is escaped, nothing may be missing."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("mlpdm_kit.record", "templates"),
        autoescape=True,
        finalize=_unbroken,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def texts() -> jinja2.Environment:
    """Templates for Markdown: every value that is shown is made inert."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("mlpdm_kit.record", "templates"),
        autoescape=False,
        finalize=_inert,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _unbroken(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return unbroken(value)
    return value


def _inert(value: Any) -> Any:
    return value if isinstance(value, Markup) else markdown(str(value))


_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$&])")
_LEADING = re.compile(r"^([-+=#:]|\d+(?=[.)](?:\s|$)))")


def markdown(text: str) -> str:
    """Text that Markdown shows as it stands: one line, no marks that mean anything.

    Examples
    --------
    >>> print(markdown("<b>*a|b*\\n# c"))
    \\<b\\>\\*a\\|b\\* # c
    >>> print(markdown("- 1. no list"), markdown("1. no list"))
    \\- 1. no list 1\\. no list
    """
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("://", ":\\//")
    return _LEADING.sub(lambda m: m[1] + "\\" if m[1].isdigit() else "\\" + m[1], line)


def yaml_text(text: str) -> Markup:
    """Text as a quoted YAML scalar."""
    return Markup(json.dumps(" ".join(text.split()), ensure_ascii=False))


def source(name: str) -> Markup:
    """A style sheet or script that comes with the templates, to stand in the page."""
    text = (files("mlpdm_kit.record") / "templates" / name).read_text(encoding="utf-8")
    return Markup(text)


def policy(*scripts: str) -> str:
    """Content security policy that lets exactly these scripts run, and nothing load.

    ``file:`` stands beside ``'self'``, which some browsers match to nothing on a page
    that is opened from a disk.
    """
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src 'self' file: {hashes}; style-src 'unsafe-inline'; "
        "img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def json_for_page(value: Any) -> Markup:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def title_of(figure: Mapping[str, Any]) -> str:
    """A figure's title as plain text: the sentence in ``meta``, else the title it draws.

    Examples
    --------
    >>> title_of({"layout": {"meta": {"title": "Fewer than <10"}}})
    'Fewer than <10'
    >>> title_of({"layout": {"title": {"text": "<b>The rule</b> is worth<br>most"}}})
    'The rule is worth most'
    """
    layout = figure.get("layout", {})
    if said := (layout.get("meta") or {}).get("title"):
        return str(said)
    title = layout.get("title") or ""
    text = title.get("text") or "" if isinstance(title, Mapping) else str(title)
    plain = re.sub(r"</?(?:b|i|em|strong|sub|sup|span|a|u|s)(?:\s[^>]*)?>", "", text)
    return " ".join(unescape(re.sub(r"<br\s*/?>", " ", plain)).split())
