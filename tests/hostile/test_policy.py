"""The policy of a page, taken apart: no address but the page's own, no script but by its hash."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mlpdm_kit.record.index import IndexRow, index_html
from mlpdm_kit.record.pages import policy
from mlpdm_kit.text import LANGUAGES
from tests.hostile.corpus import TEXTS

ALLOWED = {
    "default-src": {"'none'"},
    "style-src": {"'unsafe-inline'"},  # plotly writes styles into its elements
    "img-src": {"data:"},
    "connect-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'none'"},
}


class _Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_policy_is_strict() -> None:
    said = {name: set(more) for name, *more in map(str.split, policy("a", "b").split(";"))}
    scripts = said.pop("script-src")
    hashes = {one for one in scripts if re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", one)}
    assert (said, scripts - hashes, len(hashes)) == (ALLOWED, {"'self'", "file:"}, 2)


def test_an_index_of_hostile_rows_has_its_own_script_alone() -> None:
    rows = [IndexRow(id=t, title=t, status="failed", error=t, decider=t, link=t) for t in TEXTS]
    for lang in LANGUAGES:
        page = index_html(rows, lang=lang)
        assert page.index("Content-Security-Policy") < page.index("<title>")
        reader = _Elements()
        reader.feed(page)
        tags = [tag for tag, _ in reader.found]
        assert tags.count("script") == 1
        assert not {"svg", "iframe", "object", "base", "link", "img", "math"} & set(tags)
        for _, attributes in reader.found:
            assert not any(name.startswith("on") for name in attributes)
            for name in ("src", "href", "action"):
                assert not re.match(r"\s*(?:[a-z]+:|//)", attributes.get(name) or "", re.I)
