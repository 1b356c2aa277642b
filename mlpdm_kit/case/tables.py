"""The data beside a case: read by DuckDB, and rules as SQL expressions on its columns.

Everything happens in one in-memory connection with one thread, that keeps the order of the
file. The files are read first; then access to anything outside is switched off and the
configuration locked, and only then are people's expressions run, one expression each, with
a limit of time and memory.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case import csv_text
from mlpdm_kit.case.expressions import Rule, query
from mlpdm_kit.errors import Fault, InputError, Row, raise_all, refuse

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

RULE_SECONDS = 20.0
MEMORY = "2GB"
SETTINGS: dict[str, Any] = {
    "threads": 1,
    "memory_limit": MEMORY,
    "temp_directory": "",
    "preserve_insertion_order": True,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
SUFFIXES = (".csv", ".parquet", ".json", ".jsonl", ".eval")  # of data, and of answers
NOTHING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL")  # how empty cells are written
_CSV = (
    "read_csv(?, delim=?, quote='\"', escape='\"', comment='', skip=0, header=true,"
    " strict_mode=true, sample_size=-1, hive_partitioning=false, {types},"
    f" nullstr={list(NOTHING)})"
)
_TYPED = _CSV.format(types="auto_type_candidates=['BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR']")
_WRITTEN = _CSV.format(types="all_varchar=true")
_PARQUET = "read_parquet(?, hive_partitioning=false)"
# the year comes first: 1/2/2026 is a day in January or in February
_MOMENT = (
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?"
)
# 17,722 as a spreadsheet writes it; 1,5 is something else, and stays as it is
GROUPED = r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_PLAIN = r"[-+]?\d+(?:\.\d+)?"
BLANKS = " \u00a0\u3000"  # that nobody sees around a name
NESTED = re.compile(r"\[|^(?:STRUCT|MAP|UNION|BLOB|BIT|VARIANT|GEOMETRY)")
NUMBER = re.compile(r"^U?(?:TINY|SMALL|BIG|HUGE)?INT|^INTEGER|^UINTEGER|^FLOAT|^DOUBLE|^DECIMAL")


def inside(folder: Path, name: str, field: str) -> Path:
    """Path of a file beside the case, which may not lie outside the case's folder."""
    try:
        if Path(name).is_absolute() or "\x00" in name:
            raise refuse("file-outside", field, name)
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise refuse("file-outside", field, name)
        there = path.is_file()
        if path.is_dir():
            raise refuse("file-folder", field, name)
    except (OSError, RuntimeError) as error:  # a name too long, links in a circle
        raise _missing(folder, name, field) from error
    if not there:
        raise _missing(folder, name, field)
    if not os.access(path, os.R_OK):
        raise refuse("file-locked", field, name)
    return path


def _missing(folder: Path, name: str, field: str) -> InputError:
    near = sorted(p.name for p in folder.glob("*") if p.suffix in SUFFIXES and p.is_file())
    if not near:
        return refuse("data-missing-none", field, name)
    return refuse("data-missing", field, name, known=", ".join(near[:12]))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        hashed = sha256()
        while block := stream.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


