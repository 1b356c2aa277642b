"""Expense claims of a Japanese company: simulated.

Assumptions, and where each figure comes from:

- 6.3% of claims are out of policy, and 19% of those are fraud; a claim is 115 dollars on average,
  12,000 yen (Oversight Systems, 2014: a vendor's figures, of US companies).
- What is out of policy is a duplicate (30%), over a limit (30%), without a receipt (15%), or a
  private expense (25%): assumed.
- Of a fraudulent claim all is lost, of another a quarter, which is what a limit cuts off: assumed.
- Honest claims look bad as well: 2% repeat an amount within a week, 3% are over a limit with a
  superior's consent, 1.5% have no receipt: assumed.
- An LLM that reads the claim and the rules of travel catches 78% and stops 7% of the honest ones,
  with 3,150 tokens in and 210 out, in about two seconds: assumed, about what small trials find.
- Every twelfth claim was put to it three times. Of the second and third answers one in three is
  given anew, which seldom changes it: assumed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

CLAIMS, OUT_OF_POLICY, FRAUD = 2_400, 0.063, 0.19
EACH, REPEATS, ANEW = 12, 3, 1 / 3
OFFICES = {"東京本社": 0.5, "大阪支社": 0.25, "名古屋支社": 0.15, "福岡営業所": 0.1}
# share, typical amount in yen, limit in yen, what is written in the memo
KINDS = {
    "タクシー": (0.25, 4_600, 10_000, ("品川→羽田", "梅田→新大阪", "深夜帰宅", "客先訪問")),
    "会食": (0.2, 19_500, 30_000, ("取引先との会食", "歓迎会", "打合せ後の食事")),
    "宿泊": (0.15, 16_000, 20_000, ("出張二泊", "出張一泊", "展示会の前泊")),
    "鉄道": (0.2, 11_000, 30_000, ("東京→名古屋", "新大阪→博多", "客先訪問")),
    "消耗品": (0.15, 5_400, 15_000, ("プリンター用紙", "ケーブル", "展示会の備品")),
    "書籍": (0.05, 3_700, 10_000, ("技術書", "法令集")),
}


@cache
def claims() -> pd.DataFrame:
    """Claims of a year as they are submitted, and what the auditors found afterwards."""
    rng = np.random.default_rng(20_240_701)
    n = CLAIMS
    why = rng.choice(
        ["", "重複", "上限", "領収書", "私用"], n,
        p=[1 - OUT_OF_POLICY, *(OUT_OF_POLICY * np.array([0.3, 0.3, 0.15, 0.25]))],
    )  # fmt: skip
    bad = why != ""
    names = list(KINDS)
    kind = rng.choice(names, n, p=[KINDS[name][0] for name in names])
    private = why == "私用"
    kind = np.where(private, rng.choice(["会食", "消耗品", "タクシー"], n), kind)
    limit = np.array([KINDS[name][2] for name in kind])
    typical = np.array([KINDS[name][1] for name in kind])
    amount = typical * rng.lognormal(0, 0.45, n) * np.where(private, 1.3, 1)
    over = (why == "上限") | (~bad & (rng.random(n) < 0.03))
    amount = np.where(over, limit * rng.uniform(1.02, 1.6, n), np.minimum(amount, limit))
    amount = (amount / 10).round().astype(int) * 10
    day = pd.Timestamp("2025-04-01") + pd.to_timedelta(np.sort(rng.integers(0, 365, n)), unit="D")
    weekend = rng.random(n) < np.where(private, 0.45, 0.06)
    late = rng.gamma(1.5, np.where(bad, 9, 6)).round().astype(int)
    agreed = np.where(over & ~bad, rng.random(n) < 0.7, rng.random(n) < 0.05)
    fraud = bad & (rng.random(n) < FRAUD)
    lost = np.where(fraud, amount, np.where(bad, amount * 0.25, 0)).round().astype(int)
    return pd.DataFrame(
        {
            "申請番号": [f"K{number:05d}" for number in range(1, n + 1)],
            "申請日": day.strftime("%Y-%m-%d"),
            "事業所": rng.choice(list(OFFICES), n, p=list(OFFICES.values())),
            "費目": kind,
            "摘要": [rng.choice(KINDS[name][3]) for name in kind],
            "金額": amount,
            "上限額": limit,
            "同額一週間以内": _yes((why == "重複") & (rng.random(n) < 0.92)
                                 | (why != "重複") & (rng.random(n) < 0.02)),
            "領収書": np.where(
                (why == "領収書") | (rng.random(n) < 0.015), "なし", "あり"
            ),
            "事前承認": np.where(agreed, "あり", "なし"),
            "休日利用": _yes(weekend),
            "申請までの日数": late,
            "監査くじ": rng.integers(1, 51, n),
            "規程違反": _yes(bad),
            "損失額": lost,
        }
    )  # fmt: skip


def _yes(held: np.ndarray) -> np.ndarray:
    return np.where(held, "はい", "いいえ")


def answers() -> pd.DataFrame:
    """What an LLM said of each claim, its tokens, and how long it took; some three times."""
    rng = np.random.default_rng(20_240_702)
    table = claims()
    n, bad = len(table), table["規程違反"].eq("はい").to_numpy()
    first = rng.random(n) < np.where(bad, 0.78, 0.07)
    parts = []
    for repeat in range(1, REPEATS + 1):
        anew = rng.random(n) < np.where(bad, 0.78, 0.07)
        held = first if repeat == 1 else np.where(rng.random(n) < ANEW, anew, first)
        part = pd.DataFrame(
            {
                "id": table["申請番号"],
                "repeat": repeat,
                "answer": np.where(held, "yes", "no"),
                "tokens_in": 3120 + rng.integers(0, 61, n),
                "tokens_out": rng.lognormal(np.log(210), 0.2, n).round().astype(int),
                "latency": rng.lognormal(0.6, 0.35, n).round(2),
            }
        )
        parts.append(part if repeat == 1 else part[::EACH])
    return pd.concat(parts)


FILES = {"claims.csv": claims, "llm_answers.csv": answers}
