"""Customers of the churn case without its stronger columns, and one that comes too late: simulated.

Assumption: the desk that talks to customers who have given notice leaves a note on seven in ten
of those who leave, and on one in sixty of the others.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from generators.churn import customers

NOTES = ("called back", "offer refused", "number transfer")
ON_LEAVERS, ON_STAYERS = 0.7, 1 / 60


def with_desk_notes() -> pd.DataFrame:
    """Weak columns, and the note that is made once a customer has given notice."""
    rng = np.random.default_rng(20_241_101)
    table = customers().drop(
        columns=["support_calls", "night_calls", "day_minutes", "data_gb", "months"]
    )
    gone = table["left"].eq("yes").to_numpy()
    noted = rng.random(len(table)) < np.where(gone, ON_LEAVERS, ON_STAYERS)
    note = np.where(noted, rng.choice(NOTES, len(table)), "none")
    table.insert(len(table.columns) - 1, "desk_note", note)
    return table


CASE = "flaw-leakage"
FILES = {"customers.csv": with_desk_notes}
