from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, record


def test_progression_waits_for_an_answer():
    """The newsvendor's costs by hand, for what needs no model; the model pays, gates are open."""
    score = pd.read_csv(shipped.cases() / "progression" / "patients.csv")
    under, over = middle(0.30, 0.50), middle(0.075, 0.125)
    need, bmi_rule = score["progression"], 10 * (score["bmi"] - 10)
    by_rule = np.where(need > bmi_rule, under * (need - bmi_rule), over * (bmi_rule - need)).mean()
    assert cost("progression", "bmi") == pytest.approx(by_rule, rel=1e-5)
    # the best constant is the 80% quantile; in-sample, so a little below what folds give
    constant = need.quantile(under / (under + over))
    at_best = np.where(need > constant, under * (need - constant), over * (constant - need)).mean()
    assert cost("progression", "constant") == pytest.approx(at_best, rel=0.02)
    assert cost("progression", "model") < cost("progression", "one-measurement") < at_best
    found = record("progression")
    assert (found.verdict.outcome, found.verdict.option) == ("find_out_first", "model")
    assert found.verdict.meanwhile == "one-measurement"
    model = next(o for o in found.options if o.id == "model")
    # an assumed yes passes no hard gate, and nobody has compared the populations
    assert set(model.open_gates) == {"representative", "purpose"}
