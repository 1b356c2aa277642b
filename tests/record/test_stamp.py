"""A workshop's record says when it was made, and once the case has changed, that it has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlpdm_kit import decide, load_case, shipped
from mlpdm_kit.record.render import render_html
from mlpdm_kit.record.stamp import stamp
from mlpdm_kit.text import LANGUAGES, Text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_line_is_shown_and_hidden_again_and_no_browser_keeps_an_old_copy(
    tmp_path: Path, lang: str
) -> None:
    record = decide(load_case(shipped.cases() / "urgent-mail"), draws=256)
    page, said = tmp_path / "record.html", Text(lang).say("record.changed-since")
    stamp(page, changed=True)
    assert not page.exists()
    fresh = render_html(record, {}, lang=lang, made="1 March 2027, 09:05")
    assert "1 March 2027, 09:05" in fresh
    assert f" hidden>{said}" in fresh
    page.write_text(fresh, encoding="utf-8")
    os.utime(page, (1_000_000_000, 1_000_000_000))
    stamp(page, changed=True)
    assert f'role="status">{said}' in page.read_text(encoding="utf-8")
    stamp(page, changed=False)
    assert page.read_text(encoding="utf-8") == fresh
    assert page.stat().st_mtime > 1_000_000_000


def test_a_record_that_is_no_workshops_says_nothing_of_the_hour() -> None:
    record = decide(load_case(shipped.cases() / "urgent-mail"), draws=256)
    assert "changed-since" not in render_html(record, {}).partition("</style>")[2]
