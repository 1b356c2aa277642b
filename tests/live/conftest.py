"""A case that asks a model, and a server to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from mlpdm_kit.live.asking import Asking
from mlpdm_kit.live.calls import Limits
from tests.live.server import Server, serving

KEY = "sk-test-0123456789abcdefXYZ"
MAILS = """\
title: Flag urgent mails?
unit: mail
framing: {user: an agent, problem: late, decision: what is first, status_quo: in order}
volume: 900..1400 per month
prevalence: 20%..40%
data: {file: mails.csv, target: urgent, id: mail, leave_out: [closed]}
outcomes:
  false_positive: {cost: 2..6 USD per mail}
  false_negative: {cost: 40..150 USD per mail}
options:
  words: {kind: rule, when: "contains(body, 'now')"}
  llm:
    kind: llm
    build: 1k..2k USD
    tokens: {input: 1..2 USD per 1M, output: 3..4 USD per 1M, as_of: 2026-10-01}
    ask:
      system: 'You sort mails. Reply as {{"answer": "yes"}}'
      prompt: "Is this mail urgent? {body}"
      model: small-1
      max_tokens: 10
      attacks: none
horizon: 24 months
"""
ROWS = 24
QUICK = Limits(timeout=5, tries=4, first_wait=0.01, longest_wait=0.05, patience=2, grace=1)


def mails(rows: int = ROWS) -> str:
    """Labelled mails, a third of them urgent; some hold braces."""
    lines = ["mail,body,closed,urgent"]
    for row in range(rows):
        urgent = row % 3 == 0
        body = f"Please help {'now' if urgent else 'some day'} {{total}} 件名{row}"
        lines.append(f"m{row},{body},2026-01-01,{'yes' if urgent else 'no'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on 127.0.0.1."""
    with serving() as found:
        yield found


@pytest.fixture
def environment(server: Server) -> dict[str, str]:
    """Where it is."""
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url}


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the case, changed at will: texts to replace, and files beside it."""

    def make(
        changes: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
    ) -> Path:
        text = MAILS
        for old, new in (changes or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        folder = tmp_path / "urgent-mails"
        folder.mkdir(exist_ok=True)
        for name, content in {"case.yaml": text, "mails.csv": mails(), **(files or {})}.items():
            (folder / name).write_text(content, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def quick() -> Asking:
    """Ask with little patience."""
    return Asking(jobs=3, limits=QUICK)
