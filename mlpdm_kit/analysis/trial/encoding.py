"""An untidy table as numbers, each distinct word and day looked at once.

What skrub's TableVectorizer does value by value is done here to the distinct values of a
column, and then looked up row by row: a table of a million rows holds few towns.

scikit-learn and skrub are imported with this module; import it where it is used.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from skrub import DatetimeEncoder, StringEncoder, TableVectorizer

from mlpdm_kit.analysis.uncertainty.distributions import Array

ROWS_COUNT_UP_TO = 10_000
MAX_DISTINCT = 20_000


class TableEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Columns made numeric: few words as yes or no each, free text by its letters, days by
    their calendar.

    Up to `ROWS_COUNT_UP_TO` rows a word weighs as often as it occurs when the letters of a
    text are condensed; above, each distinct value weighs the same, and at most
    `MAX_DISTINCT` of them are looked at.

    Parameters
    ----------
    seed : int
        Fixes how free text is condensed.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [1, 2, 3], "town": ["Nara", "Otsu", "Nara"]})
    >>> TableEncoder().fit(table).transform(table).tolist()
    [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]]
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, table: pd.DataFrame, y: Any = None) -> Self:
        """Find out what each column holds."""
        self.encoders_ = {
            name: None if is_number(table[name]) else self._fitted(table[name])
            for name in table.columns
        }
        return self

    def transform(self, table: pd.DataFrame) -> Array:
        """Numbers by row, float32, in the order of the columns; NaN where one is missing."""
        blocks = [
            _as_numbers(table[name]) if encoder is None else _looked_up(table[name], encoder)
            for name, encoder in self.encoders_.items()
        ]
        return np.column_stack(blocks)

    def _fitted(self, column: pd.Series) -> Any:
        # a calendar's month and weekday may say something; the running second only extrapolates
        days = DatetimeEncoder(add_weekday=True, add_total_seconds=False)
        words = StringEncoder(random_state=self.seed)
        encoder = TableVectorizer(datetime=days, high_cardinality=words, n_jobs=1)
        if len(column) > ROWS_COUNT_UP_TO:
            column = column.drop_duplicates()
        if len(column) > MAX_DISTINCT:
            column = column.sample(MAX_DISTINCT, random_state=self.seed)
        return encoder.fit(column.to_frame())


def is_number(column: pd.Series) -> bool:
    """Whether a column holds numbers, or yes and no."""
    kinds = pd.api.types
    return bool(kinds.is_numeric_dtype(column) or kinds.is_bool_dtype(column))


def _as_numbers(column: pd.Series) -> Array:
    return np.asarray(column.to_numpy(dtype=np.float32, na_value=np.nan))


def _looked_up(column: pd.Series, encoder: Any) -> Array:
    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    values = pd.Series(distinct, name=column.name)
    if (codes < 0).any():  # a missing value stands behind the others, where -1 points
        values = values.reindex(range(len(values) + 1))
    found = encoder.transform(values.to_frame())
    return np.asarray(found.to_numpy(dtype=np.float32)[codes])
