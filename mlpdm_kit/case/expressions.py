"""What a person's rule may say: one expression that sees one row.

DuckDB parses the text; its syntax tree is then compared with a list of what is allowed.
What is not on the list is refused, so that a new function of the database is no new hole.
Nothing on the list can read a file, make a text or a list longer than what it was given,
look at another row, or give another answer tomorrow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mlpdm_kit.errors import Fault, raise_all

if TYPE_CHECKING:
    import duckdb

MAX_LENGTH = 5_000
MAX_BRACKETS = 200  # open at a time
MAX_DEPTH = 400  # of the parsed tree; a condition in brackets takes three or four
MAX_PATTERN = 200
_LONGEST_WORD = 20  # that the database knows
MAX_REPEATS = 100
MAX_WILDCARDS = 3

_CLASSES = {
    "COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "CASE", "CAST",
    "BETWEEN", "FUNCTION", "TYPE",
}  # fmt: skip
_PARTS = {"SUBQUERY": "SELECT", "WINDOW": "OVER", "STAR": "*", "LAMBDA": "->", "COLLATE": "COLLATE",
          "PARAMETER": "?", "POSITIONAL_REFERENCE": "#", "DEFAULT": "DEFAULT"}  # fmt: skip
_TYPES = {
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE",
    "DECIMAL", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "INTERVAL",
}  # fmt: skip
_LIKE = {"~~", "!~~", "~~*", "!~~*", "like_escape", "not_like_escape", "ilike_escape",
         "not_ilike_escape"}  # fmt: skip
_REGEX = {"regexp_matches", "regexp_full_match", "regexp_extract"}
_ARITHMETIC = {"+", "-", "*", "/", "%", "//", "^", "**", "@"}
_NAMED = {
    "abs", "acos", "age", "asin", "atan", "atan2", "cbrt", "ceil", "ceiling", "contains", "cos",
    "date_add", "date_diff", "date_part", "date_sub", "date_trunc", "datediff", "datepart",
    "datesub", "datetrunc", "day", "dayname", "dayofmonth", "dayofweek", "dayofyear", "degrees",
    "ends_with", "epoch", "exp", "floor", "fmod", "greatest", "hour", "if", "ifnull", "instr",
    "isfinite", "isinf", "isnan", "isodow", "isoyear", "last_day", "lcase", "least", "left",
    "len", "length", "ln", "log", "log10", "log2", "lower", "ltrim", "make_date", "minute", "mod",
    "month", "monthname", "nullif", "pi", "position", "pow", "power", "prefix", "quarter",
    "radians", "right", "round", "rtrim", "second", "sign", "sin", "split_part", "sqrt",
    "starts_with", "strftime", "strip_accents", "strlen", "strpos", "strptime", "substr",
    "substring", "suffix", "tan", "to_days", "to_hours", "to_minutes", "to_months", "to_seconds",
    "to_weeks", "to_years", "translate", "trim", "trunc", "try_strptime", "ucase", "upper", "week",
    "weekday", "weekofyear", "year", "yearweek",
}  # fmt: skip
FUNCTIONS = frozenset(_NAMED | _LIKE | _REGEX | _ARITHMETIC)
_AGGREGATES = {
    "any_value", "avg", "count", "count_star", "first", "last", "list", "max", "mean", "median",
    "min", "mode", "quantile", "stddev", "string_agg", "sum", "var_samp", "variance",
}  # fmt: skip


def query(expression: str) -> str:
    """The one statement in which an expression is run."""
    return f"SELECT ({expression}\n) AS value FROM data"


class Rule:
    """A person's expression, parsed and looked through.

    Parameters
    ----------
    expression, field : str
        The text, and where in the case it stands.

    Raises
    ------
    InputError
        It is no single expression, or uses something that a rule may not.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, expression: str, field: str) -> None:
        self.expression, self.field = expression, field
        if not expression.strip():
            raise_all([Fault(code="text-empty", field=field)])
        if len(expression) > MAX_LENGTH:
            raise_all([self._fault("rule-long", limit=MAX_LENGTH)])
        self._refuse_unparsable(expression)
        self.tree = self._parsed(con)
        raise_all({(fault.code, str(fault.figures)): fault for fault in self._unfit()}.values())

    def _fault(self, code: str, **figures: Any) -> Fault:
        return Fault(code=code, field=self.field, value=self.expression, figures=figures)

    def _refuse_unparsable(self, expression: str) -> None:
        """Refuse what only the parser would have to bear, before it does.

        Nothing can stop it: a dozen times ``WITH a AS (`` cost it all memory there is, and
        thousands of open brackets half a minute. Its lexer tells both in no time.
        """
        depth = 0
        for token, text in _tokens(expression):
            if token == "keyword" and text.upper() == "WITH":
                raise_all([self._fault("rule-unsafe", part="WITH")])
            if token == "operator":
                depth += (text in "([{") - (text in ")]}")
            if depth > MAX_BRACKETS:
                raise_all([self._fault("rule-deep")])

    def _parsed(self, con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        own, model = self._node(con, self.expression), self._node(con, "1")
        chosen = own.pop("select_list", [])
        model.pop("select_list")
        whole = len(chosen) == 1 and chosen[0].get("alias") == "value"
        whole = whole and bool(_name(chosen[0]) != "row" or chosen[0]["arguments"])  # nothing
        if not whole or _bare(own) != _bare(model):
            raise_all([self._fault("rule-syntax")])
        return dict(chosen[0])

    def _node(self, con: duckdb.DuckDBPyConnection, expression: str) -> dict[str, Any]:
        import duckdb

        try:
            row = con.execute("SELECT json_serialize_sql(?)", [query(expression)]).fetchone()
            tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
        except duckdb.Error:
            tree = {"error": True}
        except RecursionError:
            tree = {"error": True, "error_message": "depth"}
        if tree["error"] or len(tree["statements"]) != 1:
            deep = "depth" in str(tree.get("error_message", ""))
            raise_all([self._fault("rule-deep" if deep else "rule-syntax")])
        if _depth(tree) > MAX_DEPTH:  # whatever the interpreter itself would bear
            raise_all([self._fault("rule-deep")])
        return dict(tree["statements"][0]["node"])

    def columns(self) -> list[str]:
        """Columns that it names, as it spells them."""
        found = []
        for part in _walk(self.tree):
            if part.get("class") == "COLUMN_REF":
                names = [str(name) for name in part["column_names"]]
                found.append(names[1] if names[0].lower() == "data" and names[1:] else names[0])
        return list(dict.fromkeys(found))

    def _unfit(self) -> Iterator[Fault]:
        for part in _walk(self.tree):
            kind = str(part.get("class"))
            if kind == "WINDOW" or (kind == "FUNCTION" and _name(part) in _AGGREGATES):
                yield self._fault("rule-aggregate", part=_name(part))
            elif kind == "FUNCTION":
                yield from self._function(part)
            elif kind not in _CLASSES or part.get("type") == "GROUPING_FUNCTION":
                yield self._fault("rule-unsafe", part=_PARTS.get(kind, kind.lower()))
            elif kind == "TYPE" and part.get("type_name") not in _TYPES:
                yield self._fault("rule-unsafe", part=str(part.get("type_name")))

    def _function(self, part: dict[str, Any]) -> Iterator[Fault]:
        name = _name(part)
        if name not in FUNCTIONS or part.get("schema"):
            near = get_close_matches(name, _NAMED, n=3, cutoff=0.75)
            known = ", ".join(near or ["abs", "lower", "contains", "year"])
            yield self._fault("rule-function", part=name, known=known)
        arguments = [item["expression"] for item in part.get("arguments", ())]
        if name == "age" and len(arguments) < 2:
            yield self._fault("rule-function", part="age", known="date_diff, year")
        if name in _LIKE | _REGEX:
            pattern = _constant(arguments[1]) if len(arguments) > 1 else None
            if pattern is None or not _bounded(pattern, regex=name in _REGEX):
                yield self._fault("rule-pattern", limit=MAX_WILDCARDS, repeats=MAX_REPEATS)


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    """Kind and first sign, or word, of each token, as the database's own lexer has them."""
    import duckdb

    raw = expression.encode(errors="replace")
    for offset, kind in duckdb.tokenize(expression):
        word = re.match(rb"\w+|.|", raw[offset : offset + _LONGEST_WORD], re.DOTALL)
        yield kind.name, word[0].decode(errors="replace") if word else ""


def _name(part: dict[str, Any]) -> str:
    return str(part.get("function_name", "")).lower()


def _constant(part: dict[str, Any]) -> str | None:
    literal = part.get("literal") or {}
    return str(literal.get("text")) if part.get("class") == "CONSTANT" else None


def _bounded(pattern: str, *, regex: bool) -> bool:
    """Whether matching stays cheap on any text; a match cannot be stopped half-way."""
    if len(pattern) > MAX_PATTERN:
        return False
    if not regex:
        return len(re.findall("%+", pattern)) <= MAX_WILDCARDS
    repeats = 1
    for _, low, high in re.findall(r"(\{(\d+)(?:,(\d*))?\})", pattern):
        repeats *= max(int(low or 0), int(high or 0), 1)
    return repeats <= MAX_REPEATS


def _bare(part: Any) -> Any:
    """A tree without the places of its parts in the text."""
    if isinstance(part, dict):
        return {k: _bare(v) for k, v in part.items() if not k.startswith("query_location")}
    return [_bare(item) for item in part] if isinstance(part, list) else part


def _depth(tree: Any) -> int:
    """How deep mappings and lists are nested, without going down by calls."""
    deepest, left = 0, [(tree, 1)]
    while left:
        part, depth = left.pop()
        deepest = max(deepest, depth)
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        left += [(child, depth + 1) for child in inner]
    return deepest


def _walk(part: Any) -> Iterator[dict[str, Any]]:
    stack = [part]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            if "class" in here:
                yield here
            stack.extend(reversed(list(here.values())))
        elif isinstance(here, list):
            stack.extend(reversed(here))
