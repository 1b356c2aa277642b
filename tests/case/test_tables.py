"""Data files and rules: what is read, and that nothing else can be reached."""

from __future__ import annotations

import codecs
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, InputError

SMALL = "amount,office,flag,day\n5,Osaka,yes,2026-01-02\n70,東京,no,2026-01-03\n,Osaka,yes,\n"


@pytest.fixture
def table(tmp_path: Path) -> Any:
    (tmp_path / "t.csv").write_text(SMALL, encoding="utf-8")
    with Table(tmp_path, "t.csv") as found:
        yield found


def refused(call: Callable[[], Any]) -> Fault:
    with pytest.raises(InputError) as caught:
        call()
    fault = caught.value.faults[0]
    assert fault.sentence()
    return fault


def opened(folder: Path, name: str, content: str | bytes) -> Table:
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(raw)
    return Table(folder, name)


# files


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/passwd", "inner/../../secret.csv", "link.csv", "way/secret.csv"]
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    folder = tmp_path / "case"
    (folder / "inner").mkdir(parents=True)
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "way").symlink_to(tmp_path)
    assert refused(lambda: Table(folder, name)).code == "file-outside"


@pytest.mark.parametrize("name", ["none.csv", "", ".", "x" * 5000 + ".csv", "loop.csv"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "here.csv").write_text("a\n1\n")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    fault = refused(lambda: Table(tmp_path, name))
    missing = ("data-missing", "file-outside")
    if name in ("", "."):
        assert fault.code == "file-folder"
    else:
        assert fault.code in missing
        assert "here.csv" in fault.remedy()


def test_a_pattern_in_a_name_is_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "[team] x=1 *?"
    folder.mkdir()
    (folder / "other.csv").write_text("b\n1\n2\n3\n")
    with opened(folder, "*.csv", "a\n1\n") as found:
        assert (found.columns, len(found)) == (["a"], 1)


def test_japanese_headers_and_text(tmp_path: Path) -> None:
    with opened(tmp_path, "請求.csv", "\ufeff金額,店舗 名\n100,東京\n200,大阪\n") as found:
        assert found.columns == ["金額", "店舗 名"]
        assert found.values("金額 > 150 AND \"店舗 名\" = '大阪'").tolist() == [False, True]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_read_off_the_header(tmp_path: Path, sign: str) -> None:
    header = ['"a ""q"""', '"b;c"', "' d '", '"e,f|\t"']
    text = sign.join(header) + "\n" + sign.join(["1", "2", "3", "x"]) + "\n"
    with opened(tmp_path, "t.csv", text) as found:
        assert found.columns == ['a "q"', "b;c", "' d '", "e,f|\t"]
        assert found.values('"a ""q""" + "b;c"').tolist() == [3]
        assert found.column("b;c", "data.target").tolist() == [2]


def test_types_are_read_off_the_whole_column(tmp_path: Path) -> None:
    text = "n,x,b,d,t,s,id,u\n" + "".join(
        f"{i},{i}.5,{'TRUE' if i % 2 else 'false'},2026-1-{1 + i % 28},2026/01/02 10:0{i % 10},"
        f"{'a' if i == 2999 else i},00{i % 10},1/2/2026\n"
        for i in range(3000)
    )
    with opened(tmp_path, "t.csv", text) as found:
        assert found.types == {
            "n": "BIGINT", "x": "DOUBLE", "b": "BOOLEAN", "d": "TIMESTAMP", "t": "TIMESTAMP",
            "s": "VARCHAR", "id": "VARCHAR", "u": "VARCHAR",
        }  # fmt: skip
        assert found.column("n", "x").tolist() == list(range(3000))


def test_a_time_with_a_zone_is_put_in_order(tmp_path: Path) -> None:
    text = "t\n2026-01-02 10:00:00+09:00\n2026-01-02T02:00:00Z\n2026-01-02 03:00\n"
    with opened(tmp_path, "t.csv", text) as found:
        hours = [str(value)[11:16] for value in found.column("t", "data.time")]
    assert hours == ["01:00", "02:00", "03:00"]


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    with opened(
        tmp_path, "t.csv", "_row,value,rowid,data,select\n1,2,3,4,5\n6,7,8,9,10\n"
    ) as found:
        assert found.columns == ["_row", "value", "rowid", "data", "select"]
        assert found.values('_row + value + rowid + data + "select"').tolist() == [15, 40]
        assert list(found.frame().columns) == found.columns


@pytest.mark.parametrize("name", ["_row", "rowid", "filename", "column0", "current_date"])
def test_there_are_no_hidden_columns(table: Table, name: str) -> None:
    assert refused(lambda: table.values(f"{name} IS NULL")).code == "column-missing"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        pytest.param(b"", "data-empty", None, id="empty"),
        pytest.param(b" \n\n", "data-empty", None, id="blank"),
        pytest.param(b"a,b\n", "data-empty", None, id="header"),
        pytest.param(b"a,b", "data-empty", None, id="header-unended"),
        pytest.param(codecs.BOM_UTF8, "data-empty", None, id="mark"),
        pytest.param("金額,店\n1,東\n".encode("cp932"), "data-shift-jis", 1, id="cp932"),
        pytest.param("a,b\n1,x\n2,東京\n".encode("cp932"), "data-shift-jis", 3, id="cp932-row"),
        pytest.param(
            ("a,b\n" + "1,x\n" * 400_000 + "2,東京\n").encode("cp932"), "data-encoding", 400_002,
            id="cp932-far-down",
        ),
        pytest.param("a,b\n1,caf\u00e9\n".encode("latin-1"), "data-encoding", 2, id="latin"),
        pytest.param("a,b\n1,2\n".encode("utf-16"), "data-encoding", None, id="utf-16"),
        pytest.param(b"a,b\n1,\x00\n", "data-binary", None, id="zero"),
        pytest.param(b"PK\x03\x04abcdef", "data-binary", None, id="office"),
        pytest.param(b"a,b,c\n1,2,3\n1,2,3,4\n1,2\n", "data-ragged", 3, id="long"),
        pytest.param(b"a,b,c,d\n1,2,3\n", "data-ragged", 2, id="short"),
        pytest.param(b"My report\n\na,b,c\n1,2,3\n", "data-ragged", 3, id="title-line"),
        pytest.param(b"a,b\n" + b"1,2\n" * 30_000 + b"1,2,3\n", "data-ragged", 30_002, id="far"),
        pytest.param(b'a,b\n1,"x\n2,3\n', "data-quote", 2, id="unclosed"),
        pytest.param(b'a,b\n1,"x" y\n2,3\n', "data-quote", 2, id="quote-inside"),
        pytest.param(b"a,b\n1," + b"x" * 3_000_000 + b"\n", "data-line-long", 2, id="huge-line"),
        pytest.param(b"a,b,A\n1,2,3\n", "data-column-twice", 1, id="twice"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table(
    tmp_path: Path, content: bytes, code: str, line: int | None
) -> None:
    fault = refused(lambda: opened(tmp_path, "t.csv", content))
    assert (fault.code, fault.line, fault.field) == (code, line, "data.file")
    if line is not None:
        assert fault.place() == f"{tmp_path.resolve() / 't.csv'}:{line}"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.parquet", b"PAR1 but not really PAR1", "data-unreadable"),
        ("t.parquet", b"", "data-unreadable"),
        ("t.xlsx", b"PK\x03\x04", "data-format"),
        ("t.csv.gz", b"\x1f\x8b", "data-format"),
        ("t", b"a\n1\n", "data-format"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert refused(lambda: opened(tmp_path, name, content)).code == code


def test_parquet(tmp_path: Path) -> None:
    import duckdb

    con = duckdb.connect()
    con.execute("SET TimeZone = 'Asia/Tokyo'")
    con.execute(
        "COPY (SELECT i AS n, i::DECIMAL(9,2) AS d, TIMESTAMPTZ '2026-01-02 10:00:00+09' AS t,"
        " 'a'::ENUM('a') AS e, [i] AS list, DATE '2026-01-02' AS day FROM range(3) r(i))"
        f" TO '{tmp_path / 't.parquet'}'"
    )
    con.close()
    with Table(tmp_path, "t.parquet") as found:
        assert found.values("n > 1 AND e = 'a'").tolist() == [False, False, True]
        assert found.frame()["t"].tolist() == [datetime.datetime(2026, 1, 2, 1, 0)] * 3


# rules


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("amount > 50", [False, True, None]),
        ("amount > 50 AND office = '東京'", [False, True, False]),
        ("coalesce(amount, 0) < 1 OR flag", [True, False, True]),
        ("office LIKE '%sak%'", [True, False, True]),
        ("amount BETWEEN 1 AND 10", [True, False, None]),
        ("office IN ('Osaka', 'Kobe')", [True, False, True]),
        ("CASE WHEN amount IS NULL THEN 0 ELSE amount * 2 END", [10, 140, 0]),
        ("year(day) = 2026 AND day < DATE '2026-01-03'", [True, False, None]),
        ("AMOUNT > 50 -- in any case", [False, True, None]),
        ("/* why */ data.amount > 50", [False, True, None]),
        ("flag = 'yes'", [True, False, True]),
        ("try_cast(office AS DOUBLE) IS NULL", [True, True, True]),
        ("regexp_matches(office, '^O.*a$')", [True, False, True]),
        ("round(sqrt(abs(greatest(amount, 16))))", [4, 8, 4]),
    ],
)
def test_rules_that_run(table: Table, rule: str, values: list[Any]) -> None:
    found = [None if pd.isna(value) else value for value in table.values(rule)]
    assert found == values


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        # more than one expression
        ("", "text-empty"),
        ("amount >", "rule-syntax"),
        ("1; DROP TABLE data", "rule-syntax"),
        ("1) AS value FROM data; --", "rule-syntax"),
        ("1) AS value FROM data --", "rule-syntax"),
        ("1), (2", "rule-syntax"),
        ("1) AS value, (2", "rule-syntax"),
        ("1) AS value FROM data WHERE (true", "rule-syntax"),
        ("1) AS value FROM data UNION SELECT (2", "rule-syntax"),
        ("1) AS value FROM data, data AS other WHERE (true", "rule-syntax"),
        ("1) AS value FROM data ORDER BY (1", "rule-syntax"),
        ("1) AS value FROM '/etc/passwd' WHERE (true", "rule-syntax"),
        ("1) /*", "rule-syntax"),
        ("COPY data TO 'x.csv'", "rule-syntax"),
        ("ATTACH 'x.db'", "rule-unsafe"),
        ("PRAGMA database_list", "rule-syntax"),
        ("SET threads = 4", "rule-syntax"),
        ("INSTALL httpfs", "rule-syntax"),
        ("CREATE MACRO f(a) AS a", "rule-syntax"),
        ("SELECT 1", "rule-unsafe"),
        ("FROM data", "rule-unsafe"),
        ("-- nothing", "rule-syntax"),
        # what reaches beyond the row
        ("(SELECT 1)", "rule-unsafe"),
        ("amount > (SELECT avg(amount) FROM data)", "rule-unsafe"),
        ("EXISTS (SELECT 1 FROM '/etc/passwd')", "rule-unsafe"),
        ("amount IN (SELECT amount FROM read_csv('/etc/passwd'))", "rule-unsafe"),
        ("amount = ANY([5])", "rule-unsafe"),
        ("*", "rule-unsafe"),
        ("COLUMNS('a.*') > 5", "rule-unsafe"),
        ("#1 > 5", "rule-unsafe"),
        ("$1 > 5", "rule-unsafe"),
        ("amount > ?", "rule-unsafe"),
        ("office COLLATE nocase = 'osaka'", "rule-unsafe"),
        ("read_text('/etc/passwd') = ''", "rule-function"),
        ("read_csv('t.csv') IS NULL", "rule-function"),
        ("getenv('HOME') = 'x'", "rule-function"),
        ("current_setting('threads') = '1'", "rule-function"),
        ("getvariable('x') = 1", "rule-function"),
        ("query('SELECT 1') = 1", "rule-function"),
        ("main.lower(office) = 'x'", "rule-function"),
        ("office.lower() = 'x'", "rule-function"),
        ("pg_catalog.version() = ''", "rule-function"),
        ("nextval('s') = 1", "rule-function"),
        ("error('x') = 1", "rule-function"),
        # what gives another answer every time
        ("random() > 0.5", "rule-function"),
        ("now() > day", "rule-function"),
        ("age(day) > INTERVAL 1 DAY", "rule-function"),
        ("current_date > day", "column-missing"),
        # what grows without end
        ("len(list_transform(range(1000000000), lambda x: x)) > 1", "rule-function"),
        ("len([x FOR x IN range(1000000000)]) > 1", "rule-function"),
        ("list_sum(range(1000000000)) > 1", "rule-function"),
        ("length(repeat('x', 1000000000)) > 1", "rule-function"),
        ("length(lpad('x', 1000000000, 'y')) > 1", "rule-function"),
        ("length(replace(office, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaa')) > 1", "rule-function"),
        ("office || office = 'x'", "rule-function"),
        ("unnest([1, 2]) > 1", "rule-function"),
        ("factorial(20) > 1", "rule-function"),
        ("NULL::INT[100000] IS NULL", "rule-unsafe"),
        ("office::ENUM('Osaka') = 'Osaka'", "rule-unsafe"),
        ("office LIKE '%a%b%c%d%'", "rule-pattern"),
        ("office LIKE office", "rule-pattern"),
        ("regexp_matches(office, '(a?){900}(a){900}b')", "rule-pattern"),
        ("regexp_matches(office, '((a{50}){50}){50}')", "rule-pattern"),
        ("regexp_matches(office, office)", "rule-pattern"),
        ("amount > 5" + " OR amount > 5" * 500, "rule-long"),
        ("(" * 1200 + "1" + ")" * 1200, "rule-deep"),
        ("abs(" * 980 + "amount" + ")" * 980, "rule-deep"),
        ("NOT " * 1100 + "flag", "rule-deep"),
        # what looks at all rows
        ("avg(amount) > 5", "rule-aggregate"),
        ("amount > max(amount) / 2", "rule-aggregate"),
        ("count(*) > 5", "rule-aggregate"),
        ("sum(amount) OVER () > 5", "rule-aggregate"),
        ("row_number() OVER () > 5", "rule-aggregate"),
        # what does not fit the columns
        ("amuont > 5", "column-missing"),
        ("other.amount > 5", "column-missing"),
        ("\"office name\" = 'x'", "column-missing"),
        ("'t.csv'.amount > 5", "rule-fails-alone"),
        ("office > 5", "rule-fails"),
        ("office AND flag", "rule-fails"),
        ("year(office) = 2026", "rule-fails"),
        ("CAST(office AS INTEGER) > 5", "rule-fails"),
        ("regexp_matches(office, '(')", "rule-fails"),
        ("1 = 'x'", "rule-fails-alone"),
    ],
)  # fmt: skip
def test_rules_that_are_refused(table: Table, rule: str, code: str) -> None:
    fault = refused(lambda: table.values(rule, "options.rule.when"))
    assert (fault.code, fault.field) == (code, "options.rule.when")
    assert "Traceback" not in fault.sentence()


