"""Pages of hostile cases in a real browser: nothing runs, nothing is fetched, nothing is drawn
of what people wrote but its letters; in both languages, and in notebooks that are trusted."""

from __future__ import annotations

import csv
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from mlpdm_kit.record.assets import PLOTLY
from mlpdm_kit.record.pages import policy
from mlpdm_kit.text import LANGUAGES
from tests.chromium import launched
from tests.hostile.corpus import BASES, NAMED, TEXTS, hostile_cases, text_fields

pytestmark = pytest.mark.browser
CANARY = "window.fired = []; window.pwned = (...said) => { window.fired.push(String(said)); };"
# what no page of ours has, and would be there if a text were read as marks
MARKS = (
    "iframe, object, embed, video, audio, base, form[action], math, marquee, [srcdoc],"
    " img[src^=http], a[href^='javascript' i], link[rel=stylesheet], meta[http-equiv=refresh i],"
    " foreignObject"
)
STRANGE = """(marks) => [
  ...[...document.querySelectorAll(marks)].map((one) => one.outerHTML.slice(0, 200)),
  ...[...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]
    .filter((a) => a.name.startsWith("on")
      || /^\\s*javascript:/i.test(["href", "src", "xlink:href", "action", "formaction"]
        .includes(a.name) ? a.value : ""))
    .map((a) => `${one.tagName} ${a.name}=${a.value}`.slice(0, 200))),
]"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


def hostile_data(folder: Path) -> None:
    """Class names, segments, columns, cells and answers that are hostile too."""
    said = dict(
        zip(("segment", "refund", "spam", "east", "west", "answer"), TEXTS[:6], strict=True)
    )
    said = {name: re.sub(r"\s*>\s*", ">", text) + name for name, text in said.items()}
    column = said["segment"][:60]
    rows = [["id", said["answer"], column, "kind"]]
    answers = [["id", "answer"]]
    for row in range(80):
        kind = said["refund" if row % 2 else "spam"]
        rows.append([str(row), TEXTS[row % len(TEXTS)], said["east" if row % 3 else "west"], kind])
        answers.append([str(row), kind if row % 9 else TEXTS[row % len(TEXTS)]])
    for name, table in (("d.csv", rows), ("a.csv", answers)):
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(table)
    file = folder / "case.yaml"
    values = json.loads(file.read_text(encoding="utf-8"))
    values["data"] = {"file": "d.csv", "target": "kind", "segment": column}
    values["outcomes"][f"{said['refund']} > {said['spam']}"] = {"cost": "30 JPY per claim"}
    file.write_text(json.dumps(values), encoding="utf-8")


def decide(folder: Path, out: Path, lang: str, *more: str) -> dict[str, Any]:
    """``mlpdm decide`` as people run it; what it says became of each case."""
    command = [sys.executable, "-m", "mlpdm_kit", "decide", str(folder), "--out", str(out),
               "--json", "--draws", "1024", "--lang", lang, *more]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[tuple[str, str]]]:
    """Folder of the records in each language, and the fields that hold hostile texts."""
    from tests.conftest import GATES
    from tests.kinds import multiclass, said

    place = tmp_path_factory.mktemp("hostile")
    found = hostile_cases(place / "cases")
    folder = place / "cases" / "classes"
    folder.mkdir()
    llm = {"kind": "llm", "predictions": "a.csv", "cost_per_case": "1 JPY", "label": TEXTS[2]}
    case = {**multiclass(), "title": TEXTS[0] + TEXTS[3], "currency": "JPY", "unit": "claim",
            "framing": {"user": TEXTS[0], "problem": TEXTS[1], "decision": TEXTS[2],
                        "status_quo": TEXTS[3]},
            "checks": GATES, "volume": "1000 per month", "horizon": "24 months",
            "options": {"desk": {"kind": "process", "rates": said(wrong="2%")}, "llm": llm},
            }  # fmt: skip
    (folder / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    hostile_data(folder)
    broken = place / "cases" / "broken"
    broken.mkdir()
    spoilt = {**case, "title": TEXTS[4], "volume": TEXTS[1], **{TEXTS[5]: TEXTS[6]}}
    (broken / "case.yaml").write_text(json.dumps(spoilt), encoding="utf-8")
    for lang in LANGUAGES:
        said_ = decide(place / "cases", place / lang, lang, "--set", f"note={TEXTS[7]}' + x + \"")
        states = {one["id"]: one["state"] for one in said_["cases"]}
        assert states == {**dict.fromkeys((*BASES, "classes"), "done"), "broken": "failed"}, said_
    return place, found


def look(browser: Browser, place: Path, *, opened: bool = True) -> list[str]:
    """What a page did that none may do."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    root = place.parent.as_uri()
    page.add_init_script(CANARY)
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: wrong.append(f"popup {popup.url}"))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on("console", lambda said: wrong.append(f"console {said.text}"))
    page.on(
        "request",
        lambda one: wrong.append(f"request {one.url}") if not allowed(one.url, root) else None,
    )
    page.goto(place.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.wait_for_timeout(300)
    for part in page.locator("main p, td, h1, .xtick").all()[:6]:
        part.hover(force=True, timeout=2_000, trial=False) if part.is_visible() else None
    page.keyboard.press("Tab")
    page.wait_for_timeout(100)
    wrong += [f"fired {one}" for one in page.evaluate("window.fired")]
    wrong += [f"strange {one}" for one in page.evaluate(STRANGE, MARKS)]
    assert page.url == place.as_uri()
    page.close()
    return wrong


def allowed(url: str, root: str) -> bool:
    """A page may ask for itself, its assets beside it, and pictures that it holds itself."""
    up = root.rsplit("/", 1)[0]
    return url.startswith((f"{root}/", f"{up}/assets/", "data:image/"))


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=pwned()>", "<svg onload=pwned()>", "<script>pwned()</script>",
             "<img src=http://127.0.0.1:9/away>", "<script>alert(1)</script>", "<p onclick=x()>"]
)  # fmt: skip
def test_the_canary_sings(browser: Browser, tmp_path: Path, text: str) -> None:
    """What the other tests wait for in vain is seen where texts are not made inert."""
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><body>{text}", encoding="utf-8")
    assert [one for one in look(browser, tmp_path / "page.html") if not one.startswith("console")]


