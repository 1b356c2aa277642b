from __future__ import annotations

import pytest

from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.charts import CHARTS, sections_of
from tests.cases.by_hand import cost, middle, months, record, worth


def test_screening_is_right_for_ml():
    """Counts of NUMBERS: the model at 1/11 errs 34 + 3, the rule 29 + 17 of 569."""
    needless, missed = middle(60, 150), middle(600, 1500)
    model, rule = (34 * needless + 3 * missed) / 569, (29 * needless + 17 * missed) / 569
    found = record("screening")
    cells = next(o for o in found.baseline.options if o.id == "model").cells
    assert (cells["true_positive"], cells["false_positive"]) == (209, 34)
    assert (cells["false_negative"], cells["true_negative"]) == (3, 323)
    assert cost("screening", "model") == pytest.approx(model, rel=1e-5)
    assert cost("screening", "perimeter") == pytest.approx(rule, rel=1e-5)
    assert cost("screening", "none") / cost("screening", "all") == pytest.approx(
        2120 / 357, rel=1e-5
    )
    # over the horizon, against the rule that is in use: savings, running cost, price
    live = months(36, 0.05, middle(3, 6))
    saved = (rule - model) * middle(350, 600) * live
    net = saved - middle(1500, 3000) * live - middle(40e3, 90e3)
    assert net > 0
    assert worth("screening", "model") == pytest.approx(net, rel=0.06)
    assert (found.verdict.outcome, found.verdict.option) == ("use_ml", "model")


def test_a_threshold_s_cost_is_that_on_rows_it_was_not_chosen_on():
    """The curve's lowest point is chosen and read on the same rows, and looks too good."""
    found = record("screening")
    curve = next(c for c in found.error_costs.curves if c.option == "model")
    model = next(o for o in found.baseline.options if o.id == "model")
    assert model.operating_point is not None
    assert curve.tuned_cost == model.operating_point.tuned_cost
    assert curve.chosen_cost == cost("screening", "model")
    assert curve.tuned_cost is not None
    assert curve.tuned_cost > min(curve.cost)
    chart = CHARTS["threshold"].draw(sections_of(found), Sentences.of_record(found, "en"))
    assert chart is not None
    shown = str(chart["layout"]["annotations"])
    assert "$13.2 per sample" in shown.replace("&#36;", "$")
    assert "$11.1 per sample" in shown.replace("&#36;", "$")
