"""A small case of each kind of task, as changes to the case that ``make_case`` writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlpdm_kit import decide, load_case
from mlpdm_kit.record.model import DecisionRecord


def said(**shares: str) -> dict[str, Any]:
    """Rates with their evidence."""
    return {name: {"value": value, "evidence": "measured"} for name, value in shares.items()}


def multiclass() -> dict[str, Any]:
    """Classes by stated shares."""
    return {
        "task": "multiclass",
        "outcomes": {
            "wrong": {"cost": "50 JPY per claim"},
            "unanswered": {"cost": "20 JPY per claim"},
        },
        "options": {
            "desk": {"kind": "process", "rates": said(wrong="2%"), "cost_per_case": "15 JPY"},
            "model": {
                "kind": "model",
                "rates": said(wrong="6%", unanswered="10%"),
                "build": "100k JPY",
            },
        },
    }


def pairs() -> dict[str, Any]:
    """Classes in a file, and a pair of them with a price of its own."""
    rows = "\n".join(f"{i},{'refund' if i % 2 else 'spam'},{i % 7}" for i in range(60))
    answers = "\n".join(
        f"{i},{'spam' if i < 10 else ('refund' if i % 2 else 'spam')}" for i in range(60)
    )
    return {
        "files": {"d.csv": f"id,kind,x\n{rows}\n", "a.csv": f"id,answer\n{answers}\n"},
        "task": "multiclass",
        "data": {"file": "d.csv", "target": "kind"},
        "outcomes": {
            "wrong": {"cost": "1 JPY per claim"},
            "unanswered": {"cost": "2 JPY per claim"},
            "refund > spam": {"cost": "30 JPY per claim"},
        },
        "options": {
            "clerk": {"kind": "process", "rates": said(wrong="1%")},
            "llm": {"kind": "llm", "predictions": "a.csv", "cost_per_case": "0.1 JPY"},
        },
    }


def search() -> dict[str, Any]:
    """A search with its list of what is asked for most."""
    wanted = ["a"] * 30 + ["b"] * 20 + [f"z{i}" for i in range(10)]
    rows = "\n".join(f"{i},{doc}" for i, doc in enumerate(wanted))
    ranks = "\n".join(f"{i},{1 if i % 3 else ''}" for i in range(60))
    return {
        "files": {"d.csv": f"id,doc\n{rows}\n", "r.csv": f"id,rank\n{ranks}\n"},
        "task": "search",
        "hit_at": 2,
        "data": {"file": "d.csv", "target": "doc"},
        "outcomes": {"hit": {"gain": "10 JPY per claim"}},
        "options": {
            "browse": {"kind": "process", "rates": said(hit="30%")},
            "bm25": {"kind": "bought", "predictions": "r.csv"},
        },
    }


def documents() -> dict[str, Any]:
    """Thirty documents that are really searched: 40 questions by their own word, 20 by another."""
    docs = "\n".join(f"d{i},own{i}x leave" for i in range(30))
    asked = [(i % 30, f"own{i % 30}x") for i in range(40)] + [(29, "holiday")] * 20
    rows = "\n".join(f"{n},d{doc},{said},{'ab'[n % 2]}" for n, (doc, said) in enumerate(asked))
    return {
        "files": {"d.csv": f"n,doc,said,team\n{rows}\n", "docs.csv": f"id,text\n{docs}\n"},
        "task": "search",
        "hit_at": 30,
        "data": {
            "file": "d.csv",
            "target": "doc",
            "id": "n",
            "query": "said",
            "segment": "team",
            "documents": {"file": "docs.csv", "id": "id", "text": "text"},
        },
        "outcomes": {
            "miss": {"cost": "90 JPY per claim"},
            "wrong_top": {"cost": "30 JPY per claim"},
        },
        "options": {
            "browse": {"kind": "process", "status_quo": True,
                       "rates": said(hit="30%", wrong_top="20%")},
            "plain": {"kind": "bm25"},
            "more": {"kind": "tfidf", "synonyms": {"holiday": ["leave"]}},
            "list": {"kind": "popular"},
        },
    }  # fmt: skip


def extraction() -> dict[str, Any]:
    """Texts taken out of documents: right, missing or wrong."""
    rows = "\n".join(f"{i},{1000 + i},x" for i in range(40))
    answers = "\n".join(f"{i},{'' if i < 6 else 'no' if i < 10 else 1000 + i}" for i in range(40))
    return {
        "files": {"d.csv": f"id,total,text\n{rows}\n", "a.csv": f"id,answer\n{answers}\n"},
        "task": "extraction",
        "data": {"file": "d.csv", "target": "total"},
        "outcomes": {
            "missing": {"cost": "30 JPY per claim"},
            "wrong": {"cost": "300 JPY per claim"},
        },
        "options": {
            "typing": {"kind": "process", "rates": said(missing="1%", wrong="1%")},
            "llm": {"kind": "llm", "predictions": "a.csv"},
        },
    }


def generation() -> dict[str, Any]:
    """Grades of generated texts."""
    grades = ["usable"] * 20 + ["needs editing"] * 12 + ["wrong"] * 6 + ["harmful"] + [""]
    rows = "\n".join(f"{i},prompt {i}" for i in range(40))
    given = "\n".join(f"{i},{grade}" for i, grade in enumerate(grades))
    return {
        "files": {"d.csv": f"id,prompt\n{rows}\n", "g.csv": f"id,grade\n{given}\n"},
        "task": "generation",
        "data": {"file": "d.csv"},
        "outcomes": {
            "usable": {"gain": "100 JPY per claim"},
            "needs_editing": {"gain": "40 JPY per claim"},
            "wrong": {"cost": "20 JPY per claim"},
            "harmful": {"cost": "1000 JPY per claim"},
        },
        "options": {
            "template": {
                "kind": "process",
                "rates": said(needs_editing="90%", wrong="5%", harmful="0%"),
            },
            "llm": {"kind": "llm", "predictions": "g.csv"},
        },
    }


def formula() -> dict[str, Any]:
    """A value that the case writes itself."""
    return {
        "task": "formula",
        "outcomes": None,
        "inputs": {"margin": "2", "clicks": "1..3"},
        "options": {
            "popular": {"kind": "process", "value": "clicks * margin"},
            "model": {
                "kind": "model",
                "value": "clicks * margin + lift",
                "inputs": {"lift": "-1..2"},
                "build": "1000 JPY",
            },
        },
    }


def column() -> dict[str, Any]:
    """A miss costs a share of what stands in a column."""
    rows = [(i, int(i % 4 == 0), 1000 if i % 8 == 0 else 10) for i in range(80)]
    text = "\n".join(f"{i},{bad},{amount}" for i, bad, amount in rows)
    return {
        "files": {"d.csv": f"id,bad,amount\n{text}\n"},
        "data": {"file": "d.csv", "target": "bad", "known_then": ["amount"]},
        "outcomes": {
            "false_positive": {"cost": "1 JPY per claim"},
            "false_negative": {"cost": "80%", "column": "amount"},
        },
        "options": {
            "rule": {"kind": "rule", "when": "amount > 500"},
            "model": {"kind": "model", "build": "1000 JPY"},
        },
    }


def calls() -> dict[str, Any]:
    """A log of sales calls in three steps, and a person who may look after any of them."""
    return {
        "task": "generation",
        "currency": "USD",
        "unit": "call",
        "volume": "900..1400 per month",
        "outcomes": {
            "usable": {"gain": "6..10 USD per call"},
            "needs_editing": {"gain": "2..4 USD per call"},
            "wrong": {"cost": "20..60 USD per call"},
            "harmful": {"cost": "200..900 USD per call"},
            "unanswered": {"cost": "1..2 USD per call"},
        },
        "options": {
            "form": {
                "kind": "process",
                "label": "The rep fills in a form",
                "rates": said(needs_editing="20%..40%", wrong="2%..5%", harmful="0%"),
                "cost_per_case": "4..6 USD per call",
            },
            "llm": {
                "kind": "llm",
                "label": "Transcribed, parted by speaker, summed up",
                "build": "20k..40k USD",
                "run": "500..900 USD per month",
                "steps": {
                    "transcription": {
                        **said(needs_editing="8%..14%", wrong="3%..6%", unanswered="1%..3%"),
                        "cost_per_case": "0.1..0.2 USD per call",
                    },
                    "speakers": said(wrong="2%..5%"),
                    "summary": said(wrong="2%..4%", harmful="0.3%..1%", mends="10%..20%"),
                },
                "check": {
                    "price": "0.5..1 USD per call",
                    "finds": {"value": "60%..80%", "evidence": "measured"},
                    "mend": "1..2 USD per call",
                    "time": "1..2 minutes",
                },
            },
        },
    }


KINDS: dict[str, Callable[[], dict[str, Any]]] = {
    kind.__name__: kind
    for kind in (multiclass, pairs, search, documents, extraction, generation, formula, column)
}


def decided(make_case: Any, **changes: Any) -> DecisionRecord:
    """Its record, on few draws, with no discount."""
    folder = make_case(prevalence=None, **{"discount": "0% per year", **changes})
    return decide(load_case(folder), draws=1024)


def worth(record: DecisionRecord, option: str) -> float:
    """Expected net benefit of one option."""
    found = next(one for one in record.options if one.id == option).expected_net_benefit
    assert found is not None
    return found.mean
