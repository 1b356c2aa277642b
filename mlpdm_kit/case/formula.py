"""A case's own value formula over named inputs: one checked SQL expression, many draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.expressions import Rule, query
from mlpdm_kit.errors import Fault, InputError, raise_all, refuse

if TYPE_CHECKING:
    import duckdb
    import numpy as np


def formula_faults(expression: str, names: Iterable[str], field: str) -> list[Fault]:
    """What is wrong with a formula, before there is a number: its form, and what it names."""
    try:
        _looked_through(expression, tuple(names), field)
    except InputError as error:
        return list(error.faults)
    return []


def evaluate(
    expression: str, inputs: Mapping[str, np.ndarray[Any, Any]], field: str
) -> np.ndarray[Any, Any]:
    """Value of a formula on every draw.

    Parameters
    ----------
    expression : str
        A SQL expression over the inputs' names, as ``clicks * margin - tickets * 4``.
    inputs : mapping of str to array, shape (draws,) or (1,)
    field : str
        Where in the case the formula stands.

    Returns
    -------
    array, shape (draws,) or (1,)

    Raises
    ------
    InputError
        It is no single expression, names an unknown input, uses what a formula may not, or
        gives no finite number on a draw.

    Examples
    --------
    >>> import numpy as np
    >>> evaluate("a * b - 1", {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}, "value").tolist()
    [2.0, 5.0]
    """
    import duckdb
    import numpy as np
    import pandas as pd

    size = max((len(values) for values in inputs.values()), default=1)
    table = pd.DataFrame({n: np.broadcast_to(v, size).astype(float) for n, v in inputs.items()})
    rule = _looked_through(expression, tuple(inputs), field)
    with _database().cursor() as con:
        con.register("data", table if len(table.columns) else pd.DataFrame({"_": np.zeros(size)}))
        try:
            found = con.execute(query(rule.expression)).df()["value"]
            values = np.asarray(pd.to_numeric(found), dtype=float)
        except (duckdb.Error, ValueError, TypeError) as error:
            raise refuse("formula-fails", field, expression, known=", ".join(inputs)) from error
    odd = ~np.isfinite(values)
    if odd.any():
        example = table.iloc[int(np.argmax(odd))]
        held = ", ".join(f"{name} = {value:.4g}" for name, value in example.items())
        raise refuse("formula-infinite", field, expression, count=int(odd.sum()), held=held or "-")
    return values


@lru_cache(maxsize=1)
def _database() -> duckdb.DuckDBPyConnection:
    """Opened once: a decision evaluates a formula a thousand times. What is registered is seen
    by its own cursor only."""
    import duckdb

    con = duckdb.connect(config={"enable_external_access": False, "threads": 1})
    con.execute("SET lock_configuration = true")
    return con


@lru_cache(maxsize=256)
def _looked_through(expression: str, names: tuple[str, ...], field: str) -> Rule:
    with _database().cursor() as con:
        rule = Rule(con, expression, field)
    there = {name.lower() for name in names}
    raise_all(
        Fault(
            code="formula-unknown",
            field=field,
            value=name,
            figures={"known": ", ".join(get_close_matches(name, names, n=3) or names) or "-"},
        )
        for name in rule.columns()
        if name.lower() not in there
    )
    return rule
