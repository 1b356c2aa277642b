"""What a search looks through: the documents, what was asked, and what an option adds to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import id_faults, word
from mlpdm_kit.case.model import Data, Documents, Option
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, Faults, few, raise_all, refuse

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Documents, and what people asked of them.

    Parameters
    ----------
    texts : mapping
        By the columns that make it up, the text of every document in file order.
    queries : tuple of str
        What was asked, row by row of the data.
    places : array
        By the code of a class (the id of a right document), its place among the documents.
    fields : mapping
        By option that searches, the columns it searches.
    synonyms : mapping
        By option, what else each term is called.
    pinned : mapping
        By option, the place of the document that stands first for a query.
    """

    texts: Mapping[tuple[str, ...], tuple[str, ...]]
    queries: tuple[str, ...]
    places: np.ndarray[Any, Any]
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    pinned: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.texts.values())))

    def at(self, rows: Any) -> Corpus:
        """The same with some of the queries, by their place or by yes and no."""
        import numpy as np

        kept = np.arange(len(self.queries))[rows]
        return Corpus(**{**vars(self), "queries": tuple(self.queries[row] for row in kept)})


def read_corpus(
    folder: Path,
    table: Table,
    data: Data,
    options: Mapping[str, Option],
    classes: Sequence[str],
    known: np.ndarray[Any, Any],
) -> Corpus | None:
    """Documents and queries of a case that has any; None else.

    Parameters
    ----------
    folder, table, data, options
        The case's folder, its data as it lies open, and what the case says of both.
    classes : sequence of str
        The ids of the right documents, in the order of their codes.
    known : array of bool
        Rows whose right document is known: only they need a query.

    Raises
    ------
    InputError
        A file or column is not there; an id stands twice, is empty, or is that of no
        document; a document or a query is empty.
    """
    found, faults = corpus_and_faults(folder, table, data, options, classes, known)
    raise_all(faults)
    return found


def corpus_and_faults(
    folder: Path,
    table: Table | None,
    data: Data,
    options: Mapping[str, Option],
    classes: Sequence[str],
    known: np.ndarray[Any, Any] | None,
) -> tuple[Corpus | None, Faults]:
    """As `read_corpus`, with all that is wrong in any of the files; None where anything is.

    ``table`` is None where the data could not be read, ``known`` where nobody knows which
    rows need a query: then neither is looked at.
    """
    import numpy as np

    documents, faults = data.documents, Faults()
    if documents is None or data.query is None:
        return None, faults
    searches = {name: o for name, o in options.items() if o.of_kind.searches and not o.predictions}
    fields = {name: o.text or documents.text for name, o in searches.items()}
    texts: dict[tuple[str, ...], tuple[str, ...]] = {}
    place_of: Mapping[str, int] | None = None
    file = faults.tried(Table, folder, documents.file, "data.documents.file")
    if file is None:
        pinned = [f"options.{name}.pinned" for name, o in searches.items() if o.pinned]
        faults.hiding(0, ["data.documents", *pinned])
    else:
        with file:
            place_of = faults.tried(_places, file, documents)
            for name, columns in [("", documents.text), *fields.items()]:
                said = f"options.{name}.text" if name and searches[name].text else ""
                if columns in texts:
                    faults.tried(_refuse_empty, file, documents, texts[columns], name)
                elif (read := faults.tried(_texts, file, columns, said)) is not None:
                    texts[columns] = read
                    faults.tried(_refuse_empty, file, documents, read, name)
    unknown = [name for name in classes if place_of is not None and word(name) not in place_of]
    if unknown:
        figures = {"count": len(unknown), "file": documents.file}
        faults.append(Fault(code="document-unknown", field="data.target", value=unknown[0],
                            figures=figures))  # fmt: skip
    queries = None
    if table is not None:
        queries = faults.tried(_queries, table, data.query, known)
    synonyms = {name: faults.tried(_synonyms, folder, name, o) for name, o in searches.items()}
    pinned_to = {name: faults.tried(_pinned, folder, name, o, place_of, documents)
                 for name, o in searches.items()}  # fmt: skip
    if faults or queries is None or place_of is None:
        return None, faults
    corpus = Corpus(
        texts=texts,
        queries=tuple(said or "" for said in queries),
        places=np.array([place_of[word(name)] for name in classes], dtype=int),
        fields=fields,
        synonyms={name: said or {} for name, said in synonyms.items()},
        pinned={name: said or {} for name, said in pinned_to.items()},
    )
    return corpus, faults