def test_every_field_that_takes_a_text_holds_a_hostile_one(
    made: tuple[Path, set[tuple[str, str]]],
) -> None:
    assert text_fields() - made[1] == set()
    assert not {(model, name) for model, names in NAMED.items() for name in names} & text_fields()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*BASES, "classes", ""])
def test_a_page_is_inert(
    browser: Browser, made: tuple[Path, set[tuple[str, str]]], name: str, lang: str
) -> None:
    place = made[0] / lang / name / ("record.html" if name else "index.html")
    assert "pwned()" in place.read_text(encoding="utf-8")
    assert look(browser, place) == []


def _trusted(notebook: Path) -> str:
    """Outputs of a notebook as a page shows them that trusts it, with no policy."""
    parts = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            assert output["output_type"] == "display_data", output
            assert set(data) <= {"text/html", "text/plain", "image/svg+xml",
                                 "application/vnd.plotly.v1+json"}  # fmt: skip
            for kind in ("text/html", "image/svg+xml"):
                parts.append("".join(data.get(kind, "")))
            if figure := data.get("application/vnd.plotly.v1+json"):
                held = html.escape(json.dumps(figure))
                parts.append(f'<div class="paper" data-figure="{held}"></div>')
    draw = (
        "for (const box of document.querySelectorAll('.paper')) {"
        " const one = JSON.parse(box.dataset.figure);"
        " Plotly.newPlot(box, one.data, one.layout, one.config); }"
    )
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><body><main>{"".join(parts)}</main>'
        f'<script src="../assets/{PLOTLY}"></script><script>{draw}</script>'
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*BASES, "classes"])
def test_what_a_notebook_shows_is_inert_when_it_is_trusted(
    browser: Browser, made: tuple[Path, set[tuple[str, str]]], name: str, lang: str
) -> None:
    found = sorted((made[0] / lang / name / "notebooks").glob("*.ipynb"))
    assert len(found) == 5
    for notebook in found:
        page = made[0] / lang / name / f"{notebook.stem}.html"
        page.write_text(_trusted(notebook), encoding="utf-8")
        assert look(browser, page) == [], notebook.stem


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_has_the_policy(made: tuple[Path, set[tuple[str, str]]], lang: str) -> None:
    pages = [*(made[0] / lang).glob("*/record.html"), made[0] / lang / "index.html"]
    assert len(pages) == len(BASES) + 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)[-1]
        found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', text)
        assert [html.unescape(one) for one in found] == [policy(script)]