@pytest.mark.parametrize(
    ("rule", "gives", "code"),
    [
        ("amount", "truth", "rule-boolean"),
        ("1", "truth", "rule-boolean"),
        ("office", "truth", "rule-boolean"),
        ("NULL", "truth", "rule-boolean"),
        ("office", "number", "rule-number"),
        ("amount > 5", "number", "rule-number"),
        ("day", "number", "rule-number"),
    ],
)
def test_a_rule_gives_what_is_asked_for(table: Table, rule: str, gives: str, code: str) -> None:
    assert refused(lambda: table.values(rule, gives=gives)).code == code


def test_every_missing_column_is_told_with_its_neighbours(table: Table) -> None:
    with pytest.raises(InputError) as caught:
        table.values("amuont > 5 AND offise = 'x'")
    assert [(fault.value, fault.figures["known"]) for fault in caught.value.faults] == [
        ("amuont", "amount"), ("offise", "office"),
    ]  # fmt: skip


def test_types_that_do_not_fit_are_shown_by_what_is_there(table: Table) -> None:
    said = refused(lambda: table.values("office > 5 AND amount > 1")).sentence()
    assert "office = 'Osaka', amount = 5" in said


def test_a_rule_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    text = "s\n" + ("ab" * 50 + "\n") * 60_000
    (tmp_path / "t.csv").write_text(text)
    with Table(tmp_path, "t.csv", seconds=0.01) as slow:
        rule = " AND ".join(f"regexp_matches(s, '(a|b)*(ab|ba)*{n}x?')" for n in range(40))
        fault = refused(lambda: slow.values(f"NOT ({rule}) AND ({rule})"))
        assert fault.code == "rule-slow"


