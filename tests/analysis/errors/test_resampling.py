"""Bootstrap counts against what a multinomial is: sums, means, covariances, whole law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlpdm_kit.analysis.errors.resampling import FEW_ROWS, multinomial

COUNTS = np.array([6_000, 0, 40, 2_500, 3, 1_457])


def test_moments_are_those_of_a_multinomial():
    """20,000 samples: means, variances and covariances within five standard errors."""
    drawn = multinomial(COUNTS, 20_000, np.random.default_rng(1))
    rows = COUNTS.sum()
    assert rows > FEW_ROWS
    assert (drawn.sum(axis=1) == rows).all()
    assert (drawn[:, 1] == 0).all()
    shares = COUNTS / rows
    wanted = rows * (np.diag(shares) - np.outer(shares, shares))
    spread = np.sqrt(np.diag(wanted))
    assert (np.abs(drawn.mean(axis=0) - COUNTS) <= 5 * spread / np.sqrt(20_000)).all()
    size = np.outer(spread, spread)
    off = np.abs(np.cov(drawn.T) - wanted)
    assert (off <= 5 * 1.5 * size / np.sqrt(20_000) + 1e-12).all()


@pytest.mark.parametrize("cell", [2, 4])
def test_a_rare_cell_is_binomial(cell: int):
    drawn = multinomial(COUNTS, 20_000, np.random.default_rng(2))[:, cell]
    law = stats.binom(COUNTS.sum(), COUNTS[cell] / COUNTS.sum())
    most = int(law.ppf(0.999))
    seen = np.bincount(np.minimum(drawn, most).astype(int), minlength=most + 1)
    expected = 20_000 * np.append(law.pmf(np.arange(most)), law.sf(most - 1))
    kept = expected > 5
    chi2 = float(((seen[kept] - expected[kept]) ** 2 / expected[kept]).sum())
    assert chi2 < stats.chi2(kept.sum()).ppf(0.9999)


def test_few_rows_are_drawn_the_plain_way():
    plain = np.random.default_rng(3).multinomial(10, [0.3, 0.7], size=5)
    assert (multinomial([3, 7], 5, np.random.default_rng(3)) == plain).all()
