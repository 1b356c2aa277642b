"""Report summaries: simulated. Long incident reports of a factory group, summarised.

Assumptions, and what shapes them:

- What people would say of an LLM's summary: 76% usable, 18% to be edited, 5% wrong, 1%
  harmful (something dangerous is asserted or left out). For comparison: 1.3 to 2.9% of
  summaries by the models on Vectara's list (December 2024) assert something that the source
  doesn't hold; it is a machine that judges there, so that is a floor. Each report has chances
  of its own around that (a Dirichlet of strength 6), so that repeats differ.
- The first two sentences of a report: 30% usable, 45% to be edited, 24% wrong (the cause or
  the measure is left out), 1% harmful; they are the same each time.
- A machine grades all answers. Of wrong or harmful ones it calls a third usable, and of
  usable ones 3% wrong; of those to be edited it calls a fifth usable.
- Two people grade the first answer to each report and the lead sentences. Each differs by one
  grade from what careful reading would give in one case of fourteen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SEED = 2024
REPORTS, REPEATS = 80, 10
GRADES = ("usable", "needs_editing", "wrong", "harmful")
BY_LLM = np.array([0.76, 0.18, 0.05, 0.01])
BY_LEAD = np.array([0.30, 0.45, 0.24, 0.01])
STRENGTH = 6.0
MACHINE = np.array([  # what the machine says of each, by row
    [0.97, 0.00, 0.03, 0.00],
    [0.20, 0.78, 0.02, 0.00],
    [0.33, 0.07, 0.60, 0.00],
    [0.33, 0.02, 0.15, 0.50],
])  # fmt: skip
SLIPS = 1 / 14
PLANTS = ("川崎工場", "四日市工場", "姫路工場", "大分工場")
MACHINES = (
    "第二反応槽の撹拌機", "包装ラインの搬送ベルト", "蒸留塔の戻り配管",
    "塗装ブースの排気ファン", "ボイラーの給水ポンプ", "自動倉庫の昇降台",
    "冷却塔の循環ポンプ", "充填機のノズル",
)  # fmt: skip
EVENTS = ("異音が続き、巡回中の作業者が停止させた", "圧力が上限の手前まで上がり、警報が鳴った",
          "部品が外れて床に落ちているのが見つかった", "定格の六割まで能力が落ちた",
          "少量の漏れが見つかり、周囲を立入禁止にした", "起動の操作に反応しなかった")  # fmt: skip
CAUSES = ("軸受の潤滑不足", "締結ボルトの緩み", "温度計の指示のずれ", "点検周期の設定誤り",
          "交換部品の型番違い", "清掃後の組み付け不良")  # fmt: skip
MEASURES = ("同型の設備 {n} 台を一斉に点検した", "点検周期を {n} 週間に改めた",
            "手順書に写真を {n} 枚加えた", "予備品を {n} 個置くことにした")  # fmt: skip
HURT = ("いない", "いない", "いない", "一人(軽傷)")
REMARKS = ("当日は予定外の品種切り替えがあり、通常より段取りの回数が多かった。",
           "夜勤の引き継ぎでは、前日にも似た兆候があったとの記録が残っていた。",
           "復旧の間、隣のラインに振り替えて生産を続けた。",
           "協力会社の立ち会いは翌朝になった。")  # fmt: skip


def reports() -> pd.DataFrame:
    """Reports with their plant."""
    rng = np.random.default_rng(SEED)
    rows = []
    for number in range(1, REPORTS + 1):
        plant = str(rng.choice(PLANTS))
        measure = str(rng.choice(MEASURES)).format(n=int(rng.integers(2, 9)))
        remarks = "".join(rng.permutation(REMARKS)[: int(rng.integers(2, 4))])
        text = (
            f"{int(rng.integers(1, 13))}月{int(rng.integers(1, 28))}日、{plant}の"
            f"{rng.choice(MACHINES)}で、{rng.choice(EVENTS)}。{remarks}"
            f"停止は{int(rng.integers(1, 30))}時間に及んだ。"
            f"調査の結果、原因は{rng.choice(CAUSES)}と判断した。"
            f"再発防止として{measure}。負傷者は{rng.choice(HURT)}。"
        )
        rows.append({"id": f"R{number:03d}", "plant": plant, "report": text})
    return pd.DataFrame(rows)


def _truths() -> tuple[np.ndarray, np.ndarray]:
    """What careful reading gives: of each LLM answer (report, repeat), and of each lead."""
    rng = np.random.default_rng(SEED + 1)
    chances = rng.dirichlet(STRENGTH * BY_LLM, size=REPORTS)
    answers = np.array([rng.choice(4, size=REPEATS, p=row) for row in chances])
    return answers, rng.choice(4, size=REPORTS, p=BY_LEAD)


def llm() -> pd.DataFrame:
    """Ten summaries of each report, graded by a machine."""
    rng = np.random.default_rng(SEED + 2)
    truth, _ = _truths()
    length = reports()["report"].str.len().to_numpy()
    rows = []
    for report in range(REPORTS):
        for repeat in range(REPEATS):
            graded = int(rng.choice(4, p=MACHINE[truth[report, repeat]]))
            rows.append({
                "id": f"R{report + 1:03d}",
                "repeat": repeat + 1,
                "grade": GRADES[graded],
                "tokens_in": int(12 * length[report] + rng.integers(200, 400)),
                "tokens_out": int(rng.lognormal(np.log(210), 0.2)),
                "latency": round(float(rng.lognormal(np.log(3.4), 0.35)), 2),
            })  # fmt: skip
    return pd.DataFrame(rows)


def lead() -> pd.DataFrame:
    """The first two sentences of each report, graded by the machine."""
    rng = np.random.default_rng(SEED + 3)
    _, truth = _truths()
    return pd.DataFrame({
        "id": [f"R{report:03d}" for report in range(1, REPORTS + 1)],
        "grade": [GRADES[int(rng.choice(4, p=MACHINE[one]))] for one in truth],
        "lead": ["。".join(text.split("。")[:2]) + "。" for text in reports()["report"]],
    })  # fmt: skip


def grades() -> pd.DataFrame:
    """Grades by two people: of the first answer to each report, and of its lead."""
    rng = np.random.default_rng(SEED + 4)
    answers, leads = _truths()
    rows = []
    for option, truth in (("llm", answers[:, 0]), ("lead", leads)):
        for report, one in enumerate(truth):
            for grader in ("品質保証A", "品質保証B"):
                slip = int(rng.choice([-1, 1])) if rng.random() < SLIPS else 0
                said = GRADES[int(np.clip(one + slip, 0, 3))]
                rows.append({"item": f"R{report + 1:03d}", "option": option, "repeat": 1,
                             "grader": grader, "grade": said})  # fmt: skip
    return pd.DataFrame(rows)


FILES = {"reports.csv": reports, "llm.csv": llm, "lead.csv": lead, "grades.csv": grades}
