from __future__ import annotations

import pandas as pd
import pytest

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, months, record, worth

FOLDER = shipped.cases() / "prompt-or-fine-tune"
LOST = {("解約", "請求契約"), ("解約", "要望")}


ASKED = {"prompt": (400, 1600), "few-shot": (400, 1600), "fine-tuned": (1100, 4400)}  # per 1M


def tokens(option: str) -> float:
    """What the tokens of an answer cost, over all answers."""
    said = pd.read_csv(FOLDER / "answers.csv").groupby("option").mean(numeric_only=True)
    read, written = said.loc[option, ["tokens_in", "tokens_out"]]
    return (read * ASKED[option][0] + written * ASKED[option][1]) / 1e6


def errors() -> dict[str, float]:
    """What the errors of each way cost per mail, mail by mail, over its answers to each."""
    right = pd.read_csv(FOLDER / "mails.csv").set_index("メール")["分類"]
    wrong, lost = middle(250, 500), middle(2500, 7000)
    found = {}
    for option, said in pd.read_csv(FOLDER / "answers.csv").groupby("option"):
        costs = [
            0.0 if r == a else lost if (r, a) in LOST else wrong
            for r, a in zip(right[said["id"]], said["answer"], strict=True)
        ]
        found[str(option)] = said.assign(cost=costs).groupby("id")["cost"].mean().mean()
    return found


def test_examples_in_the_prompt_pay_and_fine_tuning_does_not():
    per_mail = errors()
    for option, amount in per_mail.items():
        assert cost("prompt-or-fine-tune", option) == pytest.approx(amount, rel=1e-4)
    mails, desk = middle(6000, 9000), per_mail["desk"] + middle(60, 85)
    live = months(24, 0.03, middle(1, 2))
    saved = desk - per_mail["few-shot"] - tokens("few-shot")
    net = (saved * mails - middle(40e3, 80e3)) * live - middle(90e4, 200e4)
    assert worth("prompt-or-fine-tune", "few-shot") == pytest.approx(net, rel=0.04)
    # fine-tuned, were it never to age: less for more money, and three months later
    late = months(24, 0.03, middle(3, 6))
    saved = desk - per_mail["fine-tuned"] - tokens("fine-tuned")
    never_ages = (saved * mails - middle(80e3, 180e3)) * late - middle(350e4, 750e4)
    assert worth("prompt-or-fine-tune", "fine-tuned") < never_ages < net
    found = record("prompt-or-fine-tune")
    assert (found.verdict.outcome, found.verdict.option) == ("use_ml", "few-shot")


def test_plain_means_are_on_the_ladder_and_lose():
    for option in ("keywords", "model"):
        assert cost("prompt-or-fine-tune", option) > errors()["desk"] + middle(60, 85)
    # the names of the categories alone do not tell what they mean here
    assert errors()["prompt"] > 2 * errors()["few-shot"]
