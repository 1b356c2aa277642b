"""Case folders with a table of any length: what the long comparisons are timed on."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

NUMBERS = 13
TOWNS = ["Osaka", "Kyoto", "Kobe", "Nara", "Otsu", "Tsu"]
DESKS = [f"desk {number}" for number in range(1, 13)]
RANGES = [f"A{number:02d}" for number in range(30)]
CASE: dict[str, object] = {
    "title": "Call ahead where an order will be late?",
    "currency": "JPY",
    "unit": "order",
    "date": "2026-11-24",
    "framing": {
        "user": "A dispatcher",
        "problem": "Customers wait",
        "decision": "Whom to call",
        "status_quo": "Nobody is called",
    },
    "horizon": "24 months",
}


def make_frame(rows: int, seed: int = 0) -> pd.DataFrame:
    """An id, an answer and 20 columns: 13 amounts, a count, a yes or no, 4 kinds of words, a day.

    About one row in eight is positive; gaps in two columns, names of 400 vendors in one.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, NUMBERS))
    pull = np.linspace(1.0, -0.6, NUMBERS)
    town, desk = rng.integers(0, len(TOWNS), rows), rng.integers(0, len(DESKS), rows)
    kind, vendor = rng.integers(0, len(RANGES), rows), rng.integers(0, 400, rows)
    count, weekend = rng.poisson(3, rows), rng.random(rows) < 0.25
    lift = x @ pull + 0.3 * (town % 3) + 0.2 * (vendor % 7 == 0) + 0.4 * weekend + 0.1 * count
    target = lift + rng.logistic(size=rows) > 4.0
    names = [f"Vendor {word} {number:03d}" for number, word in enumerate(_words(rng, 400))]
    frame = pd.DataFrame({"id": np.arange(1, rows + 1)})
    for index in range(NUMBERS):
        frame[f"x{index}"] = np.round(x[:, index] * 10 + 50, 3)
    for index in (3, 8):
        frame.loc[rng.random(rows) < 0.05, f"x{index}"] = np.nan
    frame["items"], frame["weekend"] = count, weekend
    for name, words, codes in (("town", TOWNS, town), ("desk", DESKS, desk),
                               ("range", RANGES, kind), ("vendor", names, vendor)):  # fmt: skip
        frame[name] = pd.Categorical.from_codes(codes, words)
    days = np.datetime64("2024-01-01") + rng.integers(0, 730, rows).astype("timedelta64[D]")
    frame["ordered"] = days.astype("datetime64[s]")
    frame["late"] = np.where(target, "yes", "no")
    return frame


def _words(rng: np.random.Generator, count: int) -> list[str]:
    letters = np.array(list("aeiouklmnrst"))
    return ["".join(rng.choice(letters, 6)) for _ in range(count)]


def make_case(folder: Path, rows: int, *, suffix: str = "csv", seed: int = 0) -> Path:
    """A case folder with its table, as CSV or Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"orders.{suffix}"
    frame = make_frame(rows, seed)
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("frame", frame)
        kind = "PARQUET" if suffix == "parquet" else "CSV, HEADER"
        con.execute(f"COPY (SELECT * FROM frame) TO '{file}' (FORMAT {kind})")
    return _written(
        folder,
        {
            **CASE,
            "volume": "20000 per month",
            "prevalence": "10%..15%",
            "data": {"file": file.name, "target": "late", "id": "id"},
            "outcomes": {
                "false_positive": {"cost": "100 JPY per order"},
                "false_negative": {"cost": "600 JPY per order"},
            },
            "options": {
                "rule": {"kind": "rule", "when": "x0 > 60 AND items >= 2"},
                "model": {"kind": "model", "build": "1M..2M JPY", "run": "50k JPY per month"},
            },
        },
    )


def make_decision(folder: Path) -> Path:
    """A case of 5 options and 20 inputs that move, with no data."""

    def rate(low: int, high: int) -> dict[str, object]:
        return {"value": f"{low}%..{high}%", "evidence": "measured"}

    def rates(recall: tuple[int, int], alarms: tuple[int, int]) -> dict[str, object]:
        return {"recall": rate(*recall), "false_positive_rate": rate(*alarms)}

    options = {
        "rule": {"kind": "rule", "rates": rates((35, 50), (3, 6)),
                 "run": "5k..10k JPY per month"},
        "model": {"kind": "model", "rates": rates((60, 85), (6, 12)), "build": "1M..3M JPY",
                  "run": "40k..90k JPY per month", "delay": "2..5 months",
                  "adoption": "60%..95%"},
        "llm": {"kind": "llm", "rates": rates((55, 90), (4, 14)), "build": "300k..900k JPY",
                "run": "10k..30k JPY per month", "delay": "1..3 months",
                "cost_per_case": "2..6 JPY"},
    }  # fmt: skip
    return _written(
        folder,
        {
            **CASE,
            "volume": "8000..30000 per month",
            "prevalence": "3%..9%",
            "outcomes": {
                "false_positive": {"cost": "60..150 JPY per order"},
                "false_negative": {"cost": "400..1500 JPY per order"},
            },
            "options": options,
            "discount": "4%..10% per year",
        },
    )


def _written(folder: Path, case: dict[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    return folder
