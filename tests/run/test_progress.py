"""What a batch says while it runs: names, reasons, pace; and how it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpdm_kit.errors import Fault
from mlpdm_kit.run.progress import MOST_REASONS, Pace, watching
from mlpdm_kit.run.result import CaseResult, Failure, Progress
from mlpdm_kit.text import LANGUAGES, Text


def done(name: str, *faults: Fault, state: str = "done", reason: str = "") -> Progress:
    failure = (
        Failure(notebook="02_baseline_comparison", cell="c", reason=reason) if reason else None
    )
    result = CaseResult(id=name, case=Path(name), state=state, faults=faults, failure=failure)  # type: ignore[arg-type]
    return Progress(case=name, result=result)


def test_lines_name_each_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(3) as report:
        report(Progress(case="a", notebook="01_problem_framing"))
        report(done("a"))
        report(done("b", state="failed", reason="it died"))
        report(done("c", state="kept"))
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["[1/3] a: done", "[2/3] b: failed",
                     "  02_baseline_comparison, c: it died", "[3/3] c: kept as it was"]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hundred_faults_do_not_bury_the_rest(
    capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    faults = [Fault(code="share-range", field=f"f{n}", value="3") for n in range(100)]
    with watching(1, lang) as report:
        report(done("a", *faults, state="failed"))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 + MOST_REASONS + 1
    assert "95" in lines[-1]


def test_what_is_kept_takes_no_time() -> None:
    now = [0.0]
    pace = Pace(100, clock=lambda: now[0])
    for _ in range(50):
        pace.took("kept")
    assert pace.said(Text("en")) == ""
    for second in range(1, 11):
        now[0] = second * 6.0
        pace.took("done")
    assert pace.per_minute() == pytest.approx(10)
    assert pace.left == pytest.approx(4)
    assert pace.said(Text("en")) == "10 cases a minute, about 4 min left"
    for _ in range(40):
        pace.took("done")
    assert pace.said(Text("en")) == ""


def test_the_log_says_the_pace_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    with watching(100, clock=lambda: now[0]) as report:
        for n in range(30):
            now[0] += 1.0
            report(done(f"c{n}"))
    said = [line for line in capsys.readouterr().err.splitlines() if "left" in line]
    assert said == ["60 cases a minute, about 1 min left"] * 2
