"""``mlpdm ask`` as people run it: what it says, how it ends, how to go on."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mlpdm_kit import cli
from tests.live.conftest import KEY, ROWS, Write
from tests.live.server import Say, Server, asked, error


@pytest.fixture
def call(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MLPDM_MODEL", raising=False)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli.app, ["ask", *map(str, arguments)])

    return run


def test_a_run_from_end_to_end(write: Write, server: Server, call: Any) -> None:
    server.think = lambda body, n: Say(content="yes" if "now" in asked(body) else "no")
    folder = write()
    result = call(folder)
    assert result.exit_code == 0, result.output
    host = server.url[7:-3]
    begun = f"llm: 24 questions to small-1 at {host} (24 rows, 0 attacks); 0 are answered already."
    assert result.stderr.splitlines()[0] == begun
    assert result.stderr.splitlines()[-1].startswith("llm: 24 of 24, $0.0")
    out = result.stdout.splitlines()
    assert out[0] == f"llm: 24 answered now, 0 before; all are in {folder}/llm.answers.jsonl."
    assert out[-1] == f"Then: mlpdm decide {folder}"
    again = call(folder)
    assert (again.exit_code, len(server.bodies)) == (0, ROWS)


def test_a_budget_that_ends_a_run_says_how_to_go_on(
    write: Write, server: Server, call: Any
) -> None:
    folder = write()
    result = call(folder, "--budget", "0.002 USD", "--repeats", "2", "--jobs", "2")
    assert result.exit_code == 1
    said = result.stdout
    done = len(server.bodies)
    assert f"{done} of 48 questions are done, {48 - done} are left." in said
    found = re.search(r"The rest would take about \$(\S+), and \$(\S+) at most\.", said)
    assert found is not None
    likely, most = map(float, found.groups())
    assert 0 < likely < most
    command = re.search(
        r"To go on: mlpdm ask (\S+) --repeats 2 --budget '(\S+) USD' --jobs 2", said
    )
    assert command is not None
    assert likely <= float(command[2]) <= most * 1.1
    more = call(folder, "--budget", f"{command[2]} USD", "--repeats", "2")
    assert (more.exit_code, len(server.bodies)) == (0, 48)  # it was enough


def test_a_trial_of_a_few_rows(write: Write, server: Server, call: Any) -> None:
    result = call(write({"attacks: none": "attacks: built-in"}), "--limit", "3")
    assert (result.exit_code, len(server.bodies)) == (0, 3)
    assert "That was a trial of the first rows. To ask the rest: mlpdm ask" in result.stdout


def test_failures_are_named_at_once_and_at_the_end(write: Write, server: Server, call: Any) -> None:
    server.think = lambda body, n: (
        error(400, f"bad {KEY}") if "件名2" in asked(body)[-3:] else Say()
    )
    result = call(write(), "--lang", "ja")
    assert result.exit_code == 1
    assert "llm：行 m2 の1回目は答えを得られませんでした。" in result.stderr
    assert "ステータス 400" in result.stdout
    assert "続けるには：mlpdm ask" in result.stdout
    assert KEY not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("arguments", "changes", "said"),
    [
        (["--budget", "5"], {}, "--budget has no unit: 5."),
        (["--budget", "5 EUR"], {}, "--budget is in EUR"),
        (["--budget", "many USD"], {}, "--budget"),
        (["--option", "words"], {}, "--option is words, which isn't asked anything."),
        (["--jobs", "0"], {}, "--jobs"),
        (["--repeats", "0"], {}, "--repeats"),
        ([], {"      model: small-1\n": ""}, "neither the case nor the environment names a model"),
        (["--budget", "5 USD"], {"    tokens: {input: 1..2 USD per 1M, output: 3..4 USD per 1M,"
                                 " as_of: 2026-10-01}\n": ""}, "has no prices per token"),
    ],
)  # fmt: skip
def test_a_wrong_call_asks_nothing(
    write: Write, server: Server, call: Any, arguments: list[str], changes: Any, said: str
) -> None:
    result = call(write(changes), *arguments)
    assert server.bodies == []
    assert said in (result.stderr or str(result.exception))
    assert result.exit_code != 0


def test_a_case_at_fault_is_not_asked(write: Write, server: Server, call: Any) -> None:
    result = call(write({"{body}": "{bodi}"}))
    assert (result.exit_code, server.bodies) == (1, [])
    assert "asks for the column bodi, which the data doesn't have" in result.stderr
    result = call(write({"urgent? {body}": "urgent? {body} {urgent}"}))
    assert (result.exit_code, server.bodies) == (1, [])


def test_what_is_neither_yes_nor_no_is_counted(write: Write, server: Server, call: Any) -> None:
    server.think = lambda body, n: Say(content="It depends." if n == 2 else "no")
    said = call(write()).stdout
    assert "1 said something that is no answer to the task, and count as unanswered" in said


def test_several_cases_or_none_are_refused(write: Write, call: Any, tmp_path: Path) -> None:
    result = call(tmp_path / "nowhere")
    assert result.exit_code != 0
    write()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "case.yaml").write_text("title: b\n")
    assert "must be one case" in str(call(tmp_path).exception)


def test_without_the_package_it_says_what_to_install(
    write: Write, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    assert 'pip install "mlpdm_kit[llm]"' in str(call(write()).exception)


def _started(folder: Path, environment: dict[str, str], **more: Any) -> subprocess.Popen[str]:
    known = {
        **environment,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PATH": "",
        "TERM": "xterm",
    }
    command = [sys.executable, "-m", "mlpdm_kit", "ask", str(folder), "--jobs", "2"]
    return subprocess.Popen(command, env=known, text=True, preexec_fn=_heed_ctrl_c, **more)


def _heed_ctrl_c() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_cleanly_and_says_how_to_go_on(
    write: Write, server: Server, environment: dict[str, str], call: Any
) -> None:
    server.think = lambda body, n: Say(slow=0.2)
    folder = write()
    process = _started(folder, environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(server.bodies) < 5:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "Stopping; calls under way get a few seconds to end." in err
    assert "Traceback" not in err
    file = folder / "llm.answers.jsonl"
    done = file.read_bytes().count(b"\n")
    assert done == len(server.bodies)  # what was under way, and is paid for, was waited for
    assert f"Stopped. {done} of 24 questions are done, {24 - done} are left." in out
    assert f"To go on: mlpdm ask {folder} --jobs 2" in out
    server.think = lambda body, n: Say()
    assert call(folder).exit_code == 0
    assert len(server.bodies) == ROWS


def test_ctrl_c_does_not_wait_for_a_slow_answer(
    write: Write, server: Server, environment: dict[str, str]
) -> None:
    server.think = lambda body, n: Say(slow=0.01 if n < 3 else 30)
    folder = write()
    process = _started(folder, environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(server.bodies) < 4:
        assert process.poll() is None
        time.sleep(0.01)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - begun < 4
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "To go on: mlpdm ask" in out + err


def test_on_a_terminal_there_is_a_bar(
    write: Write, server: Server, environment: dict[str, str]
) -> None:
    server.think = lambda body, n: error(400, "no") if n == 3 else Say(slow=0.05)
    main, side = pty.openpty()
    process = _started(write(), environment, stdout=subprocess.DEVNULL, stderr=side)
    os.close(side)
    shown = b""
    while True:
        try:
            block = os.read(main, 4096)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(main)
    assert process.wait(timeout=20) == 1
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "━" in text
    assert re.search(r"\d+/24", text)
    assert "counted as spent" in text
    assert "failed for good: the endpoint answered with status 400" in text
