from __future__ import annotations

from tests.cases.by_hand import record


def test_agent_moods_stops_at_the_gate():
    found = record("agent-moods")
    assert found.verdict.outcome == "stop"
    assert [r.figures["check"] for r in found.verdict.reasons] == ["forbidden"]
    assert found.options == ()
    assert [(s.code, s.figures["check"]) for s in found.reopen_when if s.code != "date"] == [
        ("gate-passes", "forbidden")
    ]
