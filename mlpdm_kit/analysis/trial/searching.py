"""Search without ML: documents ranked by the words that they share with a question.

Two classics, on one analyser. BM25 (Robertson & Zaragoza, The Probabilistic Relevance
Framework: BM25 and Beyond, Foundations and Trends in Information Retrieval, 2009) is written
here on scikit-learn's counts: a library would count the same tokens again, in Python, which
takes as long once more and twice the memory. TF-IDF is scikit-learn's. Everything stays
sparse: a question touches the documents that share a token with it, and no others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.points import on_tested
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset

K1, B = 1.2, 0.75  # how soon a repeated word counts no more; how far a long text is held back
QUERIES_AT_ONCE = 64
# scripts that are written without spaces, with the marks that repeat or lengthen a character
_UNSPACED = r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
_RUNS = re.compile(rf"{_UNSPACED}|(?:(?!{_UNSPACED})\w)+")
_FIRST_UNSPACED = re.compile(_UNSPACED)


def tokens(text: str) -> list[str]:
    """What a text is searched by: words, and pairs of characters where no spaces are written.

    Widths and capitals are made alike (NFKC). An English plural becomes its singular by the
    three rules of the S stemmer (Harman, How effective is suffixing?, 1991); a run of Japanese
    characters gives all pairs of neighbours, as Lucene's CJK analyser does.

    Examples
    --------
    >>> tokens("Policies on VPNs")
    ['policy', 'on', 'vpn']
    >>> tokens("ＰＣの貸与")
    ['pc', 'の貸', '貸与']
    """
    found: list[str] = []
    for run in _RUNS.findall(_plain(text)):
        if not _FIRST_UNSPACED.match(run):
            found.append(_singular(run))
        elif len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("us", "ss")):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else f"{word[:-3]}y"
    return word[:-1]


def expanded(query: str, synonyms: Mapping[str, Sequence[str]]) -> str:
    """A query with what else its terms are called; the longest of overlapping terms counts.

    A term in letters is found as a whole word, one in Japanese anywhere.

    Examples
    --------
    >>> expanded("有休の残り", {"有休": ["年次有給休暇"], "休": ["休日"]})
    '有休の残り 年次有給休暇'
    >>> expanded("Excel at work", {"exce": ["no"], "excel": ["spreadsheet"]})
    'Excel at work spreadsheet'
    """
    also = {_plain(term): others for term, others in synonyms.items()}
    if not also:
        return query
    found = _terms(tuple(also)).findall(_plain(query))
    added = dict.fromkeys(other for term in found for other in also[term])
    return " ".join([query, *added])


@lru_cache(maxsize=8)
def _terms(terms: tuple[str, ...]) -> re.Pattern[str]:
    """All terms as one pattern, the longest first."""
    whole = r"[a-z0-9]"
    parts = [
        (rf"(?<!{whole})" if re.match(whole, term) else "")
        + re.escape(term)
        + (rf"(?!{whole})" if re.search(rf"{whole}\Z", term) else "")
        for term in sorted(terms, key=lambda term: (-len(term), term))
    ]
    return re.compile("|".join(parts))


@lru_cache(maxsize=1)  # the options of a case search the same texts
def _counted(texts: tuple[str, ...]) -> tuple[Any, Any]:
    """scikit-learn's counter, and how often each token stands in each text; sparse."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=tokens, dtype=np.float32)
    return counter, counter.fit_transform(texts)


def bm25(counts: Any, used: Any, *, k1: float = K1, b: float = B) -> Any:
    r"""Weight of each token in each document by BM25.

    Parameters
    ----------
    counts : sparse array, shape (documents, tokens)
        How often each token stands in each document.
    used : array of int
        The tokens whose weights are wanted.
    k1, b : float
        How soon a repeated word counts no more, and how far a long text is held back.

    Returns
    -------
    sparse array, shape (documents, len(used))
        :math:`\log(1 + \frac{N - n + 1/2}{n + 1/2}) \cdot
        \frac{f}{f + k_1 (1 - b + b L / \bar L)}`: f the count, L the document's length in
        tokens, n the number of N documents that hold the token. This is Robertson's weight
        with the inverse document frequency kept positive, and without the constant factor
        k1 + 1, as Lucene has both.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> counts = csr_array(np.array([[1.0, 1.0], [2.0, 0.0]]))
    >>> bm25(counts, np.array([0, 1])).toarray().round(4)
    array([[0.0829, 0.3151],
           [0.114 , 0.    ]])
    """
    documents = counts.shape[0]
    lengths = np.asarray(counts.sum(axis=1), dtype=float).ravel()
    held = np.maximum(1 - b + b * lengths / max(lengths.mean(), 1e-300), 1e-300)
    weights = counts[:, used].astype(float).tocsr()
    with_token = np.bincount(weights.indices, minlength=len(used))
    rarity = np.log1p((documents - with_token + 0.5) / (with_token + 0.5))
    row = np.repeat(np.arange(documents), np.diff(weights.indptr))
    weights.data = rarity[weights.indices] * weights.data / (weights.data + k1 * held[row])
    return weights


