from __future__ import annotations

import pytest

from tests.cases.by_hand import middle, months, record, worth


def test_urgent_mail_is_left_alone():
    """Gain per mail of each option against its price, at the means of the ranges."""
    hit, alarm = middle(4000, 15000), middle(200, 500)
    share, mails = 0.0187, middle(250, 400)  # mean of the beta with 1%..3%
    live = months(24, 0.05)
    keywords = (share * 0.348 * hit - (1 - share) * 0.0757 * alarm) * mails * live
    assert keywords < middle(100e3, 250e3) + middle(5e3, 10e3) * live
    late = months(24, 0.05, middle(2, 4))
    llm = (share * 0.862 * hit - (1 - share) * 0.0609 * alarm - middle(1, 3)) * mails * late
    price = middle(1e6, 2.5e6) + middle(30e3, 60e3) * late
    assert worth("urgent-mail", "llm") == pytest.approx(llm - price, rel=0.05)
    assert llm - price < 0
    found = record("urgent-mail")
    assert (found.verdict.outcome, found.verdict.option) == ("do_nothing", "none")
