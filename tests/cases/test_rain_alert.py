from __future__ import annotations

import pandas as pd
import pytest

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, months, record, worth


def test_rain_alert_needs_no_ml():
    """What an evening costs, over the days that the folds test on (after the first 244)."""
    days = pd.read_csv(shipped.cases() / "rain-alert" / "weather.csv")
    wet = days["rain_tomorrow"].eq("yes")[244:]
    cover, wetting = middle(80, 120), middle(110, 190)
    rained = (days["rain_mm"] > 0)[244:]
    rule = ((rained & ~wet).sum() * cover + (~rained & wet).sum() * wetting) / len(wet)
    assert cost("rain-alert", "rained-today") == pytest.approx(rule, rel=1e-5)
    assert cost("rain-alert", "all") == pytest.approx((~wet).mean() * cover, rel=1e-5)
    assert cost("rain-alert", "none") == pytest.approx(wet.mean() * wetting, rel=1e-5)
    # at most the model could save the rule's whole cost, and it saves none of it
    assert cost("rain-alert", "model") > rule
    found = record("rain-alert")
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "rained-today")
    model = next(o for o in found.options if o.id == "model")
    assert model.failed_gates == ("beats-baseline",)
    # the rule's worth at the base rate of all days: what it saves, over 36 months at 5%
    share = days["rain_tomorrow"].eq("yes").mean()
    recall, alarm = rained[wet].mean(), rained[~wet].mean()
    saved = share * recall * wetting - (1 - share) * alarm * cover
    by_hand = saved * 30.4 * months(36, 0.05)
    assert worth("rain-alert", "rained-today") == pytest.approx(by_hand, rel=0.005)
