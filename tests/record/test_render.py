"""Record pages: what they say, that they hold together, and that nothing in them runs."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from datetime import date as Date
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import mistune
import pytest
from ruamel.yaml import YAML

from mlpdm_kit.record.assets import plotly_script, write_assets
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.pages import json_for_page, markdown, title_of
from mlpdm_kit.record.parts import Said
from mlpdm_kit.record.render import render_html, render_markdown
from mlpdm_kit.record.sentences import Named, Sentences
from mlpdm_kit.text import Text

GOLDEN = Path(__file__).parent / "golden"
OUTCOMES = ("use_non_ml", "use_ml", "find_out_first", "do_nothing", "stop")
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} {% raw %} "
    "[x](javascript:alert(3)) | a | b |\n\n# H\n```mermaid\ngraph TD\n```\n"
    "- *i* _j_ ~~k~~ &lt;b&gt;"
)


class Page(HTMLParser):
    """Elements of a page in their order, and its text outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data.replace("\u2060", "")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def _hostile(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hostile(inner) for key, inner in value.items()}
    return HOSTILE if isinstance(value, str) else value


@pytest.fixture
def hostile(records: dict[str, DecisionRecord]) -> DecisionRecord:
    """A record in which everything that people write is meant to break out."""
    record = records["use_non_ml"]
    data = record.baseline.data
    assert data is not None
    option = record.options[2].model_copy(update={"label": HOSTILE})
    gates = tuple(
        gate.model_copy(update={"note": HOSTILE, "source": HOSTILE, "owner": HOSTILE})
        for gate in record.gates
    )
    inputs = tuple(row.model_copy(update={"note": HOSTILE}) for row in record.inputs)
    leak = Said(code="leak", figures={"column": HOSTILE, "strength": 1.0})
    baseline = record.baseline.model_copy(
        update={
            "data": data.model_copy(update={"file": HOSTILE, "note": HOSTILE}),
            "findings": (leak,),
        }
    )
    return record.model_copy(
        update={
            "title": HOSTILE, "unit": HOSTILE, "note": HOSTILE, "gates": gates, "inputs": inputs,
            "decision_makers": (HOSTILE,), "consulted": (HOSTILE,), "confirmation": HOSTILE,
            "framing": _hostile(record.framing), "baseline": baseline,
            "options": (*record.options[:2], option, *record.options[3:]),
        }
    )  # fmt: skip


def test_a_minute_of_reading(records: dict[str, DecisionRecord]) -> None:
    words = Page(render_html(records["use_non_ml"], {})).words
    assert "Do not use ML. Use the rule “Amount and vendor”." in words
    assert (
        "The rule is worth ¥1.9M more than the model over 24 months "
        "(90% range −¥400K to ¥4.1M)." in words
    )
    assert "Errors and handling come to ¥20 per claim with the rule, and to ¥64" in words
    assert "Above ¥11,400 per claim, the model would be best." in words
    assert "June 1, 2027" in words
    assert "simulated data" in words
    assert "one gate is open" in words
    assert "Gates that people answer: 1 failed, 1 open, 1 passed." in words


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        ("use_ml", "Use ML: the model."),
        ("find_out_first", "Not yet. Until more is known, use the rule “Amount and vendor”."),
        ("do_nothing", "Do not use ML. Leave things as they are."),
        ("stop", "Stop. Do not use ML here."),
    ],
)
def test_every_verdict(records: dict[str, DecisionRecord], outcome: str, verdict: str) -> None:
    for lines in (render_html(records[outcome], {}), render_markdown(records[outcome])):
        assert verdict in lines


def test_the_reason_that_the_verdict_says_is_not_said_twice(
    records: dict[str, DecisionRecord],
) -> None:
    assert Page(render_html(records["use_ml"], {})).words.count("¥3.2M more than the rule") == 1


def test_no_picture_no_script_from_outside(records: dict[str, DecisionRecord]) -> None:
    html = render_html(records["use_non_ml"], {})
    assert "plotly.min.js" not in "".join(str(s) for s in Page(html).all("script"))
    assert "data-chart=" not in html


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_structure(
    records: dict[str, DecisionRecord], pictures: dict[str, Any], outcome: str
) -> None:
    page = Page(render_html(records[outcome], pictures))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    steps = [later - earlier for earlier, later in pairwise(levels)]
    assert max(steps) <= 1
    assert page.all("html")[0]["lang"] == "en"
    assert all("scope" in attrs for attrs in page.all("th"))
    for _, attrs in page.elements:
        assert not any(str(attrs.get(name, "")).startswith("http") for name in ("src", "href"))
        assert not any(name.startswith("on") for name in attrs)


def _policy(page: Page) -> str:
    metas = {m.get("http-equiv"): m["content"] for m in page.all("meta") if "content" in m}
    return str(metas["Content-Security-Policy"])


