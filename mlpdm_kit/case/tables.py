"""The data beside a case: read by DuckDB, and rules as SQL expressions on its columns.

Everything happens in one in-memory connection with one thread. The files are read first;
then access to anything outside is switched off and the configuration locked, and only
then are people's expressions run, one expression each, with a limit of time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.errors import InputError, refuse

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

RULE_SECONDS = 20.0
MAX_RULE_LENGTH = 5_000
_FORBIDDEN_NODES = {
    "SUBQUERY": "subquery",
    "WINDOW": "window",
    "STAR": "star",
    "PARAMETER": "parameter",
    "LAMBDA": "lambda",
    "LAMBDA_REF": "lambda",
}
_SLOW_OR_RANDOM = {
    "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "now", "current_timestamp",
    "today", "current_date", "get_current_timestamp", "current_localtimestamp",
    "current_localtime", "current_setting", "getvariable", "setseed", "range",
    "generate_series", "repeat", "query", "query_table", "nextval", "currval", "txid_current",
    "get_current_time", "transaction_timestamp", "error", "write_log",
}  # fmt: skip


def inside(folder: Path, name: str, field: str) -> Path:
    """Path of a file beside the case, which may not lie outside the case's folder."""
    if Path(name).is_absolute() or "\x00" in name:
        raise refuse("file-outside", field, name)
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise refuse("file-outside", field, name)
    if not path.is_file():
        near = sorted(p.name for p in folder.glob("*") if p.suffix in (".csv", ".parquet"))
        raise refuse("data-missing", field, name, known=", ".join(near) or "-")
    return path


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        hashed = sha256()
        while block := stream.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


