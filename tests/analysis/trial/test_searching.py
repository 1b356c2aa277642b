"""Search by words, against two libraries and by hand."""

from __future__ import annotations

import tracemalloc

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit.analysis.trial.searching import bm25, expanded, ranks, tfidf, tokens

ENGLISH = (
    "Annual leave policy: employees apply for annual leave a week before",
    "Parental leave policy: apply for parental leave two months before",
    "Travel expenses: taxi receipts and hotel bills",
    "VPN access from home: ask the service desk",
    "Travel policies for trips abroad: flights are booked by the service desk",
)
JAPANESE = (
    "年次有給休暇は、取得日の1週間前までに申請する。",
    "育児休業は、開始日の2か月前までに申し出る。",
    "出張旅費は、帰任後2週間以内に精算する。タクシー代には領収書を添付する。",
    "社外からの接続にはＶＰＮを使う。申請はヘルプデスクに行う。",
    "慶弔休暇は、事由が生じた日から申請できる。",
)


@pytest.mark.parametrize(
    ("texts", "query", "right"),
    [
        (ENGLISH, "how do I apply for parental leave", 1),
        (ENGLISH, "receipt for a taxi", 2),  # one receipt, where the text has several
        (ENGLISH, "policy for travelling: TRAVEL POLICY", 4),
        (JAPANESE, "有給休暇はいつまでに申請？", 0),
        (JAPANESE, "タクシー代の領収書", 2),
        (JAPANESE, "VPNを使いたい", 3),  # full width in the text
        (JAPANESE, "ﾀｸｼｰ", 2),  # half width in the question
    ],
)
@pytest.mark.parametrize("weigh", [bm25, tfidf])
def test_the_right_one_stands_first_in_both_languages(texts, query, right, weigh):
    assert ranks(texts, [query], np.array([right]), weigh).tolist() == [1.0]


def test_tokens_by_hand():
    assert tokens("The boss's taxis, buses & classes") == [
        "the",
        "boss",
        "s",
        "taxi",
        "buse",
        "classe",
    ]
    assert tokens("有休届 (PC) を出す。印") == ["有休", "休届", "pc", "を出", "出す", "印"]
    assert tokens("Ｗｉ‐Ｆｉ ルーター") == ["wi", "fi", "ルー", "ータ", "ター"]
    assert tokens(" 、。!? ") == []