def test_the_table_is_as_it_was_after_any_rule(table: Table) -> None:
    for rule in ("amount >", "office > 5", "avg(amount)", "1; DROP TABLE data"):
        refused(lambda rule=rule: table.values(rule))
    assert len(table) == 3
    assert table.values("amount > 50").tolist()[:2] == [False, True]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    rule=st.text(max_size=30)
    | st.lists(
        st.sampled_from(["amount", "office", "'x'", "5", "(", ")", ">", "AND", "NOT", "--", "/*",
                         ";", "SELECT", "FROM", "data", ",", "::", "INT", "lower", "CASE", "WHEN",
                         "END", "*", "?", "[", "]", "{", "}", "\n", "$$", '"', "'", "LIKE", "IS"]),
        max_size=9,
    ).map(" ".join)
)  # fmt: skip
def test_any_text_is_a_rule_or_refused(table: Table, rule: str) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        assert len(table.values(rule)) == 3
    except InputError as error:
        faults = error.faults
    assert all(fault.sentence() for fault in faults)
    assert len(table) == 3


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    content=st.binary(max_size=60)
    | st.text('ab1,;"\n\r\t|東 .-', max_size=60).map(lambda text: text.encode())
)
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, content: bytes) -> None:
    faults: tuple[Fault, ...] = ()
    rows = 0
    try:
        with opened(tmp_path, "t.csv", content) as found:
            rows = len(found)
    except InputError as error:
        faults = error.faults
    assert (rows > 0) != bool(faults)
    assert all(fault.sentence() for fault in faults)
