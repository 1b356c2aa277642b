"""Documents and questions: each way in which they can be wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpdm_kit.case.dataset import data_digest, load_data
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.errors import InputError

CASE = """\
title: Find it?
currency: JPY
unit: query
task: search
framing: {user: a, problem: b, decision: c, status_quo: d}
volume: 100 per month
data:
  file: asked.csv
  target: doc
  id: n
  query: question
  documents: {file: docs.csv, id: id, text: [title, body]}
outcomes: {miss: {cost: 100 JPY per query}}
options:
  words: {kind: bm25}
  more: {kind: tfidf, text: title, synonyms: also.csv, pinned: pinned.csv}
horizon: 12 months
"""
DOCS = "id,title,body\n" + "".join(f"{i},Rule {i},about topic{i}\n" for i in range(1, 31))
ASKED = "n,doc,question\n" + "".join(f"{i},{i % 30 + 1},topic{i}?\n" for i in range(60))
FILES = {
    "docs.csv": DOCS,
    "asked.csv": ASKED,
    "also.csv": "term,also\nwifi,wireless\nwifi,network\n",
    "pinned.csv": "query,document\nvpn,3\n",
}


def write(folder: Path, changed: tuple[str, str, str] | None = None) -> Path:
    """The case, one thing in one of its files changed."""
    files = {"case.yaml": CASE, **FILES}
    for name, text in files.items():
        if changed and changed[0] == name:
            assert changed[1] in text
            text = text.replace(changed[1], changed[2])
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_they_are_read(tmp_path: Path):
    case = load_case(write(tmp_path))
    assert check_case(tmp_path) == []
    data = load_data(case)
    assert data is not None
    corpus = data.corpus
    assert corpus is not None
    assert len(corpus) == 30
    assert corpus.queries[:2] == ("topic0?", "topic1?")
    assert "question" not in data.features
    where = corpus.places[data.target.astype(int)]
    assert where.tolist() == [i % 30 for i in range(60)]
    assert corpus.texts["title", "body"][1] == "Rule 2\nabout topic2"
    assert corpus.texts["title",][1] == "Rule 2"
    assert corpus.synonyms["more"] == {"wifi": ("wireless", "network")}
    assert corpus.pinned["more"] == {"vpn": 2}
    assert corpus.synonyms["words"] == corpus.pinned["words"] == {}


def test_what_is_written_in_the_case_is_the_same(tmp_path: Path):
    one = "synonyms: also.csv, pinned: pinned.csv"
    other = "synonyms: {wifi: [wireless, network]}, pinned: {vpn: 3}"
    write(tmp_path, ("case.yaml", one, other.replace("3}", "'3'}")))
    data = load_data(load_case(tmp_path))
    assert data is not None
    assert data.corpus is not None
    assert data.corpus.synonyms["more"] == {"wifi": ("wireless", "network")}
    assert data.corpus.pinned["more"] == {"vpn": 2}


@pytest.mark.parametrize("file", list(FILES))
def test_the_digest_is_over_all_that_is_read(tmp_path: Path, file: str):
    before = data_digest(load_case(write(tmp_path)))
    changed = write(
        tmp_path, (file, FILES[file], FILES[file] + FILES[file].splitlines()[-1] + "\n")
    )
    assert data_digest(load_case(changed)) != before


@pytest.mark.parametrize(
    ("changed", "code", "field", "said"),
    [
        (("asked.csv", "7,8,topic7?", "7,X9,topic7?"), "document-unknown", "data.target", "X9"),
        (("docs.csv", "7,Rule 7", "8,Rule 7"), "id-twice", "data.documents.id", "8"),
        (("docs.csv", "7,Rule 7", ",Rule 7"), "id-empty", "data.documents.id", "docs.csv"),
        (("docs.csv", "7,Rule 7,about topic7", "7,,..."), "document-empty",
         "data.documents.text", "7"),
        (("asked.csv", "9,10,topic9?", "9,10,"), "query-empty", "data.query",
         "row 11 (with the header)"),
        (("asked.csv", "question", "asked"), "column-missing", "data.query", "question"),
        (("docs.csv", "body", "text"), "column-missing", "data.documents.text", "body"),
        (("docs.csv", "id,", "name,"), "column-missing", "data.documents.id", "id"),
        (("case.yaml", "text: title,", "text: heading,"), "column-missing",
         "options.more.text", "heading"),
        (("case.yaml", "file: docs.csv", "file: none.csv"), "data-missing",
         "data.documents.file", "none.csv"),
        (("pinned.csv", "vpn,3", "vpn,33"), "document-unknown", "options.more.pinned", "33"),
        (("pinned.csv", "document", "doc"), "pairs-columns", "options.more.pinned", "document"),
        (("also.csv", "wifi,network", "wifi,"), "pairs-empty", "options.more.synonyms",
         "row 3 (with the header)"),
        (("case.yaml", "  query: question\n", ""), "searched-missing", "options.words.kind",
         "data.query"),
        (("case.yaml", "words: {kind: bm25}", "words: {kind: process, rates: {hit: 9%}, text: a}"),
         "not-for-kind", "options.words.text", "process"),
        (("case.yaml", "{kind: bm25}", "{kind: process, rates: {hit: 9%, wrong_top: 1%}}"),
         "rate-unknown", "options.words.rates.wrong_top", "hit"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_is_wrong_is_named(
    tmp_path: Path, changed: tuple[str, str, str], code: str, field: str, said: str, lang: str
):
    write(tmp_path, changed)
    found = [f for f in check_case(tmp_path) if (f.code, f.field) == (code, field)]
    assert len(found) == 1, [str(f) for f in check_case(tmp_path)]
    assert {f.code for f in check_case(tmp_path)} == {code}
    if lang == "en":
        assert said in found[0].sentence()
    else:
        assert found[0].sentence("ja") != found[0].sentence()
    with pytest.raises(InputError):
        load_data(load_case(tmp_path))


def test_documents_are_for_search_only(tmp_path: Path):
    write(tmp_path, ("case.yaml", "task: search", "task: extraction"))
    assert {"not-for-task", "kind-not-for-task"} <= {f.code for f in check_case(tmp_path)}
