"""From a key to the picture: panels in a real JupyterLab, in Chromium.

`python -m tests.benchmarks.panels` measures and writes the README's table; `--check` fails where
the goal is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpdm_kit.case.template import new_case
from mlpdm_kit.view.page import open_page
from mlpdm_kit.view.panels.alive import FOLLOW
from mlpdm_kit.view.panels.desk import Nothing, own_values
from mlpdm_kit.view.step_page import Page
from tests.benchmarks.lab import MINUTE, lab, notebook, page_on
from tests.benchmarks.measure import ROOT
from tests.readme import README, into_readme

CASE = "churn"
GOAL_MS, COMPUTE_MS = 100.0, 20.0
KEYS = ("5", "Backspace")
ROUNDS, WARM = 30, 4
PAUSE = 0.15  # seconds between a picture and the next key
PANELS = {  # name, step, and what is typed in
    "threshold": ("cost_of_errors", "the threshold, and every outcome"),
    "reach": ("expected_value", "one input's range, what each option is worth, the verdict"),
    "whatif": ("expected_value", "the five inputs that matter most, all at once"),
}
WATCH = """panel => {
  const picture = panel.querySelector('.mlpdm-picture');
  window.shownAfter = null;
  let start = null;
  panel.addEventListener('keydown', () => { start = performance.now() }, true);
  new MutationObserver(() => {
    if (start === null) return;
    const from = start;
    start = null;
    requestAnimationFrame(() => { window.shownAfter = performance.now() - from });
  }).observe(picture, {childList: true, subtree: true, characterData: true});
}"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One panel: milliseconds from key to picture, and of computing within them."""

    name: str
    median: float
    p95: float
    compute: float
    keys: int


def measured() -> list[Row]:
    """All panels in one page."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        new_case(root / "case", CASE)
        pages = prepared(root)
        cells = ["from mlpdm_kit.view.page import open_page"]
        cells += [
            f'open_page("{step}", case="case", out="record", mode="workshop").panel("{name}")'
            for name, (step, _) in PANELS.items()
        ]
        notebook(root / "panels.ipynb", cells)
        with lab(root, ROOT) as address, page_on(address, "panels.ipynb") as page:
            page.locator(".mlpdm-panel .mlpdm-svg").nth(len(PANELS) - 1).wait_for(timeout=MINUTE)
            return [
                _row(page, place, name, compute(pages[PANELS[name][0]], name))
                for place, name in enumerate(PANELS)
            ]


def prepared(root: Path) -> dict[str, Page]:
    """What the steps leave, so that the page has only to open."""
    pages = {}
    for step in ("problem_framing", "baseline_comparison", "cost_of_errors", "expected_value"):
        page = open_page(
            step, case=str(root / "case"), out=str(root / "record"), show=lambda _: None
        )
        assert isinstance(page, Page)
        page.save()
        pages[step] = page
    return pages


def compute(page: Page, name: str, rounds: int = 9) -> float:
    """CPU milliseconds for one picture, by itself."""
    desk = page.desk(name)
    assert not isinstance(desk, Nothing)
    picked = desk.pick.first if desk.pick else ""
    values, found = own_values(desk.rows(picked)), []
    knob = list(values)[min(1, len(values) - 1)]
    for n in range(rounds + 1):
        start = time.process_time()
        desk.shown(picked, {**values, knob: values[knob] * (1.01 + n / 1000)}, whole=False).html(
            page.lang
        )
        found.append(1000 * (time.process_time() - start))
    return statistics.median(found[1:])


def _row(page: Any, place: int, name: str, computing: float) -> Row:
    panel = page.locator(".mlpdm-panel").nth(place)
    panel.scroll_into_view_if_needed()
    panel.evaluate(WATCH)
    fields = panel.locator("input[type=text]")
    field = fields.nth(min(1, fields.count() - 1))
    field.focus()
    page.keyboard.press("End")
    if "." not in field.input_value():  # what is typed are further figures of the same number
        _key(page, ".")
        _key(page, "5")
    taken = [_key(page, key) for _ in range(ROUNDS + WARM) for key in KEYS][WARM * len(KEYS) :]
    return Row(
        name=name,
        median=statistics.median(taken),
        p95=statistics.quantiles(taken, n=20)[-1],
        compute=computing,
        keys=len(taken),
    )


def _key(page: Any, key: str) -> float:
    page.evaluate("() => { window.shownAfter = null }")
    page.keyboard.press(key)
    page.wait_for_function("() => window.shownAfter !== null", polling=10, timeout=MINUTE)
    found = float(page.evaluate("() => window.shownAfter"))
    time.sleep(PAUSE)
    return found


def table(rows: Sequence[Row]) -> str:
    """The README's table."""
    lines = [
        f"From key to picture in JupyterLab, in Chromium on a warm page, with the case `{CASE}`;"
        " measured by `python -m tests.benchmarks.panels`. The words and the table under a picture"
        f" follow it {FOLLOW:g} s later.",
        "",
        "| what moves | goal for 95 of 100 keys | median | 95 of 100 | of it computing |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {PANELS[row.name][1]} | below {GOAL_MS:.0f} ms | {row.median:.0f} ms |"
        f" {row.p95:.0f} ms | {row.compute:.0f} ms |"
        for row in rows
    ]
    return "\n".join(lines)


def missed(rows: Sequence[Row]) -> list[str]:
    """Panels that are slower than the goals, each in a sentence."""
    found = [f"{row.name}: {row.p95:.0f} ms, the goal is {GOAL_MS:.0f} ms"
             for row in rows if row.p95 >= GOAL_MS]  # fmt: skip
    return found + [
        f"{row.name}: {row.compute:.0f} ms of computing, the goal is {COMPUTE_MS:.0f} ms"
        for row in rows
        if row.compute >= COMPUTE_MS
    ]


def main(arguments: Sequence[str] | None = None, readme: Path = README) -> int:
    """Exit status: 1 where `--check` finds a goal missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.panels", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    asked = parser.parse_args(arguments)
    rows = measured()
    for row in rows:
        print(f"{row.name:10} median {row.median:4.0f} ms, 95 of 100 {row.p95:4.0f} ms,"
              f" computing {row.compute:3.0f} ms, {row.keys} keys")  # fmt: skip
    into_readme("panels", table(rows), readme)
    faults = missed(rows)
    for fault in faults:
        print(f"missed: {fault}", file=sys.stderr)
    return 1 if asked.check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
