"""Where the answers of a log belong among the rows of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Place:
    """Where each answer of a log belongs: the data's row, and the repeat."""

    def __init__(self, ids: Sequence[str | None], items: pd.DataFrame) -> None:
        import numpy as np

        row = {one: index for index, one in enumerate(ids)}
        self.row = np.array([row[one] for one in items["id"]], dtype=int)
        repeats, self.repeat = np.unique(items["repeat"].to_numpy(int), return_inverse=True)
        self.numbers = tuple(int(number) for number in repeats) or (1,)
        self.shape = (len(ids), max(len(repeats), 1))

    def put(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Values by row, or by row and repeat; NaN where there is none."""
        import numpy as np

        found = np.full(self.shape, np.nan)
        found[self.row, self.repeat] = values
        return found[:, 0] if self.shape[1] == 1 else found

    def texts(self, values: pd.Series[Any], silent: Any) -> np.ndarray[Any, Any]:
        """Texts by row and repeat; None where there is none, or the answer was refused."""
        import numpy as np

        found = np.full(self.shape, None, dtype=object)
        said = zip(values, silent, strict=True)
        found[self.row, self.repeat] = [None if quiet else text for text, quiet in said]
        return found