@pytest.mark.parametrize("embed", [False, True])
def test_policy_names_every_inline_script(
    records: dict[str, DecisionRecord], pictures: dict[str, Any], embed: bool
) -> None:
    page = Page(render_html(records["use_non_ml"], pictures, embed=embed))
    policy = _policy(page)
    assert policy.startswith("default-src 'none'")
    kinds = [(s.get("type"), s.get("src")) for s in page.all("script")]
    inline = [
        text
        for text, (kind, at) in zip(page.scripts, kinds, strict=True)
        if kind is None and at is None
    ]
    assert len(inline) == 1 + embed
    for text in inline:
        assert b64encode(sha256(text.encode()).digest()).decode() in policy
    outside = [at for _, at in kinds if at]
    assert outside == ([] if embed else ["../assets/plotly.min.js"])


def test_charts_stand_as_json(records: dict[str, DecisionRecord], pictures: dict[str, Any]) -> None:
    page = Page(render_html(records["use_non_ml"], pictures))
    kinds = [s.get("type") for s in page.all("script")]
    charts = [
        json.loads(text)
        for text, kind in zip(page.scripts, kinds, strict=True)
        if kind == "application/json"
    ]
    assert charts[0]["data"] == pictures["net_benefit"]["data"]
    assert "title" not in charts[0]["layout"]
    assert "The rule is worth most, and is the surest" in page.words


def test_hostile_text_is_inert_in_html(
    hostile: DecisionRecord, records: dict[str, DecisionRecord]
) -> None:
    figure = {"data": [{"name": HOSTILE}], "layout": {"title": {"text": HOSTILE}}}
    page = Page(render_html(hostile, {"net_benefit": figure}))
    plain = Page(render_html(records["use_non_ml"], {"net_benefit": figure}))
    assert [tag for tag, _ in page.elements if tag in ("script", "img", "iframe")] == [
        tag for tag, _ in plain.elements if tag in ("script", "img", "iframe")
    ]
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)
    assert "{{ 7*7 }}" in page.words
    assert all(json.loads(t) for t in page.scripts if t.startswith("{"))


def test_hostile_text_is_inert_in_markdown(
    hostile: DecisionRecord, records: dict[str, DecisionRecord]
) -> None:
    plugins = ["table", "strikethrough", "url"]
    read = mistune.create_markdown(escape=False, plugins=plugins)
    shape = [
        Page(str(read(render_markdown(record).split("---\n", 2)[2]))).elements
        for record in (hostile, records["use_non_ml"])
    ]
    tags = [{tag for tag, _ in elements} for elements in shape]
    assert tags[0] <= tags[1]
    heads = [[t for t, _ in elements if t in ("h1", "h2", "th", "table")] for elements in shape]
    assert heads[0] == heads[1]


def test_front_matter_is_yaml(hostile: DecisionRecord) -> None:
    front = YAML(typ="safe").load(render_markdown(hostile).split("---\n")[1])
    assert front["status"] == "accepted"
    assert str(front["date"]) == "2026-11-20"
    assert front["decision-makers"] == [" ".join(HOSTILE.split())]
    assert front["informed"] == ["Sales operations"]


def test_markdown_has_the_parts_of_madr(records: dict[str, DecisionRecord]) -> None:
    for record in records.values():
        text = render_markdown(record)
        heads = re.findall(r"^##+ (.*)$", text, flags=re.M)
        parts = [
            "Context and Problem Statement", "Decision Drivers", "Considered Options",
            "Decision Outcome", "Consequences", "Confirmation",
            "Pros and Cons of the Options", "More Information",
        ]  # fmt: skip
        assert [head for head in heads if head in parts] == parts


@pytest.mark.parametrize(("lang", "ending"), [("en", ".md"), ("ja", ".ja.md")])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_golden_markdown(
    records: dict[str, DecisionRecord], outcome: str, lang: str, ending: str
) -> None:
    """Run with ``MLPDM_GOLDEN=write`` to accept what is rendered now."""
    place, text = GOLDEN / (outcome + ending), render_markdown(records[outcome], lang=lang)
    if os.environ.get("MLPDM_GOLDEN") == "write":
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def test_a_minute_of_reading_in_japanese(records: dict[str, DecisionRecord]) -> None:
    page = Page(render_html(records["use_non_ml"], {}, lang="ja"))
    assert page.all("html")[0]["lang"] == "ja"
    assert "ML は使いません。ルール「Amount and vendor」を使います。" in page.words
    assert (
        "24か月の純便益は、ルールのほうがモデルより190万円多くなります"
        "（90%の範囲は−40万円〜410万円）。" in page.words
    )
    assert "11,400円／claimを上回ると、モデルが最善になります。" in page.words
    assert "2027年6月1日" in page.words
    assert "未決の関門が1つ" in page.words
    assert "人が答える関門：不合格 1、未決 1、合格 1。" in page.words


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_japanese_sentences_follow_without_a_space(
    records: dict[str, DecisionRecord], outcome: str
) -> None:
    markdown_text = render_markdown(records[outcome], lang="ja")
    plain = markdown_text.replace("** ", "**")  # bold text needs the space after it
    assert re.findall(r".{0,9}[。、）」] [^|].{0,9}", plain) == []
    html = Page(render_html(records[outcome], {}, lang="ja"))
    assert "。 <strong>" not in html.text