@pytest.mark.parametrize("texts", [ENGLISH, JAPANESE])
def test_scores_are_those_of_bm25s(texts):
    """Scores of the library bm25s 0.3 (Lù, 2024), its method "lucene", on the same tokens."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=tokens)
    counts = counter.fit_transform(texts)
    ours = bm25(counts, np.arange(counts.shape[1]), k1=1.3, b=0.6).toarray()
    theirs = bm25s.BM25(method="lucene", k1=1.3, b=0.6, dtype="float64")
    theirs.index([tokens(text) for text in texts], show_progress=False)
    names = counter.get_feature_names_out()
    for column, name in enumerate(names):
        assert ours[:, column] == pytest.approx(theirs.get_scores([name]), abs=1e-12), name


def test_a_rank_by_hand():
    """Two of three documents hold the word, one of them twice in the same length."""
    texts = ("red red blue", "red green blue", "grey green blue")
    idf = np.log1p((3 - 2 + 0.5) / (2 + 0.5))
    found = bm25(_counts(texts), np.array([3])).toarray().ravel()  # blue green grey red
    assert found == pytest.approx([idf * 2 / 3.2, idf * 1 / 2.2, 0])
    asked = ["red", "red", "red", "blue"]
    assert ranks(texts, asked, np.array([0, 1, 2, 2]), bm25).tolist() == [1, 2, 0, 3]


def _counts(texts):
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer().fit_transform(texts)


def test_tfidf_is_scikit_learn_s_cosine():
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer=tokens, sublinear_tf=True)
    weights = vectors.fit_transform(ENGLISH)
    query = "travel policy of the service desk"
    # a question's own length moves all its scores alike; it is counted, not weighed again
    asked = (vectors.transform([query]) > 0).astype(float)
    scores = (asked @ weights.T).toarray().ravel()
    place = {int(text): rank for rank, text in enumerate(np.argsort(-scores, kind="stable"), 1)}
    found = ranks(ENGLISH, [query] * 5, np.arange(5), tfidf)
    assert [place[i] if scores[i] > 0 else 0 for i in range(5)] == found.tolist()


def test_what_a_term_is_also_called():
    also = {
        "有休": ["年次有給休暇"],
        "holiday": ["annual leave"],
        "PC": ["パソコン"],
        "c++": ["cpp"],
    }
    assert expanded("有休の残り", also) == "有休の残り 年次有給休暇"
    assert expanded("my Holiday, my HOLIDAY", also) == "my Holiday, my HOLIDAY annual leave"
    assert expanded("holidays", also) == "holidays"  # another word
    assert expanded("新しいＰＣ", also) == "新しいＰＣ パソコン"
    assert expanded("c++", also) == "c++ cpp"
    assert expanded("nothing", {}) == "nothing"
    asked = ["有休はいつまで"]
    assert ranks(JAPANESE, asked, np.array([0]), bm25).tolist() != [1.0]
    assert ranks(JAPANESE, asked, np.array([0]), bm25, synonyms=also).tolist() == [1.0]


def test_a_pinned_document_pushes_the_others_down():
    def place(query: str, right: int, **pinned: int) -> float:
        found = ranks(ENGLISH, [query], np.array([right]), bm25, pinned=dict(pinned))
        return float(found[0])

    assert place("leave", 1) == 1  # the shorter of two
    assert place("leave", 1, leave=3) == 2
    assert place("Leave!", 3, leave=3) == 1  # spelling alone makes no other query
    assert place("leave", 0, leave=1) == place("leave", 0) == 2  # it is first anyway
    assert place("leave policy", 1, leave=3) == 1  # another query
    assert place("nothing of it", 3, **{"nothing of it": 3}) == 1


words = st.lists(
    st.sampled_from(["leave", "travel", "休暇", "旅費", "vpn"]), min_size=1, max_size=6
)


@settings(deadline=None)  # scikit-learn is imported on the first
@given(st.lists(words, min_size=2, max_size=8), words)
def test_places_are_those_of_sorted_scores(texts: list[list[str]], query: list[str]):
    documents = tuple(" ".join(text) for text in texts)
    asked = [" ".join(query)] * len(documents)
    for weigh in (bm25, tfidf):
        found = ranks(documents, asked, np.arange(len(documents)), weigh)
        listed = sorted(place for place in found if place)
        assert listed == list(range(1, len(listed) + 1))
        for text, place in zip(texts, found, strict=True):
            shared = set(tokens(" ".join(text))) & set(tokens(" ".join(query)))
            assert (place > 0) == bool(shared)


def test_a_hundred_thousand_documents_fit():
    """Sparse all the way: a dense table of them would take 100,000 × 20,000 numbers."""
    rng = np.random.default_rng(0)
    vocabulary = np.array([f"w{number}x" for number in range(20_000)])
    drawn = np.minimum(rng.zipf(1.3, (100_000, 12)), 20_000) - 1
    texts = tuple(" ".join(vocabulary[row]) for row in drawn)
    right = rng.integers(0, 100_000, 300)
    queries = [" ".join(rng.choice(vocabulary[drawn[row]], 5)) for row in right]
    tracemalloc.start()
    try:
        found = ranks(texts, queries, right, bm25)
        assert tracemalloc.get_traced_memory()[1] < 300e6
    finally:
        tracemalloc.stop()
    assert (found >= 1).all()
    assert np.mean(found <= 10) > 0.5