class Table:
    """A data file, open for reading columns and trying rules; close it after use.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "t.csv").write_text("id,amount\\n1,5\\n2,70\\n")
    >>> with Table(folder, "t.csv") as table:
    ...     table.columns, table.values("amount > 50").tolist()
    (['id', 'amount'], [False, True])
    """

    def __init__(self, folder: Path, name: str, field: str = "data.file") -> None:
        import duckdb

        self.field = field
        path = inside(folder, name, field)
        self._con: duckdb.DuckDBPyConnection = duckdb.connect(
            ":memory:", config={"threads": 1, "python_enable_replacements": False}
        )
        try:
            self._read(path, name)
        except InputError:
            self._con.close()
            raise
        except duckdb.Error as error:
            self._con.close()
            raise refuse("data-unreadable", field, name, reason=_first_line(error)) from error
        except UnicodeDecodeError as error:
            self._con.close()
            raise refuse("data-encoding", field, name) from error
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            self._con.execute(f"SET {setting}")
        described = self._con.execute("DESCRIBE data").fetchall()
        self.types = {str(row[0]): str(row[1]) for row in described if row[0] != "_row"}
        self.columns = list(self.types)

    def _read(self, path: Path, name: str) -> None:
        import duckdb

        suffix = path.suffix.lower()
        if suffix == ".parquet":
            reader = "read_parquet(?)"
        elif suffix in (".csv", ".tsv", ".txt"):
            reader = "read_csv(?, nullstr=['', 'NA', 'NaN', 'null'], sample_size=100000)"
        else:
            raise refuse("data-format", self.field, name)
        if suffix != ".parquet":
            with path.open("rb") as stream:
                head = stream.read(4_000_000)
            if not head.strip():
                raise refuse("data-empty", self.field, name)
            if b"\x00" in head:
                raise refuse("data-binary", self.field, name)
            head.decode("utf-8-sig", errors="strict") if len(head) < 4_000_000 else None
        try:
            self._con.execute(
                f"CREATE TABLE data AS SELECT *, row_number() OVER () AS _row FROM {reader}",
                [str(path)],
            )
        except duckdb.InvalidInputException as error:
            if "utf-8" in str(error).lower():
                raise refuse("data-encoding", self.field, name) from error
            raise
        if self._con.execute("SELECT count(*) FROM data").fetchone() == (0,):
            raise refuse("data-empty", self.field, name)

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._con.close()

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
        return self._con.execute("SELECT * EXCLUDE (_row) FROM data ORDER BY _row").df()

    def column(self, name: str, field: str) -> Any:
        """One column as an array in file order."""
        quoted = '"' + self.need(name, field).replace('"', '""') + '"'
        query = f"SELECT {quoted} AS value FROM data ORDER BY _row"
        return self._con.execute(query).df()["value"].to_numpy()

    def __len__(self) -> int:
        row = self._con.execute("SELECT count(*) FROM data").fetchone()
        return int(row[0]) if row else 0

    def values(self, expression: str, field: str = "when") -> Any:
        """Value of a person's expression on every row, as an array in file order.

        Raises
        ------
        InputError
            It is no single expression, names a column that isn't there, reaches outside
            the table, fails on a row, or takes longer than `RULE_SECONDS`.
        """
        import duckdb

        self._refuse_unsafe(expression, field)
        query = f"SELECT ({expression}\n) AS value FROM data ORDER BY _row"
        try:
            with self._limit() as stopped:
                return self._con.execute(query).df()["value"].to_numpy()
        except duckdb.InterruptException as error:
            if not stopped:
                raise
            raise refuse("rule-slow", field, expression, seconds=RULE_SECONDS) from error
        except duckdb.BinderException as error:
            raise self._binding_fault(error, expression, field) from error
        except duckdb.Error as error:
            raise refuse("rule-fails", field, expression, reason=_first_line(error)) from error

    def _binding_fault(self, error: Exception, expression: str, field: str) -> InputError:
        import re

        said = str(error)
        match = re.search(r'column "([^"]+)" not found', said)
        if match:
            return refuse("column-missing", field, match[1], known=self._near(match[1]))
        return refuse("rule-fails", field, expression, reason=_first_line(error))

    def _refuse_unsafe(self, expression: str, field: str) -> None:
        if len(expression) > MAX_RULE_LENGTH:
            raise refuse("rule-long", field, expression, limit=MAX_RULE_LENGTH)
        query = f"SELECT ({expression}\n) AS value FROM data"
        import duckdb

        try:
            row = self._con.execute("SELECT json_serialize_sql(?)", [query]).fetchone()
        except duckdb.Error as error:
            raise refuse("rule-syntax", field, expression, reason=_first_line(error)) from error
        tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
        if tree.get("error"):
            reason = str(tree.get("error_message", "")).splitlines()[:1]
            raise refuse("rule-syntax", field, expression, reason=" ".join(reason))
        statements: list[Any] = tree["statements"]
        node: dict[str, Any] = statements[0]["node"] if len(statements) == 1 else {}
        if (
            node.get("type") != "SELECT_NODE"
            or len(node["select_list"]) != 1
            or node["select_list"][0].get("alias") != "value"
            or node["from_table"].get("type") != "BASE_TABLE"
            or node.get("where_clause")
            or node.get("modifiers")
        ):
            raise refuse("rule-syntax", field, expression, reason="")
        for part in _walk(node["select_list"][0]):
            kind = _FORBIDDEN_NODES.get(str(part.get("class")))
            function = str(part.get("function_name", "")).lower()
            if kind or function in _SLOW_OR_RANDOM or function.startswith(("read_", "pg_")):
                raise refuse("rule-unsafe", field, expression, part=kind or function)

    @contextmanager
    def _limit(self) -> Iterator[list[bool]]:
        stopped: list[bool] = []

        def stop() -> None:
            stopped.append(True)
            self._con.interrupt()

        timer = threading.Timer(RULE_SECONDS, stop)
        timer.daemon = True
        timer.start()
        try:
            yield stopped
        finally:
            timer.cancel()


def _walk(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for child in part.values():
            yield from _walk(child)
    elif isinstance(part, list):
        for child in part:
            yield from _walk(child)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