def tfidf(counts: Any, used: Any) -> Any:
    """Weight of each token by scikit-learn's TF-IDF, of documents made equally long.

    Parameters
    ----------
    counts, used
        As of `bm25`.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    found = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    return found[:, used].astype(float).tocsr()


def ranks(
    texts: tuple[str, ...],
    queries: Sequence[str],
    right: Any,
    weigh: Callable[[Any, Any], Any],
    *,
    synonyms: Mapping[str, Sequence[str]] | None = None,
    pinned: Mapping[str, int] | None = None,
) -> Array:
    """Place of the right document in the list that each query gives.

    Parameters
    ----------
    texts : tuple of str
        The documents.
    queries : sequence of str
    right : array of int
        Place of the right document of each query among the texts.
    weigh : callable
        `bm25` or `tfidf`.
    synonyms : mapping, optional
        What else a term is called; it is added to the query.
    pinned : mapping, optional
        By query, the document that somebody has put first.

    Returns
    -------
    array, shape (queries,)
        From 1; 0 where the document is not in the list. Of documents with the same score
        the one that stands first in the file goes first.

    Examples
    --------
    >>> texts = ("Parental leave", "Annual leave: apply a week before", "Expenses")
    >>> ranks(texts, ["annual leave", "holidays", "leave"], np.array([1, 1, 1]), bm25)
    array([1., 0., 2.])
    >>> also = {"holidays": ["annual leave"]}
    >>> ranks(texts, ["holidays"], np.array([1]), bm25, synonyms=also)
    array([1.])
    """
    counter, counts = _counted(texts)
    asked = counter.transform([expanded(query, synonyms or {}) for query in queries]).tocsr()
    used = np.unique(asked.indices)
    asked = asked[:, used].astype(float).tocsr()
    by_token = weigh(counts, used).T.tocsr()
    first = _first(queries, pinned or {})
    found = np.zeros(len(queries))
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        scores = (asked[start : start + QUERIES_AT_ONCE] @ by_token).tocsr()
        for row in range(scores.shape[0]):
            within = slice(scores.indptr[row], scores.indptr[row + 1])
            found[start + row] = _place(
                scores.indices[within],
                scores.data[within],
                int(right[start + row]),
                first[start + row],
            )
    return found


def _first(queries: Sequence[str], pinned: Mapping[str, int]) -> list[int | None]:
    """The document that is pinned for each query; spelling alone makes no other query."""
    known = {" ".join(tokens(query)): place for query, place in pinned.items()}
    return [known.get(" ".join(tokens(query))) for query in queries]


def _place(documents: Any, scores: Array, right: int, pinned: int | None) -> float:
    """Place of a document among those that a query gives."""
    if pinned == right:
        return 1.0
    own = scores[documents == right]
    if not len(own) or own[0] <= 0:
        return 0.0
    ahead = (scores > own[0]) | ((scores == own[0]) & (documents < right))
    if pinned is not None:
        ahead &= documents != pinned
    return 1.0 + float(ahead.sum()) + (pinned is not None)


def search(weigh: Callable[[Any, Any], Any]) -> Callable[[Rung, Dataset, Split, Setting], Tried]:
    """How an option that searches is tried: nothing is fitted on the questions."""

    def maker(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
        corpus = data.corpus
        assert corpus is not None
        found = ranks(
            corpus.texts[corpus.fields[rung.id]],
            corpus.queries,
            corpus.places[data.target.astype(int)],
            weigh,
            synonyms=corpus.synonyms[rung.id],
            pinned=corpus.pinned[rung.id],
        )
        return Tried(rung=rung, outcome=on_tested(found, split))

    return maker
