from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mlpdm_kit import cli
from mlpdm_kit.case.template import new_case
from mlpdm_kit.run import batch

HEAVY = {"pandas", "numpy", "scipy", "sklearn", "skrub", "plotly", "papermill", "nbclient",
         "nbformat", "IPython", "duckdb", "matplotlib"}  # fmt: skip

CASE = """\
title: Read moods from faces?
framing: {user: Agent, problem: Bad days, decision: Who gets a break, status_quo: They ask}
checks:
  forbidden: {answer: yes, evidence: quoted, source: policy 7}
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as people run it, in a process of its own."""
    command = [sys.executable, "-m", "mlpdm_kit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def call(*arguments: str | Path) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli.app, list(map(str, arguments)))


def write_case(folder: Path, more: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(CASE + more, encoding="utf-8")
    return folder


def test_help_names_the_commands() -> None:
    result = run("--help")
    assert result.returncode == 0
    for name in ("new", "check", "ask", "decide", "import", "schema", "--version"):
        assert re.search(rf"{name}\s", result.stdout), name
    assert run("--version").stdout.strip()


def test_help_and_check_import_nothing_heavy(tmp_path: Path) -> None:
    new_case(tmp_path / "a")
    for arguments in (["--help"], ["check", str(tmp_path / "a")], ["schema"]):
        source = (
            "import sys; sys.argv = ['mlpdm', *sys.argv[1:]]\n"
            "from mlpdm_kit.cli import app\n"
            "app(standalone_mode=False)\n"
            "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
        )
        command = [sys.executable, "-c", source, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        assert HEAVY & set(result.stderr.split()) == set(), arguments


def test_new_then_check(tmp_path: Path) -> None:
    result = run("new", tmp_path / "mails")
    assert result.returncode == 0
    assert f"mlpdm check {tmp_path / 'mails'}" in result.stdout
    result = run("check", tmp_path / "mails")
    sound, unready, example = result.stdout.splitlines()
    assert (result.returncode, sound) == (0, "1 case checked, no faults.")
    # the example is sound, and nobody should take its verdict for the last word
    assert unready.endswith("other questions are open, nobody decides, no review date.")
    assert "still as in the example that a new case begins with: title," in example


def test_check_prints_every_fault_with_its_place(tmp_path: Path) -> None:
    write_case(tmp_path / "a", "volume: 8 per moon\nprevalence: 3\n")
    write_case(tmp_path / "b")
    result = run("check", tmp_path)
    file = tmp_path / "a" / "case.yaml"
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert [line.partition(": ")[0] for line in lines[:2]] == [f"{file}:5", f"{file}:6"]
    assert "For a percentage write the sign" in lines[1]
    assert lines[2] == "2 faults in 1 of 2 cases."
    assert lines[3].startswith(f"{tmp_path / 'b'}: it will decide, but ")
    assert len(lines) == 4


def test_check_for_machines(tmp_path: Path) -> None:
    write_case(tmp_path / "a", "volume: 8 per moon\nprevalence: 3\n")
    result = run("check", tmp_path, "--json")
    said = json.loads(result.stdout)
    assert (result.returncode, said["faults"], said["faulty_cases"]) == (1, 2, 1)
    fault = said["cases"][0]["faults"][1]
    assert (fault["field"], fault["line"], fault["rule"]) == ("prevalence", 6, "share-range")
    assert fault["message"]
    assert fault["remedy"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere"],
        ["check"],
        ["check", ".", "--colour"],
        ["dance"],
        ["decide", "nowhere", "--out", "o"],
        ["decide", "CASE", "--out", "o", "--set", "volume"],
        ["decide", "CASE", "--out", "o", "--draws", "1000"],
        ["decide", "CASE", "--out", "o", "--draws", "0"],
        ["decide", "CASE", "--out", "o", "--jobs", "0"],
        ["decide", "CASE", "--out", "o", "--date", "1.2.2027"],
        ["decide", "CASE", "--out", "o", "--lang", "fr"],
        ["decide", "CASE", "--out", "CASE/case.yaml"],
        ["new", "CASE"],
        ["new", "x", "--like", "no-such-case"],
        ["schema", "--out", "CASE"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    write_case(tmp_path / "CASE")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(cli.__file__).parents[2]))
    result = run(*arguments)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "o" / "index.html").exists()


def test_schema_to_a_file_and_to_the_screen(tmp_path: Path) -> None:
    shown = run("schema")
    run("schema", "--out", tmp_path / "case.schema.json")
    written = (tmp_path / "case.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == json.loads(shown.stdout)


def test_a_copy_is_told_to_be_one(tmp_path: Path) -> None:
    made = call("new", tmp_path / "mine", "--like", "churn")
    assert made.exit_code == 0
    assert "is the example’s, not yours" in made.output
    assert re.search(r"the example’s too: \S+\.csv", made.output)
    checked = call("check", tmp_path / "mine")
    assert checked.exit_code == 0
    assert "still as in the example churn: title, " in checked.output
    found = json.loads(call("check", "--json", tmp_path / "mine").output)["cases"]
    assert "framing.user" in found[0]["as_in_example"]


class Results:
    """What `decide_all` was asked, and what it is to answer."""

    def __init__(self, out: Path, *states: str) -> None:
        self.out, self.states = out, states
        self.asked: dict[str, Any] = {}

    def decide_all(self, cases: list[Path], **asked: Any) -> list[batch.CaseResult]:
        self.asked = {"cases": cases, **asked}
        found = [self._result(case, state) for case, state in
                 zip(cases, self.states, strict=True)]  # fmt: skip
        for result in found:
            asked["report"](batch.Progress(case=result.id, notebook="01_problem_framing"))
            asked["report"](batch.Progress(case=result.id, result=result))
        return found

    def _result(self, case: Path, state: Any) -> batch.CaseResult:
        done, failed = state == "done", state == "failed"
        return batch.CaseResult(
            id=case.name,
            case=case,
            state=state,
            folder=self.out / case.name if done or failed else None,
            outcome="stop" if done else "",
            verdict="Stop. Do not use ML here." if done else "",
            failure=batch.Failure(notebook="02", cell="c", reason="no [memory]")
            if failed
            else None,
        )


@pytest.fixture
def deciding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(*states: str) -> Results:
        results = Results(tmp_path / "records", *states)
        for n in range(len(states)):
            write_case(tmp_path / "cases" / f"case-{n}")
        monkeypatch.setattr(batch, "decide_all", results.decide_all)
        return results

    return use


def test_decide_passes_its_options_on(tmp_path: Path, deciding: Any) -> None:
    results = deciding("done")
    out = tmp_path / "records"
    result = call(
        "decide", tmp_path / "cases", "--out", out, "--jobs", "3", "--seed", "7", "--draws", "1024",
        "--date", "2027-01-31", "--lang", "en", "--set", "options.model.build=3M JPY",
        "--set", "title=a=b",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    settings = results.asked["settings"]
    assert (results.asked["out"], results.asked["jobs"]) == (str(out), 3)
    assert (settings.seed, settings.draws, settings.lang) == (7, 1024, "en")
    assert settings.parameters(Path("x"))["day"] == "2027-01-31"
    assert settings.overrides == {"options.model.build": "3M JPY", "title": "a=b"}


def test_decide_says_what_became_of_each_case(tmp_path: Path, deciding: Any) -> None:
    deciding("done", "failed", "done")
    out = tmp_path / "records"
    result = call("decide", tmp_path / "cases", "--out", out)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"case-0  Stop. Do not use ML here.  {out}/case-0/record.html",
        f"case-1  Failed: 02, c: no [memory]  {out}/case-1",
        f"case-2  Stop. Do not use ML here.  {out}/case-2/record.html",
        "1 of 3 cases failed; the reasons stand above and in the index.",
        f"Now open {out}/index.html in a browser.",
    ]
    assert result.stderr.splitlines() == [
        "[1/3] case-0: done",
        "[2/3] case-1: failed",
        "  02, c: no [memory]",
        "[3/3] case-2: done",
    ]


def test_decide_for_machines(tmp_path: Path, deciding: Any) -> None:
    deciding("done", "failed")
    out = tmp_path / "records"
    result = call("decide", tmp_path / "cases", "--out", out, "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["done"], said["failed"], said["stopped"]) == (1, 1, 1, 0)
    assert said["index"] == str(out / "index.html")
    assert said["cases"][0]["outcome"] == "stop"
    assert said["cases"][1]["failure"] == {"notebook": "02", "cell": "c", "reason": "no [memory]"}


def test_a_run_that_was_stopped_says_how_to_go_on(tmp_path: Path, deciding: Any) -> None:
    deciding("done", "stopped", "stopped")
    options = ["--seed", "7", "--date", "2027-01-31", "--set", "title=New question?"]
    result = call("decide", tmp_path / "cases", "--out", tmp_path / "records", *options)
    assert result.exit_code == 130
    assert "1 of 3 cases are done" in result.stderr
    again = f"{tmp_path / 'cases'} --out {tmp_path / 'records'}"
    given = "--set 'title=New question?' --seed 7"
    assert f"mlpdm decide {again} {given} --date 2027-01-31 --resume\n" in result.stderr
    assert "case-1" not in result.stdout


def test_on_a_terminal_there_are_bars_and_a_table(tmp_path: Path) -> None:
    source = (
        "import sys, pathlib, time; from mlpdm_kit.run import batch\n"
        "from mlpdm_kit.run.progress import watching\n"
        "from mlpdm_kit.run.notebooks import NOTEBOOKS\n"
        "from mlpdm_kit.cli.deciding import _print_results\n"
        "failure = batch.Failure(notebook='02', cell='c', reason='no [red]memory')\n"
        "result = batch.CaseResult(id='a', case=pathlib.Path('a'), state='failed',"
        " failure=failure)\n"
        "with watching(1) as report:\n"
        "    for name in NOTEBOOKS: report(batch.Progress(case='a', notebook=name))\n"
        "    time.sleep(0.5)\n"
        "    report(batch.Progress(case='a', result=result))\n"
        "_print_results([result], pathlib.Path('records'), batch.Settings())\n"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-c", source], stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how a terminal says that the other end is gone
            pass
    os.close(ours)
    assert process.returncode == 0, shown.decode()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "05_decision_record" in plain
    assert "a failed: 02, c: no [red]memory" in plain
    assert re.search(r"Case +Verdict +Record", plain)
    assert "Now open records/index.html in a browser." in plain


def test_decide_refuses_the_mode_of_workshops(tmp_path: Path) -> None:
    result = call("decide", write_case(tmp_path / "a"), "--mode", "workshop")
    assert result.exit_code == 2
    assert "workshop" in result.output


def test_agenda_writes_the_page_and_the_clock(tmp_path: Path) -> None:
    result = call("agenda", "--start", "9:30", "--minutes", "90", "--out", tmp_path / "a.html")
    assert result.exit_code == 0
    assert "9:30" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert (tmp_path / "clock.html").is_file()
    wrong = run("agenda", "--start", "noon", "--out", str(tmp_path / "a.html"))
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_a_workshop_on_a_case_that_is_not_there_says_so_in_one_line() -> None:
    result = run("workshop", "no-such-case", "--lang", "ja")
    assert result.returncode == 2
    assert "no-such-case" in result.stderr
    assert result.stderr.count("\n") == 1
