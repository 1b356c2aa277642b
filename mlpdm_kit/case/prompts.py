"""Prompts with ``{column}`` where the text of a column goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mlpdm_kit.errors import refuse

_PIECE = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}]*)\}|[{}]|[^{}]+")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A text in pieces: each is text, or (``True`` beside it) the name of a field."""

    text: str
    pieces: tuple[tuple[str, bool], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of its fields, each once, in the order in which they come."""
        return tuple(dict.fromkeys(piece for piece, is_field in self.pieces if is_field))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with the values put in, as they are: braces in them stay what they are."""
        return "".join(values[piece] if is_field else piece for piece, is_field in self.pieces)


def read_template(text: str, field: str = "prompt") -> Template:
    """A text with fields, taken apart.

    Parameters
    ----------
    text : str
        ``{name}`` is the field ``name``; ``{{`` and ``}}`` are braces that are text.
    field : str
        Where it stands in the case.

    Raises
    ------
    InputError
        A brace stands alone.

    Examples
    --------
    >>> asked = read_template('Reply as {{"answer": ...}} to {body}')
    >>> asked.fields, asked.fill({"body": "{total} due"})
    (('body',), 'Reply as {"answer": ...} to {total} due')
    """
    pieces: list[tuple[str, bool]] = []
    for match in _PIECE.finditer(text):
        piece, name = match[0], match["field"]
        if piece in ("{", "}"):
            line = text.count("\n", 0, match.start()) + 1
            near = text[max(0, match.start() - 20) : match.start() + 20]
            raise refuse("prompt-brace", field, " ".join(near.split()), brace=piece, in_line=line)
        if name is None:
            pieces.append((piece[0] if piece in ("{{", "}}") else piece, False))
        else:
            pieces.append((name.strip(), True))
    return Template(text=text, pieces=tuple(pieces))
