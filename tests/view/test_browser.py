"""Every chart in a real browser: words stay on the paper and don't meet, wide and narrow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from mlpdm_kit.record.assets import PLOTLY, write_assets
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import LANGUAGES
from mlpdm_kit.view.canvas import NARROW, WIDE, wide_twin
from mlpdm_kit.view.charts import pictures
from tests.chromium import launched

pytestmark = pytest.mark.browser

Record = Callable[[str], DecisionRecord]
CASES = ("stated", "amounts", "named", "classes", "search", "generation", "formula", "rich")
PAPER = """<meta charset="utf-8"><body style="margin:8px"><script src="assets/%s"></script>
<script>for (const [name, one] of Object.entries(%s)) {
  const box = document.body.appendChild(document.createElement("div"));
  box.id = name; box.className = "paper"; box.style.height = one.layout.height + "px";
  Plotly.newPlot(box, one.data, one.layout, {responsive: true, displayModeBar: false});
}</script>"""
WORDS = """() => [...document.querySelectorAll(".paper")].map((paper) => {
  const box = (found) => { const r = found.getBoundingClientRect();
    return [r.left, r.top, r.right, r.bottom]; };
  return [paper.id, box(paper), [...paper.querySelectorAll("text")]
    .map((text) => [text.textContent, ...box(text)]).filter(([, l, , r]) => r > l)];
})"""
Words = tuple[str, float, float, float, float]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


def meet(one: Words, other: Words) -> bool:
    """Whether two words lie on each other by more than their line spacing."""
    across = min(one[3], other[3]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[2], other[2])
    return across > 1 and down > 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_words_stay_on_the_paper_and_do_not_meet(
    browser: Browser, record: Record, tmp_path: Path, name: str, lang: str
) -> None:
    found = record(name)
    drawn = pictures(found, Sentences.of_record(found, lang))
    write_assets(tmp_path)
    for width, room in ((360, NARROW), (WIDE.pixels + 16, WIDE), (1280, WIDE)):
        shown = {n: one if room is NARROW else wide_twin(one) for n, one in drawn.items()}
        held = json.dumps(shown).replace("</", "<\\/")
        (tmp_path / "paper.html").write_text(PAPER % (PLOTLY, held), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto((tmp_path / "paper.html").as_uri())
        page.wait_for_function(
            f"document.querySelectorAll('.paper .infolayer').length >= {len(drawn)}"
        )
        papers = page.evaluate(WORDS)
        page.close()
        assert [paper for paper, *_ in papers] == list(drawn)
        for paper, (left, top, right, bottom), words in papers:
            assert len(words) > 1, paper
            outside = [
                w for w in words
                if w[1] < left - 1 or w[2] < top - 1 or w[3] > right + 1 or w[4] > bottom + 1
            ]  # fmt: skip
            assert outside == [], (paper, width)
            met = [(a[0], b[0]) for n, a in enumerate(words) for b in words[n + 1 :] if meet(a, b)]
            assert met == [], (paper, width)
