from __future__ import annotations

import re
import unicodedata
from functools import cache

import bm25s
import numpy as np
import pandas as pd
import pytest

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, months, record, worth

CASE = "document-search"
MISS, WRONG_TOP = middle(300, 1000), middle(50, 200)


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(shipped.cases() / CASE / f"{name}.csv")


def pieces(text: str) -> list[str]:
    """Words in Latin letters, and pairs of characters of all else."""
    found = []
    for run in re.findall(r"[a-z0-9]+|[぀-ヿ一-鿿々]+", unicodedata.normalize("NFKC", text).lower()):
        pairs = [run[at : at + 2] for at in range(len(run) - 1)]
        found += [run] if run.isascii() or len(run) == 1 else pairs
    return found


def with_glossary(question: str) -> str:
    """The question and the official names of what it mentions, the longest names first."""
    left, added = unicodedata.normalize("NFKC", question).lower(), []
    for term, official in sorted(
        zip(table("glossary")["term"], table("glossary")["also"], strict=True),
        key=lambda pair: -len(pair[0]),
    ):
        plain = unicodedata.normalize("NFKC", term).lower()
        pattern = rf"(?<![a-z]){re.escape(plain)}(?![a-z])" if plain.isascii() else re.escape(plain)
        if re.search(pattern, left):
            left, added = re.sub(pattern, "\n", left), [*added, official]
    return " ".join([question, *added])


@cache
def places(glossary: bool) -> np.ndarray:
    """Place of the right document by the library bm25s; 0 where it shares nothing."""
    documents, asked = table("documents"), table("questions")
    engine = bm25s.BM25(method="lucene", k1=1.2, b=0.75, dtype="float64")
    texts = [pieces(text) for text in documents["title"] + "\n" + documents["text"]]
    engine.index(texts, show_progress=False)
    vocabulary = set().union(*texts)
    pinned = dict(zip(table("pinned")["query"], table("pinned")["document"], strict=True))
    found = []
    for question, right in zip(asked["question"], asked["document"], strict=True):
        said = with_glossary(question) if glossary else question
        known = [piece for piece in pieces(said) if piece in vocabulary]
        scores = engine.get_scores(known) if known else np.zeros(len(documents))
        at = int(np.flatnonzero(documents["document"] == right)[0])
        first = pinned.get(question) if glossary else None
        if first == right:
            found.append(1)
        elif scores[at] <= 0:
            found.append(0)
        else:
            ahead = (scores > scores[at]) | ((scores == scores[at]) & (np.arange(len(scores)) < at))
            if first is not None:
                ahead[documents["document"] == first] = True
            found.append(1 + int(ahead.sum()))
    return np.array(found)


def paid(ranks: np.ndarray) -> float:
    """What a search costs: found first nothing, within five a little, else a call."""
    missed = ((ranks == 0) | (ranks > 5)).mean()
    return float(missed * MISS + (1 - missed - (ranks == 1).mean()) * WRONG_TOP)


def gain(ranks: np.ndarray) -> float:
    discounts = np.where((ranks > 0) & (ranks <= 10), 1 / np.log2(1 + np.maximum(ranks, 1)), 0)
    return float(discounts.mean())


def test_what_a_search_costs_by_another_library():
    assert cost(CASE, "bm25") == pytest.approx(paid(places(False)), rel=1e-5)
    assert cost(CASE, "bm25-glossary") == pytest.approx(paid(places(True)), rel=1e-5)
    for option in ("embeddings", "lsa"):
        ranks = table(option)["rank"].fillna(0).to_numpy()
        assert cost(CASE, option) == pytest.approx(paid(ranks), rel=1e-5)


def test_the_figures_have_the_shape_that_is_claimed():
    """BM25 as on the Japanese part of MIRACL; the simulated embeddings 1.64 times as good."""
    embeddings = table("embeddings")["rank"].fillna(0).to_numpy()
    assert gain(places(False)) == pytest.approx(0.369, abs=0.03)
    assert gain(embeddings) / gain(places(False)) == pytest.approx(0.604 / 0.369, abs=0.08)
    written = set(table("documents")["text"].str.extractall(r"条（\w+）(\w+)の承認")[0])
    official = table("questions")["question"].map(lambda q: any(name in q for name in written))
    assert official.mean() == pytest.approx(0.40, abs=0.05)
    held = table("glossary")
    assert set(held["also"]) <= written
    assert not set(held["term"]) & written


def test_a_glossary_is_worth_more_than_embeddings():
    today = 0.147 * WRONG_TOP + (1 - 0.288 - 0.147) * MISS  # means of the betas of the trial
    searches = middle(5000, 8000)
    live = months(24, 0.05, middle(1, 3))
    glossary = (today - paid(places(True))) * searches - middle(80e3, 150e3)
    by_hand = glossary * live - middle(1.2e6, 2.2e6)
    assert worth(CASE, "bm25-glossary") == pytest.approx(by_hand, rel=0.03)
    live = months(24, 0.05, middle(2, 4))
    ranks = table("embeddings")["rank"].fillna(0).to_numpy()
    bought = (today - paid(ranks) - middle(0.1, 0.5)) * searches - middle(120e3, 280e3)
    other = bought * live - middle(2e6, 4.5e6)
    assert worth(CASE, "embeddings") == pytest.approx(other, rel=0.04)
    assert by_hand > other > 0
    assert paid(places(True)) == pytest.approx(paid(ranks), rel=0.05)  # they err as dearly
    found = record(CASE)
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "bm25-glossary")
    assert found.verdict.against == "embeddings"
    assert found.verdict.robust
