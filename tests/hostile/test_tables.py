"""No cell of a table for spreadsheets is a formula, however a program splits the table."""

from __future__ import annotations

import csv
import io
import re

import pytest

from mlpdm_kit.record.index import IndexRow, index_csv
from tests.hostile.corpus import FORMULAS, TEXTS

BEGINS = tuple("=+-@＝＋－＠−")
UNSEEN = " \u3000\ufeff\u200b"


def row(text: str) -> IndexRow:
    return IndexRow(id=text, title=text, status="failed", option=text, against=text, decider=text,
                    meanwhile=text, error=text, link=text, gain=-5.0)  # fmt: skip


@pytest.mark.parametrize("text", [*FORMULAS, *TEXTS], ids=ascii)
def test_no_cell_is_a_formula(text: str) -> None:
    content = index_csv([row(text)]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    cells = [cell for line in rows for cell in line if cell != "-5.0"]
    assert not [cell for cell in cells if cell.lstrip(UNSEEN).startswith((*BEGINS, "\t", "\r"))]
    # a program that splits at semicolons sees no quotes in the middle of a cell of its own,
    # and there a line ends; a text that begins with a line break has its sign before that
    parts = [part for cell in cells for part in re.split("[;\r\n]", cell[2:])[1:]]
    assert not [part for part in parts if part.startswith(BEGINS)]


def test_an_amount_below_nothing_stays_a_number() -> None:
    found = index_csv([row("a")]).decode("utf-8-sig")
    assert ",-5.0," in found
