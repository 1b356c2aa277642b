"""Inputs that move together: stated as rank correlations, checked as one matrix."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.inputs import Input
from mlpdm_kit.errors import Fault

if TYPE_CHECKING:
    from mlpdm_kit.case.model import Related

LEAST = -1e-8  # an eigenvalue that is negative by no more than rounding


def score_correlation(rank: float) -> float:
    """Correlation of normal scores that gives a rank correlation, under a Gaussian copula.

    2 sin(pi rank/6) (Pearson 1907).

    Examples
    --------
    >>> score_correlation(0.5), score_correlation(-1)
    (0.5176380902050415, -1.0)
    """
    return 2 * math.sin(math.pi * rank / 6) if abs(rank) != 1 else float(rank)


def drawn_name(name: str) -> str:
    """Name of an input in the draws: ``options.x.rates.recall`` is ``options.x.recall``."""
    return name.replace(".rates.", ".")


def clash(names: Sequence[str], matrix: Any) -> tuple[list[tuple[str, str]], float] | None:
    """The pairs that cannot hold together, and to what share all would have to be brought.

    Parameters
    ----------
    names : sequence of str
    matrix : array, (names, names)
        Correlations of normal scores.

    Returns
    -------
    pairs and share, or None
        None where the matrix is positive semi-definite. The pairs are the correlated ones
        among the names that the eigenvector of its least eigenvalue is about.

    Examples
    --------
    >>> pairs, share = clash("abc", [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]])
    >>> pairs, share
    ([('a', 'b'), ('a', 'c'), ('b', 'c')], 0.54)
    >>> clash("ab", [[1, 0.9], [0.9, 1]])
    """
    import numpy as np

    whole = np.asarray(matrix, dtype=float)
    values, vectors = np.linalg.eigh(whole)
    if values[0] >= LEAST:
        return None
    inside = [i for i in range(len(names)) if abs(vectors[i, 0]) > 1e-6]
    pairs = [(names[i], names[j]) for i, j in combinations(inside, 2) if whole[i, j] != 0]
    ranks = 6 / np.pi * np.arcsin(np.clip(whole, -1, 1) / 2)
    percent = 99
    while percent > 0 and np.linalg.eigvalsh(_shrunk(ranks, percent / 100))[0] < LEAST:
        percent -= 1
    return pairs, percent / 100


def _shrunk(ranks: Any, share: float) -> Any:
    import numpy as np

    found = 2 * np.sin(np.pi * share * ranks / 6)
    np.fill_diagonal(found, 1.0)
    return found


def correlation_faults(related: Sequence[Related], inputs: Mapping[str, Input]) -> list[Fault]:
    """Faults of the stated correlations; ``inputs`` by their name in the draws."""
    faults: list[Fault] = []
    seen: dict[frozenset[str], int] = {}
    for index, one in enumerate(related):
        found = list(_own_faults(one, f"correlations.{index}", inputs))
        pair = frozenset(drawn_name(name) for name in one.between)
        if not found and pair in seen:
            found.append(Fault(code="correlation-twice", field=f"correlations.{index}.between",
                               value=_said(one), figures={"first": seen[pair] + 1}))  # fmt: skip
        elif not found:
            seen[pair] = index
        faults += found
    return [*faults, *_together(related, seen)]


def _own_faults(one: Related, field: str, inputs: Mapping[str, Input]) -> Iterator[Fault]:
    """Faults of one pair by itself."""
    names = [drawn_name(name) for name in one.between]
    if len(names) != 2 or names[0] == names[1]:
        yield Fault(code="correlation-two", field=f"{field}.between", value=_said(one))
        names = []
    for written, name in zip(one.between, names, strict=False):
        if name not in inputs:
            near = get_close_matches(name, inputs, n=3, cutoff=0.4)
            yield Fault(code="correlation-unknown", field=f"{field}.between", value=written,
                        figures={"known": ", ".join(near or inputs)})  # fmt: skip
        elif inputs[name].is_point:
            yield Fault(code="correlation-point", field=f"{field}.between", value=written)
    if not -1 <= one.rank <= 1:
        yield Fault(code="correlation-range", field=f"{field}.rank", value=f"{one.rank:g}")


def _said(one: Related) -> str:
    return ", ".join(one.between)


def _together(related: Sequence[Related], seen: Mapping[frozenset[str], int]) -> Iterator[Fault]:
    names = sorted({name for pair in seen for name in pair})
    matrix = [[1.0 if one == other else 0.0 for other in names] for one in names]
    for pair, index in seen.items():
        row, column = (names.index(name) for name in pair)
        matrix[row][column] = matrix[column][row] = score_correlation(related[index].rank)
    found = clash(names, matrix) if len(names) > 2 else None
    if found is not None:
        pairs, share = found
        yield Fault(code="correlation", field="correlations", value=said_pairs(pairs),
                    figures={"share": share})  # fmt: skip


def said_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs of names in one line."""
    return ", ".join(f"[{one}, {other}]" for one, other in pairs)