def _queries(table: Table, column: str, known: np.ndarray[Any, Any] | None) -> list[str | None]:
    """What was asked on each row; something where the right document is known."""
    found = table.texts(column, "data.query")
    empty = [
        place
        for place, said in enumerate(found)
        if known is not None and known[place] and not (said or "").strip()
    ]
    if empty:
        raise refuse("query-empty", "data.query", column, count=len(empty),
                     row=table.row(empty[0]))  # fmt: skip
    return found


def _places(file: Table, documents: Documents) -> dict[str, int]:
    """Place of every document by its id."""
    ids = file.written(documents.id, "data.documents.id")
    raise_all(few(id_faults(file, ids, "data.documents.id", word)))
    return {word(name): place for place, name in enumerate(ids)}


def _texts(file: Table, columns: tuple[str, ...], where: str) -> tuple[str, ...]:
    parts = [file.texts(column, where or "data.documents.text") for column in columns]
    return tuple("\n".join(part for part in row if part) for row in zip(*parts, strict=True))


def _refuse_empty(file: Table, documents: Documents, texts: tuple[str, ...], option: str) -> None:
    """Documents in which there is no word; what one option searches may be empty in some."""
    empty = [place for place, text in enumerate(texts) if not re.search(r"\w", text)]
    if empty and (not option or len(empty) == len(texts)):
        where = f"options.{option}.text" if option else "data.documents.text"
        first = file.texts(documents.id, "data.documents.id")[empty[0]]
        raise refuse("document-empty", where, first,
                     count=len(empty), file=documents.file)  # fmt: skip


def _synonyms(folder: Path, name: str, option: Option) -> dict[str, tuple[str, ...]]:
    """What else each term is called, as the case says or its file."""
    if not isinstance(option.synonyms, str):
        return dict(option.synonyms or {})
    found: dict[str, tuple[str, ...]] = {}
    where = f"options.{name}.synonyms"
    for term, also in _pairs(folder, option.synonyms, where, ("term", "also")):
        found[term] = (*found.get(term, ()), also)
    return found


def _pinned(
    folder: Path,
    name: str,
    option: Option,
    place_of: Mapping[str, int] | None,
    documents: Documents,
) -> dict[str, int]:
    """Place of the document that stands first for a query, where the documents are known."""
    where = f"options.{name}.pinned"
    pairs = list((option.pinned or {}).items()) if not isinstance(option.pinned, str) else None
    if pairs is None:
        pairs = _pairs(folder, str(option.pinned), where, ("query", "document"))
    if place_of is None:
        return {}
    odd = [document for _, document in pairs if word(document) not in place_of]
    if odd:
        raise refuse("document-unknown", where, odd[0], count=len(odd), file=documents.file)
    return {query: place_of[word(document)] for query, document in pairs}


def _pairs(folder: Path, name: str, where: str, columns: tuple[str, str]) -> list[tuple[str, str]]:
    """Two columns of a file, none of them empty."""
    with Table(folder, name, where) as file:
        if not set(columns) <= set(file.columns):
            known = ", ".join(columns)
            raise refuse("pairs-columns", where, ", ".join(file.columns[:12]), known=known)
        first, second = (file.written(column, where) for column in columns)
        found = [((one or "").strip(), (other or "").strip())
                 for one, other in zip(first, second, strict=True)]  # fmt: skip
        raise_all(few(
            Fault(code="pairs-empty", field=where, value=name, figures={"row": file.row(place)})
            for place, pair in enumerate(found)
            if not all(pair)
        ))  # fmt: skip
    return found
