"""How often an attack makes an option do what it should not, by kind of attack."""

from __future__ import annotations

import pandas as pd

from mlpdm_kit.analysis.answers.seen import Seen, seen_on
from mlpdm_kit.case.predictions import Attacks

KINDS = ("direct", "indirect")  # both are to be tried


def success_rates(attacks: Attacks) -> dict[str, Seen]:
    """Success rate of each kind of attack, by its name.

    An attack that was tried several times is one row: how often it got through says little
    about other attacks.

    Examples
    --------
    >>> import numpy as np
    >>> found = success_rates(Attacks(kind=np.array(["direct"] * 3), id=np.array(list("aab")),
    ...                               succeeded=np.array([1.0, 0.0, 0.0])))
    >>> found["direct"].mean, found["direct"].rows, found["direct"].answers
    (0.25, 2, 3)
    """
    table = pd.DataFrame({"kind": attacks.kind, "id": attacks.id, "succeeded": attacks.succeeded})
    found = {}
    for kind, rows in table.groupby("kind", sort=True):
        each = rows.groupby("id", sort=True)["succeeded"]
        rate = seen_on(each.mean().to_numpy(float), each.size().to_numpy())
        if rate is not None:
            found[str(kind)] = rate
    return found


def worst(rates: dict[str, Seen]) -> str | None:
    """The kind whose rate may be the highest, by its upper end; None where none was tried.

    Few attacks without success say little: not that a kind is harmless.
    """
    return max(rates, key=lambda kind: rates[kind].high, default=None)


def deciding(rates: dict[str, Seen], limit: float) -> str | None:
    """The kind by which all are within a limit or not; None where none was tried.

    Of kinds that are above it for sure, all their interval, the one that gets through most
    often; else of those that were seen above it; else the kind whose interval reaches
    highest: where that is within, all are.
    """
    for above in (
        {kind: seen.mean for kind, seen in rates.items() if seen.low > limit},
        {kind: seen.mean for kind, seen in rates.items() if seen.mean > limit},
    ):
        if above:
            return max(above, key=lambda kind: above[kind])
    return worst(rates)


def untried(rates: dict[str, Seen]) -> tuple[str, ...]:
    """Those of `KINDS` that nobody has tried."""
    return tuple(kind for kind in KINDS if kind not in rates)
