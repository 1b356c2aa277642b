"""Results of promptfoo as the predictions of a case, from the file to codes of answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mlpdm_kit import load_case
from mlpdm_kit.case.columns import spelling
from mlpdm_kit.case.dataset import load_data
from mlpdm_kit.case.load import check_case

MADE = Path(__file__).parent / "made"

CASE = """\
title: Read totals off receipts?
currency: {currency}
unit: receipt
task: extraction
framing: {{user: a clerk, problem: slow, decision: what is booked, status_quo: keying}}
volume: 900..1100 per month
data: {{file: receipts.csv, target: total}}
outcomes:
  missing: {{cost: 1..2 {currency} per receipt}}
  wrong: {{cost: 5..9 {currency} per receipt}}
options:
  keying: {{kind: process, rates: {{missing: 1%..2%, wrong: 1%..2%}}, status_quo: yes}}
  {option}: {{kind: llm, predictions: {file}, {more}}}
horizon: 12 months
"""
TOTALS = {"r-01": "1,200", "r-02": "980.00", "r-03": "14,300", "r-04": "560", "r-05": "2,640",
          "r-06": "3,300", "r-07": "88,000", "r-08": "0070"}  # fmt: skip


def write(
    folder: Path,
    file: str = "receipts.json",
    *,
    option: str = "llm",
    currency: str = "USD",
    more: str = "note: x",
    prefix: str = "",
) -> Path:
    rows = [f'{prefix}{id},"{total}"' for id, total in TOTALS.items()]
    (folder / "receipts.csv").write_text("\n".join(["id,total", *rows]) + "\n", encoding="utf-8")
    text = CASE.format(option=option, currency=currency, file=file, more=more)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    if (MADE / file).exists():
        shutil.copy(MADE / file, folder / file)
    return folder


def codes(folder: Path) -> list[str]:
    """Of the faults of the predictions; eight receipts are too few, which is not asked here."""
    return [fault.code for fault in check_case(folder) if fault.code != "data-few"]


def test_answers_of_three_repeats_against_the_receipts(tmp_path: Path) -> None:
    """Worked by hand from model.js: r-03 errs once, r-05 refuses, r-06 and r-07 fail."""
    data = load_data(load_case(write(tmp_path)))
    assert data is not None
    answers = data.predictions["llm"]
    right = answers.score == data.target[:, None]
    assert right.astype(int).tolist() == [
        [1, 1, 1],  # 1,200 is 1,200
        [1, 1, 1],  # 980 is 980.00
        [1, 0, 1],
        [1, 1, 1],
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
        [1, 1, 1],  # 70 is 0070
    ]
    missing = answers.score == -1
    assert missing.any(axis=1).tolist() == [False] * 4 + [True] * 3 + [False]
    assert np.asarray(answers.said["refused"])[4].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("file", "changes", "expected"),
    [
        ("receipts.json", {}, []),
        ("receipts.json", {"currency": "JPY"}, ["log-currency"]),
        (
            "receipts.json",
            {"currency": "JPY", "more": "tokens: {input: 60 JPY per 1M, output: 240 JPY per 1M,"
             " as_of: 2026-10-01}"},
            [],
        ),
        ("receipts.json", {"prefix": "no-"}, ["log-ids"]),
        ("models.json", {}, ["log-option"]),
        ("models.json", {"option": "big_model"}, ["log-ids"]),
        ("gone.json", {}, ["data-missing"]),
    ],
)  # fmt: skip
def test_what_a_case_says_of_them(
    tmp_path: Path, file: str, changes: dict[str, str], expected: list[str]
) -> None:
    assert codes(write(tmp_path, file, **changes)) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("1,200", "1200"), ("12.50", "12.5"), ("007", "7"), ("-0", "0"), ("+3", "3"),
     ("2026/1/2", "2026-01-02"), ("2026-01-02 00:00:00", "2026-01-02"), (" Refund", "refund")],
)  # fmt: skip
def test_one_spelling(one: str, other: str) -> None:
    assert spelling(one) == spelling(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1,20", "120"), ("1.2", "12"), ("-3", "3"), ("100", "10"), ("2026-01-02 10:00", "2026-01-02"),
     ("12345678901234567890", "12345678901234567891"), ("1e3", "1000"), ("a1", "a01")],
)  # fmt: skip
def test_different_texts(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)
