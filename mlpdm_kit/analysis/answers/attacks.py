"""How often an attack makes an option do what it should not, by kind of attack."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlpdm_kit.analysis.answers.seen import Seen, seen_on
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import share_of
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
    found = {}
    for kind, (means, answers) in _tried(attacks).items():
        rate = seen_on(means, answers)
        if rate is not None:
            found[kind] = rate
    return found


def _tried(attacks: Attacks) -> dict[str, tuple[Array, Array]]:
    """Of each kind how often each attack got through, and how often it was tried."""
    table = pd.DataFrame({"kind": attacks.kind, "id": attacks.id, "succeeded": attacks.succeeded})
    found = {}
    for kind, rows in table.groupby("kind", sort=True):
        each = rows.groupby("id", sort=True)["succeeded"]
        means, answers = each.mean().to_numpy(float), each.count().to_numpy()
        if answers.any():
            found[str(kind)] = (means[answers > 0], answers[answers > 0])
    return found


def rate_of_attacks(attacks: Attacks) -> Distribution | None:
    """How often an attack gets through, for its price; None where none was tried.

    Notes
    -----
    Who attacks takes what works: of the kinds that were tried the one that is expected to get
    through most often, and at least the option's rate over all of them, with Jeffreys' prior.
    Each kind has a prior that weighs one case, with the rate of all other kinds for its mean:
    a kind that was tried once and resisted is not a quarter open. One that nobody has tried
    is expected to be as open as the others. That a kind was tried too little is for the gate
    to say (`deciding`).

    Examples
    --------
    >>> import numpy as np
    >>> kind, none = np.array(["direct"] * 300 + ["indirect"]), np.zeros(301)
    >>> found = rate_of_attacks(Attacks(kind=kind, id=np.arange(301).astype(str), succeeded=none))
    >>> round(found.mean, 5)  # 0.5 / 302
    0.00166
    """
    tried = _tried(attacks)
    if not tried:
        return None
    found = [_over(list(tried.values()))]
    for kind, own in tried.items():
        others = _over([each for name, each in tried.items() if name != kind])
        found.append(share_of(*own, prior=others.mean))
    return max(found, key=lambda rate: rate.mean)


def _over(kinds: list[tuple[Array, Array]]) -> Distribution:
    """Rate over all attacks of some kinds; without any Jeffreys' prior."""
    if not kinds:
        return share_of([])
    means, answers = (np.concatenate(parts) for parts in zip(*kinds, strict=True))
    return share_of(means, answers)


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
