"""Rules and formulas that reach, grow or spin: refused, in bounded time, and nothing is touched."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpdm_kit.case.expressions import FUNCTIONS
from mlpdm_kit.case.formula import evaluate, formula_faults
from mlpdm_kit.case.load import check_case
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import InputError
from mlpdm_kit.shipped import import_root

SECONDS = 10.0
# {secret} is a file outside, {new} one that must never be there
REACHING = [
    "EXISTS (SELECT 1 FROM '{secret}')",
    "amount IN (SELECT content FROM read_text('{secret}'))",
    "(SELECT count(*) FROM read_blob('{secret}')) > 0",
    "(SELECT count(*) FROM glob('/etc/*')) > 0",
    "(FROM '{secret}') IS NULL",
    "(TABLE data) IS NULL",
    "(VALUES (1)) = 1",
    "(WITH a AS (SELECT 1) SELECT * FROM a) = 1",
    "read_text('{secret}') = ''",
    "1) AS value FROM data; COPY data TO '{new}'; SELECT (1",
    "1) AS value FROM data; ATTACH '{new}' AS a; SELECT (1",
    "1) AS value FROM data; INSTALL httpfs; LOAD httpfs; SELECT (1",
    "1) AS value FROM data; SET enable_external_access = true; SELECT (1",
    "1) AS value FROM data; PRAGMA enable_profiling; SELECT (1",
    "1) AS value FROM data; EXPORT DATABASE '{new}'; SELECT (1",
    "1) AS value FROM data; CREATE TABLE data2 AS FROM data; SELECT (1",
    "1) AS value FROM read_csv('{secret}') WHERE (true",
    "1) AS value INTO x FROM data WHERE (true",
    "getenv('HOME') <> ''",
    "current_setting('memory_limit') <> ''",
    "write_blob('{new}', 'x') = 1",
    "query_table('data') IS NULL",
    "query('COPY data TO ''{new}''') IS NULL",
    "pragma_version() IS NULL",
    "shell('id') = ''",
    "url_encode('x') = 'x'",
    "getvariable('x') IS NULL",
    "setseed(0.5) IS NULL",
]
SPINNING = {
    "with": "WITH a AS (" * 12,
    "with-whole": "(" + "WITH a AS (" * 40 + "SELECT 1" + ")" * 40 + " SELECT 1) = 1",
    "with-comment": "/* quiet */ wItH/**/a AS MATERIALIZED (" * 12,
    "brackets": "(" * 4_990,
    "brackets-closed": "(" * 2_400 + "1" + ")" * 2_400,
    "lists": "[" * 4_990,
    "recursive": "(WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t)"
                 " SELECT max(n) FROM t) > 1",
    "range": "len(range(1000000000000)) > 1",
    "generate": "(SELECT count(*) FROM range(1000000000000)) > 1",
    "product": "(SELECT count(*) FROM data a, data b, data c, data d, data e) > 1",
    "repeat": "len(repeat('x', 1000000000)) > 1",
    "pad": "len(rpad('x', 1000000000, 'y')) > 1",
    "printf": "len(printf('%1000000000d', 1)) > 1",
    "format": "len(format('{:1000000000}', 1)) > 1",
    "list": "len(list_resize([1], 1000000000)) > 1",
    "regex": "regexp_matches(office, '((a+)+)+$')",
    "regex-counted": "regexp_matches(office, '((((a{30}){30}){30}){30})')",
    "like": "office LIKE '%a%a%a%a%a%a%b'",
    "not": "NOT " * 1_200 + "true",
    "or": "amount > 1" + " OR amount > 1" * 300,
    "case": "CASE WHEN amount > 1 THEN " * 150 + "1" + " END" * 150,
    "power": "2 ** 2 ** 2 ** 2 ** 2 ** 2 ** 2 ** 2 > 1",
    "digits": "amount > " + "9" * 4_900,
    "exponent": "amount > 1e" + "9" * 4_900,
    "sleep": "sleep_ms(100000) IS NULL",
}  # fmt: skip
CHEAP = {"regex", "or", "exponent", "digits", "power"}  # dear to others, cheap here: it may be run


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """Rows of long texts, for whatever tries to be slow on them."""
    text = "amount,office\n" + "".join(f"{row},{'a' * 200}\n" for row in range(2_000))
    (tmp_path / "t.csv").write_text(text)
    with Table(tmp_path, "t.csv", seconds=5.0) as found:
        yield found


def refused(call: Callable[[], Any]) -> bool:
    """Whether a call ends in an error of input, and soon."""
    begun = time.monotonic()
    said: list[str] = []
    try:
        call()
    except InputError as error:
        said = error.sentences("ja")
    assert time.monotonic() - begun < SECONDS
    return bool(said)


def everywhere(rule: str, table: Table) -> list[bool]:
    """Whether each place where a rule may stand refuses it."""
    amounts = {"amount": np.arange(1.0, 2_000.0)}
    return [
        refused(lambda: table.values(rule, "options.rule.when", gives="truth")),
        refused(lambda: table.values(rule, "options.rule.predict")),
        refused(lambda: evaluate(rule, amounts, "options.rule.value")),
    ]


@pytest.mark.parametrize("rule", REACHING)
def test_a_rule_reaches_nothing(table: Table, tmp_path: Path, rule: str) -> None:
    secret, new = tmp_path.parent / f"{tmp_path.name}-secret.csv", tmp_path / "new.csv"
    secret.write_text("secret\n1\n")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    rule = rule.replace("{secret}", str(secret)).replace("{new}", str(new))
    assert all(everywhere(rule, table))
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert len(table) == 2_000


@pytest.mark.parametrize("name", SPINNING)
def test_a_rule_does_not_spin(table: Table, name: str) -> None:
    found = everywhere(SPINNING[name], table)
    assert all(found) or name in CHEAP


def test_a_rule_cannot_take_all_memory() -> None:
    """In a process of its own: what went wrong here once ended it, with 4 GB taken."""
    resource = pytest.importorskip("resource")
    code = (
        "import resource, sys\n"
        "from mlpdm_kit.case.formula import formula_faults\n"
        "for rule in sys.argv[1:]:\n"
        "    print(*(fault.code for fault in formula_faults(rule, ['a'], '')))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    rules = ["WITH a AS (" * 200, "a > 1 OR " + "with a as (" * 200, "(" * 4_999]
    ran = subprocess.run(
        [sys.executable, "-c", code, *rules], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(import_root() or "")}, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
    )  # fmt: skip
    *codes, most = ran.stdout.splitlines()
    assert codes == ["rule-unsafe", "rule-unsafe", "rule-deep"]
    assert int(most) < 1_000_000


@pytest.mark.parametrize(
    "rule",
    [
        "office = 'with'", "office IN ('with a', 'WITH b AS (', 'with', 'with', 'with')",
        "amount > 1 -- with a (comment (((", "((((((((((amount))))))))))  > 1",
        "office <> '" + "(" * 1_000 + "'",
    ],
)  # fmt: skip
def test_words_and_brackets_in_a_text_are_only_text(table: Table, rule: str) -> None:
    assert len(table.values(rule, gives="truth")) == 2_000


PARTS = st.sampled_from(
    [f"{name}(" for name in sorted(FUNCTIONS) if name.isidentifier()]
    + ["amount", "office", "'x'", "''", "'%'", "0", "1", "-1", "1e308", "1e-308", "99999999999",
       "NULL", "true", "(", ")", ")", ")", ",", ",", "+", "-", "*", "/", "%", "//", "**", "=", "<",
       "AND", "OR", "NOT", "IS NULL", "CASE WHEN", "THEN", "ELSE", "END", "BETWEEN", "IN (",
       "::DATE", "::TIMESTAMP", "::INTERVAL", "::HUGEINT", "::DECIMAL(38,10)", "::VARCHAR",
       "::BOOLEAN", "::TINYINT", "DATE '9999-12-31'", "TIMESTAMP '294247-01-10 04:00:54'",
       "DATE '-5877641-06-25'", "INTERVAL '999999 years'", "DATE 'infinity'", "'nan'::DOUBLE",
       "'inf'::DOUBLE", "WITH", "SELECT", "FROM data", "@", "~", "[1]", ".", "->", "?"]
)  # fmt: skip
ANY_RULE = st.lists(PARTS, min_size=1, max_size=8).map(
    lambda parts: (rule := " ".join(parts)) + ")" * (rule.count("(") - rule.count(")"))
)


def any_rule(table: Table, rule: str) -> None:
    amounts = {"amount": np.array([0.0, -1.0, 1e300, 2.5])}
    for call in (
        lambda: table.values(rule, "options.rule.when", gives="truth"),
        lambda: table.values(rule, "options.rule.predict"),
        lambda: evaluate(rule, amounts, "options.rule.value"),
    ):
        assert refused(call) in (True, False)
    assert all(fault.sentence() for fault in formula_faults(rule, ["amount"], "value"))


RULES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@RULES
@given(rule=ANY_RULE)
def test_any_rule(table: Table, rule: str) -> None:
    any_rule(table, rule)


@pytest.mark.slow
@settings(RULES, max_examples=3_000)
@given(rule=ANY_RULE)
def test_many_rules(table: Table, rule: str) -> None:
    any_rule(table, rule)


def test_a_case_with_a_hostile_rule_names_its_line(make_case: Any) -> None:
    """Where it stood before: ``mlpdm check`` was ended by the system, with every other case."""
    bomb = {"kind": "rule", "when": "WITH a AS (" * 12}
    rows = "id,x,y\n" + "".join(f"{row},{row % 7},{row % 2}\n" for row in range(60))
    folder = make_case(files={"d.csv": rows}, data={"file": "d.csv", "target": "y"},
                       prevalence=None, options={"rule": bomb})  # fmt: skip
    assert ("rule-unsafe", "options.rule.when") in {
        (fault.code, fault.field) for fault in check_case(folder)
    }
