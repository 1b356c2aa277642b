"""The benchmarks' pieces at tiny size, and the README's table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import readme
from tests.benchmarks import rows
from tests.benchmarks.__main__ import RECORDED, missed, table
from tests.benchmarks.rows import GOALS, Row, Size
from tests.benchmarks.tables import make_case, make_frame

TINY = Size(draws=1_024, rows=3_000, cut_rows=2_000, short_table=1_000, long_table=1_000,
            worlds=4, rounds=1)  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "names"),
    [
        (rows.decision, ["decision"]),
        (rows.partial_information, ["evppi"]),
        (rows.net_benefit, ["net-benefit"]),
        (rows.best_cut, ["best-cut"]),
        (rows.bootstrap, ["bootstrap"]),
        (rows.sobol, ["sobol-mean", "sobol-evpi"]),
        (rows.tables, ["short-table", "long-table", "memory"]),
    ],
)
@pytest.mark.filterwarnings("ignore")  # of the peers' own making
def test_a_row_at_tiny_size(measure, names):
    found = list(measure(TINY))
    assert [row.name for row in found] == names
    assert all(row.value > 0 for row in found)
    assert [row.faults for row in found] == [()] * len(found)


def test_each_goal_is_measured_by_one_row():
    text = Path(rows.__file__).read_text(encoding="utf-8")
    for name in GOALS:
        assert text.count(f'"{name}"') >= 2, name


def test_the_readme_holds_a_row_for_each_goal():
    """Written by the command: what, against and goal are those of the list, in its order."""
    lines = [
        line for line in readme.shown("benchmarks").splitlines() if re.match(r"\| [A-Z0-9]", line)
    ]
    assert RECORDED in lines
    heads = [line.split(" | ")[:3] for line in lines if line != RECORDED]
    assert heads == [[f"| {goal.what}", goal.against, goal.said] for goal in GOALS.values()]


def test_a_goal_missed_is_named():
    fast, slow = Row(name="evppi", value=7, detail=""), Row(name="evppi", value=5, detail="")
    apart = Row(name="memory", value=1, detail="", faults=("same numbers",))
    late = Row(name="decision", value=0.3, detail="")
    assert missed([fast]) == []
    assert [fault.split(":")[0] for fault in missed([slow, apart, late])] == [
        "evppi", "memory", "decision",
    ]  # fmt: skip
    assert missed([slow], share=0.5) == []


def test_a_table_lands_between_its_marks(tmp_path: Path):
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter", encoding="utf-8")
    text = table([Row(name="evppi", value=7, detail="1 ms against 7 ms")])
    readme.into_readme("a", text, page)
    assert readme.shown("a", page) == text
    assert page.read_text(encoding="utf-8") == (
        f"before\n<!-- a:begin -->\n{text}\n<!-- a:end -->\nafter")  # fmt: skip
    with pytest.raises(SystemExit):
        readme.into_readme("b", text, page)


def test_the_generated_table(tmp_path: Path):
    frame = make_frame(2_000)
    assert frame.shape == (2_000, 22)
    assert 0.05 < (frame["late"] == "yes").mean() < 0.2
    folder = make_case(tmp_path / "case", 100, suffix="parquet")
    assert sorted(path.name for path in folder.iterdir()) == ["case.yaml", "orders.parquet"]