def test_japanese_leaves_letters_as_they_are() -> None:
    says = Sentences("ja", currency="JPY", unit="claim", target_unit="kg")
    assert says.sentence("reason.price-paid", option="a", gain=2e6, price=1e6).startswith("claim")
    assert says.range(3000, 12000, "money/case") == "3,000円〜12,000円／claim"
    assert says.range(2, 4, "months") == "2〜4か月"
    assert says.quantity(9800, "cases/month") == "9,800件／月"
    assert says.the("a") == "「A」"


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    ("note", "ended"), [("規約で禁止", "規約で禁止。"), ("OK?", "OK?"), ("too late ", "too late.")]
)
def test_a_note_ends_as_its_own_language_does(lang: str, note: str, ended: str) -> None:
    figures = {"check": "purpose", "options": ["a"], "note": note}
    said = Sentences(lang).reason(Said(code="options-removed", figures=figures))
    assert said.lower().endswith(ended.lower())


def test_json_cannot_close_its_script() -> None:
    shown = str(json_for_page({"a": "</script><!--\u2028&"}))
    assert not set(shown) & set("<>&\u2028")
    assert json.loads(shown) == {"a": "</script><!--\u2028&"}


def test_title_keeps_what_is_no_markup() -> None:
    assert title_of({"layout": {"title": "a <b>b</b> &lt;i&gt; 1 < 2"}}) == "a b <i> 1 < 2"
    assert title_of({"layout": {}}) == ""


@pytest.mark.parametrize("text", ["2026. no list", "# no", "+ no", "1) no", "=== no", "- no"])
def test_markdown_line_starts_mean_nothing(text: str) -> None:
    assert mistune.html(markdown(text)) == f"<p>{text}</p>\n"


def test_assets_are_written_once(tmp_path: Path) -> None:
    folder = write_assets(tmp_path)
    script = folder / "plotly.min.js"
    assert script.read_bytes() == plotly_script()
    before = script.stat().st_mtime_ns
    write_assets(tmp_path)
    assert script.stat().st_mtime_ns == before
    script.write_text("half")
    write_assets(tmp_path)
    assert script.read_bytes() == plotly_script()
    assert [file.name for file in folder.iterdir()] == ["plotly.min.js"]


def test_options_in_mid_sentence() -> None:
    two = [Named(id="a", kind="model"), Named(id="fast-llm", kind="llm", label="Quick")]
    says = Sentences("en", options=[*two, Named(id="b", kind="model", label="Deep")])
    assert says.the("a") == "“A”"
    assert says.the("fast-llm") == "the LLM"
    assert says.whole("fast-llm") == "the LLM “Quick”"
    assert says.whole("b") == "the model “Deep”"
    assert says.the("unheard-of-llm") == "“Unheard of LLM”"
    assert says.the_input("options.b.build") == "the cost to build “Deep”"


def test_ranges_say_their_unit_once() -> None:
    says = Sentences("en", currency="JPY", unit="claim", target_unit="kg")
    assert says.range(3000, 12000, "money/case") == "¥3,000 to ¥12,000 per claim"
    assert says.range(2, 4, "months") == "2 to 4 months"
    assert says.range(0.02, 0.02, "share") == "2%"
    assert says.range(2, 5, "target/case") == "2 to 5 kg per claim"


def test_a_gate_without_a_note_says_what_it_found(records: dict[str, DecisionRecord]) -> None:
    record = records["use_non_ml"]
    figures = {"check": "beats-baseline", "options": ["model"], "note": ""}
    said = Said(code="options-removed", figures=figures)
    verdict = record.verdict.model_copy(update={"reasons": (said,)})
    words = Page(render_html(record.model_copy(update={"verdict": verdict}), {})).words
    assert "rules out the model. Errors with the model cost ¥3 to ¥47 more per claim" in words


@pytest.mark.parametrize(
    ("one", "many"), [("point", "points"), ("delivery", "deliveries"), ("kg", "kg"), ("件", "件")]
)
def test_units_in_the_plural(one: str, many: str) -> None:
    assert Sentences("en", target_unit=one).quantity(2, "target") == f"2 {many}"


@pytest.mark.parametrize(
    ("status", "said"),
    [("proposed", "to be decided by"), ("draft", "to be decided by"), ("accepted", "decided by")],
)
def test_nobody_has_decided_what_is_proposed(
    records: dict[str, DecisionRecord], status: str, said: str
) -> None:
    change = {"status": status, "decision_makers": ("Head of claims",)}
    page = render_html(records["use_ml"].model_copy(update=change), {})
    assert f"{said} Head of claims" in page
    assert ("to be decided" in page) == (status != "accepted")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_day_that_had_passed_when_the_record_was_written_is_said(
    records: dict[str, DecisionRecord], lang: str
) -> None:
    record = records["use_non_ml"]
    said = Text(lang).say("record.again.past.why")
    late = record.model_copy(update={"date": Date(2027, 6, 2), "review_on": Date(2027, 6, 1)})
    assert said in Page(render_html(late, {}, lang=lang)).words
    fine = record.model_copy(update={"date": Date(2027, 6, 1), "review_on": Date(2027, 6, 1)})
    assert said not in Page(render_html(fine, {}, lang=lang)).words
