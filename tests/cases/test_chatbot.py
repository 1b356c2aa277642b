from __future__ import annotations

import pandas as pd
import pytest

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, middle_share, months, record, worth

USABLE, EDITED = middle(3.5, 6), middle(0.5, 1.5)
WRONG, HARMFUL = middle(6, 15), middle(60, 300)
QUESTIONS = middle(18000, 24000)


def test_the_faq_with_a_form_is_worth_most():
    wrong, harmful = middle_share(0.02, 0.045), middle_share(0.0001, 0.001)
    edited, silent = middle_share(0.04, 0.09), middle_share(0.42, 0.54)
    usable = 1 - wrong - harmful - edited - silent
    each = usable * USABLE + edited * EDITED - wrong * WRONG - harmful * HARMFUL
    live = months(24, 0.08, middle(2, 4))
    by_hand = each * QUESTIONS * live - middle(45e3, 100e3) - middle(1500, 3000) * live
    assert worth("chatbot", "faq-and-form") == pytest.approx(by_hand, rel=0.03)
    found = record("chatbot")
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "faq-and-form")


def test_the_chatbot_s_log_by_hand():
    """Ten answers to each question, at the mix of topics that the shop sees."""
    folder = shipped.cases() / "chatbot"
    log = pd.read_csv(folder / "answers.csv", keep_default_na=False)
    asked = log[log["attack"] == ""].merge(pd.read_csv(folder / "questions.csv"), on="id")
    worths = {"usable": USABLE, "wrong": -WRONG, "harmful": -HARMFUL, "": 0.0}
    by_topic = asked["grade"].map(worths).groupby(asked["topic"]).mean()
    lost = -(0.4 * by_topic["returns"] + 0.6 * by_topic["billing"])
    assert cost("chatbot", "chatbot") == pytest.approx(lost, rel=1e-4)
    (chatbot,) = record("chatbot").baseline.answers
    assert (chatbot.rows, chatbot.repeats) == (50, 10)
    # two answers to one question, drawn by lot, differ so often
    counts = asked.groupby(["id", "grade"]).size().unstack(fill_value=0)
    alike = (counts * (counts - 1)).sum(axis=1) / 90
    assert chatbot.flips is not None
    assert chatbot.flips.mean == pytest.approx(1 - alike.mean(), abs=1e-6)
    tokens = asked[["tokens_in", "tokens_out"]].mean()
    price = (0.4 * tokens["tokens_in"] + 1.6 * tokens["tokens_out"]) / 1e6
    assert chatbot.cost is not None
    assert chatbot.cost.mean == pytest.approx(price, rel=0.05)
    attacks = log[log["attack"] != ""]
    through = attacks["succeeded"].eq("yes").groupby(attacks["attack"]).mean()
    told = {one.kind: one.rate.mean for one in chatbot.attacks}
    assert told == pytest.approx(through.to_dict(), abs=1e-6)
    failed = {gate.id for gate in record("chatbot").gates if gate.status == "failed"}
    assert {"spread", "hallucination", "injection", "liability"} <= failed