class Table:
    """A data file, open for reading columns and trying rules; close it after use.

    Parameters
    ----------
    folder, name : path, str
        The case's folder, and the file in it.
    field : str
        Where the case names the file.
    seconds : float
        How long one rule may take.

    Raises
    ------
    InputError
        The file is not there, lies outside, or is no table with rows.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "t.csv").write_text("id,amount\\n1,5\\n2,70\\n")
    >>> with Table(folder, "t.csv") as table:
    ...     table.columns, table.values("amount > 50").tolist()
    (['id', 'amount'], [False, True])
    """

    def __init__(
        self, folder: Path, name: str, field: str = "data.file", *, seconds: float = RULE_SECONDS
    ) -> None:
        import duckdb

        self.field, self.name, self.seconds = field, name, seconds
        self.path = inside(folder, name, field)
        self._copy: TemporaryDirectory[str] | None = None
        self._given: dict[str, str] = {}  # names as the file has them, where it has blanks
        self._con: duckdb.DuckDBPyConnection = duckdb.connect(":memory:", config=SETTINGS)
        try:
            self._con.execute("SET TimeZone = 'UTC'")
            self._read()
            self._convert()
            for setting in ("enable_external_access = false", "lock_configuration = true"):
                self._con.execute(f"SET {setting}")
        except duckdb.OutOfMemoryException as error:
            self.close()
            raise refuse("data-large", field, name, limit=MEMORY) from error
        except duckdb.Error as error:
            self.close()
            raise_all(csv_text.faults(self.path, field, name))
            raise refuse("data-unreadable", field, name) from error
        except BaseException:
            self.close()
            raise
        self.types = self._described()
        self.columns = list(self.types)

    def _read(self) -> None:
        suffix = self.path.suffix.lower()
        self._found = [_escaped(self.path)]
        if suffix == ".parquet":
            reader = _PARQUET
        elif suffix in csv_text.SUFFIXES:
            reader = _TYPED
            self._sign = csv_text.delimiter(self.path, self.field, self.name)
            self._found = [self._readable(), self._sign]
        else:
            raise refuse("data-format", self.field, self.name)
        self._con.execute(f"CREATE TABLE data AS SELECT * FROM {reader}", self._found)
        if self._one("SELECT count(*) FROM data") == 0:
            raise refuse("data-empty", self.field, self.name)
        for column in self._described():
            if column != (name := column.strip(BLANKS)) and name:
                self._con.execute(f"ALTER TABLE data RENAME {quoted(column)} TO {quoted(name)}")
                self._given[name] = column

    def _readable(self) -> str:
        """Path of the CSV file, or of a copy of it in which all lines end alike."""
        content = csv_text.one_kind_of_line_end(self.path, self._sign)
        if content is None:
            return _escaped(self.path)
        self._copy = TemporaryDirectory()
        copy = Path(self._copy.name) / "table.csv"
        copy.write_bytes(content)
        return _escaped(copy)

    def _described(self) -> dict[str, str]:
        rows = self._con.execute("DESCRIBE data").fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def _one(self, statement: str) -> Any:
        row = self._con.execute(statement).fetchone()
        return row[0] if row else None

    def _convert(self) -> None:
        """What came as text becomes what it is: days, times (UTC), amounts such as 17,722."""
        for column, kind in self._described().items():
            name = quoted(column)
            if kind == "VARCHAR":
                value = f"CAST(try_cast(replace({name}, '/', '-') AS TIMESTAMPTZ) AS TIMESTAMP)"
                fits = f"regexp_full_match({name}, '{_MOMENT}') AND {value} IS NOT NULL"
                if self._all(fits, name):
                    self._alter(name, "TIMESTAMP", value)
                elif self._grouped(name):
                    self._alter(name, "DOUBLE", f"CAST(replace({name}, ',', '') AS DOUBLE)")
            elif kind == "TIMESTAMP WITH TIME ZONE":
                self._alter(name, "TIMESTAMP", f"CAST({name} AS TIMESTAMP)")
            elif kind.startswith(("ENUM", "UUID", "TIME")) and not kind.startswith("TIMESTAMP"):
                self._alter(name, "VARCHAR", f"CAST({name} AS VARCHAR)")

    def _grouped(self, name: str) -> bool:
        """Whether a column holds numbers only, some of them with a comma at each thousand."""
        grouped = f"regexp_full_match(trim({name}), '{GROUPED}')"
        number = f"({grouped} OR regexp_full_match(trim({name}), '{_PLAIN}'))"
        return self._all(number, name) and bool(self._one(f"SELECT bool_or({grouped}) FROM data"))

    def _all(self, condition: str, name: str) -> bool:
        """Whether a column has values and all of them fit; the first that does not ends it."""
        there = f"SELECT true FROM data WHERE {name} IS NOT NULL"
        odd = self._one(f"{there} AND NOT ({condition}) LIMIT 1")
        return odd is None and self._one(f"{there} LIMIT 1") is not None

    def _alter(self, name: str, kind: str, value: str) -> None:
        self._con.execute(f"ALTER TABLE data ALTER {name} TYPE {kind} USING {value}")

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._con.close()
        if self._copy is not None:
            self._copy.cleanup()

    def need(self, column: str, field: str) -> str:
        """The column, or a refusal that names those that are there."""
        if column not in self.types:
            raise refuse("column-missing", field, column, known=self._near(column))
        return column

    def _near(self, column: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(column, self.columns, n=3, cutoff=0.5)
        return ", ".join(near or self.columns[:12])

    def frame(self) -> pd.DataFrame:
        """All columns, in the order of the file."""
        return self._con.execute("SELECT * FROM data").df()

    def column(self, name: str, field: str) -> Any:
        """One column as an array in file order."""
        column = quoted(self.need(name, field))
        return self._con.execute(f"SELECT {column} AS value FROM data").df()["value"].to_numpy()

    def texts(self, name: str, field: str) -> list[str | None]:
        """One column as text in file order; a number has no trailing ``.0``."""
        import numpy as np
        import pandas as pd

        column = quoted(self.need(name, field))
        found = self._con.execute(f"SELECT CAST({column} AS VARCHAR) AS value FROM data").df()
        codes, distinct = pd.factorize(found["value"])  # -1 where there is no value
        texts = [re.sub(r"(?<=\d)\.0$", "", text) for text in distinct]
        return list(np.array([*texts, None], dtype=object)[codes])

    def written(self, name: str, field: str) -> list[str | None]:
        """One column as it is written in the file: ``007``, ``12.50`` and ``1,200`` stay so.

        A column of a Parquet file that is no text has nothing written: it is as `texts` says.
        """
        import duckdb

        column = quoted(self._given.get(self.need(name, field), name))
        if len(self._found) == 1:
            return self.texts(name, field)
        with duckdb.connect(":memory:", config=SETTINGS) as con:
            rows = con.execute(f"SELECT {column} FROM {_WRITTEN}", self._found).fetchall()
        return [row[0] for row in rows]

    def empty_where_known(self, name: str, target: str) -> dict[str, Any] | None:
        """On how many rows a column is empty though the target is known, and the first."""
        return self._where(f"{quoted(name)} IS NULL AND {quoted(target)} IS NOT NULL")

    def infinite(self, name: str) -> dict[str, Any] | None:
        """On how many rows a column of numbers is infinite, and the first; None for none."""
        if self.types[name] not in ("DOUBLE", "FLOAT"):
            return None
        return self._where(f"isinf({quoted(name)})")

    def _where(self, condition: str) -> dict[str, Any] | None:
        """How many rows meet a condition, and the first of them; None where none does."""
        count = int(self._one(f"SELECT count(*) FROM data WHERE {condition}"))
        if not count:
            return None
        first = self._one(f"SELECT rowid FROM data WHERE {condition} ORDER BY rowid LIMIT 1")
        return {"count": count, "row": self.row(int(first))}

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM data"))

    def row(self, place: int) -> Row:
        """Where a row stands in the file, by its place from 0: as a spreadsheet shows it."""
        return Row(self.rows[place], "sheet" if len(self._found) > 1 else "row")

    @cached_property
    def rows(self) -> list[int]:
        """Where each row stands in the file: with the header in CSV, from 1 in Parquet."""
        if len(self._found) == 1:
            return list(range(1, len(self) + 1))
        return csv_text.sheet_rows(self.path, self._sign, len(self))

    def rule(self, expression: str, field: str) -> Rule:
        """A person's expression, looked through; its columns are there.

        Raises
        ------
        InputError
            It is no single expression, uses what a rule may not, or names a column that
            isn't there.
        """
        rule = Rule(self._con, expression, field)
        there = {column.lower() for column in self.columns}
        raise_all(
            Fault(
                code="column-missing", field=field, value=name, figures={"known": self._near(name)}
            )
            for name in rule.columns()
            if name.lower() not in there
        )
        return rule

    def values(self, expression: str, field: str = "when", *, gives: str | None = None) -> Any:
        """Value of a person's expression on every row, as an array in file order.

        Parameters
        ----------
        expression, field : str
            The text, and where in the case it stands.
        gives : {"truth", "number", "text"}, optional
            What its value must be.

        Raises
        ------
        InputError
            It is no single expression, names a column that isn't there, uses what a rule
            may not, gives something else, fails on a row, or takes too long.
        """
        import duckdb

        rule = self.rule(expression, field)
        try:
            with self._limit() as stopped:
                self._refuse_other(rule, gives)
                return self._con.execute(query(expression)).df()["value"].to_numpy()
        except duckdb.OutOfMemoryException as error:
            raise refuse("rule-memory", field, expression, limit=MEMORY) from error
        except duckdb.Error as error:
            if stopped:
                raise refuse("rule-slow", field, expression, seconds=self.seconds) from error
            raise self._failed(rule) from error

    def _refuse_other(self, rule: Rule, gives: str | None) -> None:
        row = self._con.execute(f"DESCRIBE {query(rule.expression)}").fetchone()
        kind = str(row[1]) if row else ""
        if gives == "truth" and kind != "BOOLEAN":
            raise refuse("rule-boolean", rule.field, rule.expression)
        if gives == "text" and kind != "VARCHAR":
            raise refuse("rule-text", rule.field, rule.expression)
        if gives == "number" and NUMBER.match(kind) is None:
            raise refuse("rule-number", rule.field, rule.expression)

    def _failed(self, rule: Rule) -> InputError:
        """Types that do not go together: shown by what the columns hold."""
        held = []
        for column in rule.columns()[:6]:
            name = quoted(column)
            value = self._one(
                f"SELECT CAST({name} AS VARCHAR) FROM data WHERE {name} IS NOT NULL LIMIT 1"
            )
            text = self._one(f"SELECT typeof({name}) FROM data LIMIT 1") == "VARCHAR"
            held.append(f"{column} = '{str(value)[:40]}'" if text else f"{column} = {value}")
        if not held:
            return refuse("rule-fails-alone", rule.field, rule.expression)
        return refuse("rule-fails", rule.field, rule.expression, held=", ".join(held))

    @contextmanager
    def _limit(self) -> Iterator[list[bool]]:
        stopped: list[bool] = []
        done = threading.Event()

        def watch() -> None:
            # again and again: a stop that comes before the statement has begun is lost
            wait = self.seconds
            while not done.wait(wait):
                stopped.append(True)
                self._con.interrupt()
                wait = 0.05

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield stopped
        finally:
            done.set()
            watcher.join()


def _escaped(path: Path) -> str:
    """A path that DuckDB takes for no pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
