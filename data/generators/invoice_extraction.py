"""Invoices of a Japanese company and how they are read: simulated.

Assumptions, and where each figure comes from:

- Keying errs on 1.9% of invoices; research on data entry finds 0.55 to 3.6%. Keying twice leaves
  an eighth of it (Paulsen, Overgaard & Lauritsen, PLOS ONE 2012: 0.046 against 0.370 per 1,000).
- AI-OCR reads 86% of invoices without an error in any field; vendors say 80 to 90%.
- An LLM that reads the page reads 92% so, with about 2,200 tokens in (one image) and 150 out:
  assumed, about what small trials find. It was given every seventh invoice three times; one in
  six of what it misread comes out right the next time, and as many others are misread: assumed.
- What was misread is one field, as often as not the amount, else the date or the registration
  number. A number fails its check digit, an amount the sum of net and tax in nine of ten cases,
  a date never: what fails is left to a person.
- 150 suppliers send as many invoices as Zipf's law says. 22 of the 70 largest agree to send
  structured invoices (JP PINT); templates are made for the 45 largest: assumed.
- Templates fail to find a field on 5% of their suppliers' invoices and misread 0.6%: assumed.

The suppliers are made up; numbers that begin with 9999 after the check digit belong to no one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

INVOICES, SUPPLIERS, AGREED, AMONG, TEMPLATES = 700, 150, 22, 70, 45
KEYING, TWICE, OCR, LLM = 0.019, 0.019 / 8, 0.14, 0.08
EACH, REPEATS, MENDED = 7, 3, 1 / 6
WITH_ML = ("ocr", "llm", "e-invoice-templates-llm")
FORMS = {"PDF": 0.62, "スキャン": 0.3, "手書き": 0.08}
HARDER = {"PDF": 0.55, "スキャン": 1.5, "手書き": 2.6}  # times the errors of reading
NAMES = ("青葉", "桜川", "みなと", "北斗", "朝日台", "若宮", "緑陽", "東雲", "白鳥", "光洋")
TRADES = ("商事", "印刷", "電材", "運輸", "設備", "食品", "製作所", "システム",
          "警備保障", "文具", "紙業", "通信", "機工", "企画", "物産")  # fmt: skip


def check_digit(base: str) -> str:
    """First digit of a Japanese corporate number of 13 digits, from the other twelve."""
    total = sum(int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(base[::-1]))
    return str(9 - total % 9)


@cache
def _read() -> pd.DataFrame:
    """Invoices with all that is on them, by supplier."""
    rng = np.random.default_rng(20_240_801)
    weight = 1 / np.arange(1, SUPPLIERS + 1)
    supplier = rng.choice(SUPPLIERS, INVOICES, p=weight / weight.sum())
    names = [f"{first}{trade}株式会社" for first in NAMES for trade in TRADES]
    names = list(rng.permutation(names))
    bases = [f"9999{number:08d}" for number in rng.integers(0, 10**8, SUPPLIERS)]
    agreed = np.isin(np.arange(SUPPLIERS), rng.choice(AMONG, AGREED, replace=False))
    form = rng.choice(list(FORMS), (SUPPLIERS,), p=list(FORMS.values()))
    net = (rng.lognormal(11.0, 1.1, INVOICES) / 100).round().astype(int) * 100
    day = pd.Timestamp("2026-04-01") + pd.to_timedelta(rng.integers(0, 91, INVOICES), unit="D")
    return pd.DataFrame(
        {
            "請求書": [f"R{number:04d}" for number in range(1, INVOICES + 1)],
            "取引先": [names[s] for s in supplier],
            "様式": form[supplier],
            "電子請求に同意": np.where(agreed[supplier], "はい", "いいえ"),
            "雛形": np.where(supplier < TEMPLATES, "あり", "なし"),
            "登録番号": ["T" + check_digit(bases[s]) + bases[s] for s in supplier],
            "日付": day.strftime("%Y-%m-%d"),
            "税抜": net,
            "合計": net + net // 10,
        }
    )  # fmt: skip


@cache
def invoices() -> pd.DataFrame:
    """Each invoice, and what is right to enter: registration number, date, total."""
    table = _read().copy()
    table["正解"] = [
        f"{number} {day} {total}円"
        for number, day, total in zip(table["登録番号"], table["日付"], table["合計"], strict=True)
    ]
    return table[["請求書", "取引先", "様式", "電子請求に同意", "雛形", "税抜", "正解"]]


def _misread(right: str, net: int, rng: np.random.Generator) -> tuple[str, bool]:
    """What stands there with one field misread, and whether the checks see it."""
    number, day, total = right.split()
    field = rng.choice(["amount", "date", "number"], p=[0.5, 0.3, 0.2])
    if field == "date":
        return f"{number} {day[:8]}{(int(day[8:]) + 6) % 28 + 1:02d} {total}", False
    digits = list(number[1:] if field == "number" else total[:-1])
    place = int(rng.integers(1, len(digits)))
    digits[place] = str((int(digits[place]) + int(rng.integers(1, 9))) % 10)
    said = "".join(digits)
    if field == "number":
        return f"T{said} {day} {total}", check_digit(said[1:]) != said[0]
    # one time in ten net and tax are misread alike, and add up
    return f"{number} {day} {said}円", bool(rng.random() < 0.9)


def _reads(rng: np.random.Generator, share: float, *, checked: bool, forms: bool) -> list[str]:
    """Answers with so many of them misread; what fails the checks is left empty."""
    table, found = invoices(), []
    for right, net, form in zip(table["正解"], table["税抜"], table["様式"], strict=True):
        wrong, seen = _misread(right, net, rng)
        if rng.random() >= share * (HARDER[form] if forms else 1):
            found.append(right)
        else:
            found.append("" if checked and seen else wrong)
    return found


@cache
def answers() -> pd.DataFrame:
    """What each way of reading gives, one line an invoice; an empty answer goes to a person."""
    rng = np.random.default_rng(20_240_802)
    table = invoices()
    keyed = _reads(rng, KEYING, checked=False, forms=False)
    twice = _reads(rng, TWICE, checked=False, forms=False)
    ocr = _reads(rng, OCR, checked=True, forms=True)
    llm = _reads(rng, LLM, checked=True, forms=True)
    found = _reads(rng, 0.006, checked=False, forms=False)
    template = [
        said if has == "あり" and rng.random() >= 0.05 else ""
        for said, has in zip(found, table["雛形"], strict=True)
    ]
    agreed = table["電子請求に同意"] == "はい"

    def first(says: list[str]) -> list[str]:
        return [r if e else s for r, e, s in zip(table["正解"], agreed, says, strict=True)]

    rest = [t or s for t, s in zip(template, llm, strict=True)]
    ways = {
        "keying": keyed,
        "double-keying": twice,
        "templates": template,
        "e-invoice": first([""] * len(table)),
        "e-invoice-templates": first(template),
        "ocr": ocr,
        "llm": llm,
        "e-invoice-templates-llm": first(rest),
    }
    return pd.concat(
        pd.DataFrame({"id": table["請求書"], "option": way, "answer": said})
        for way, said in ways.items()
    )


def machines() -> pd.DataFrame:
    """The answers of AI-OCR and of the LLM, its tokens, and how long each took."""
    rng = np.random.default_rng(20_240_803)
    found = answers()[answers()["option"].isin(WITH_ML)]
    found = found.assign(latency=rng.lognormal(1.6, 0.4, len(found)).round(1))
    found.insert(2, "repeat", 1)
    found = pd.concat([found, *(_again(rng, repeat) for repeat in range(2, REPEATS + 1))])
    llm = (found["option"] == "llm").to_numpy()
    for side, usual in (("tokens_in", 2200), ("tokens_out", 150)):
        counts = rng.lognormal(np.log(usual), 0.1, len(found)).round()
        found[side] = pd.array(np.where(llm, counts, np.nan), dtype="Int64")
    return found


def _again(rng: np.random.Generator, repeat: int) -> pd.DataFrame:
    """What the LLM reads on some of the invoices when it is given them once more."""
    asked, astray = answers()[answers()["option"] == "llm"][::EACH], MENDED * LLM / (1 - LLM)
    table = invoices().iloc[::EACH]
    said = []
    for first, right, net in zip(asked["answer"], table["正解"], table["税抜"], strict=True):
        wrong, seen = _misread(right, net, rng)
        anew = right if first != right else "" if seen else wrong
        said.append(anew if rng.random() < (MENDED if first != right else astray) else first)
    took = rng.lognormal(1.6, 0.4, len(asked)).round(1)
    return asked.assign(repeat=repeat, answer=said, latency=took)


def people() -> pd.DataFrame:
    """The answers of keying, templates and structured invoices."""
    return answers()[~answers()["option"].isin(WITH_ML)]


FILES = {"invoices.csv": invoices, "without_ml.csv": people, "with_ml.csv": machines}
