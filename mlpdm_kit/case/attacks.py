"""Sets of prompt injections: what is tried on a model, and how it is seen to have worked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, Faults, few, raise_all

BUILT_IN, NO_ATTACKS = "built-in", "none"
# in the user's own words, or hidden in a text that the model is given to work on
KINDS = ("direct", "indirect")
COLUMNS = ("kind", "text", "canary")
MIN_CANARY = 4  # characters; a shorter one comes up in honest answers


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One injection; it has worked where its canary is in the answer."""

    id: str
    kind: str
    text: str
    canary: str


def read_attacks(folder: Path, name: str, field: str) -> tuple[Attack, ...]:
    """The attacks of a file with the columns ``kind``, ``text``, ``canary`` and perhaps ``id``.

    Without ids they are called by their place: ``direct-1``, ``indirect-2``.

    Raises
    ------
    InputError
        The file or a column is not there, a cell is empty, a kind is unknown, an id comes
        twice, or a canary is too short to be told from an honest answer.
    """
    with Table(folder, name, field) as table:
        missing = Faults()
        columns: dict[str, list[str | None]] = {}
        columns |= {column: missing.tried(table.texts, column, field) or [] for column in COLUMNS}
        raise_all(missing)
        ids = table.texts("id", field) if "id" in table.columns else [None] * len(table)
        rows = [table.row(place) for place in range(len(table))]
    faults, found = [], []
    seen: set[str] = set()
    for row, own in enumerate(ids, start=1):
        said = {column: (texts[row - 1] or "").strip() for column, texts in columns.items()}
        at = {"file": name, "row": rows[row - 1], "kinds": ", ".join(KINDS), "limit": MIN_CANARY}

        def fault(code: str, value: str, at: dict[str, object] = at) -> Fault:
            return Fault(code=code, field=field, value=value, figures=at)

        faults += [fault("attack-empty", c) for c, value in said.items() if not value]
        if said["kind"] and said["kind"] not in KINDS:
            faults.append(fault("attack-kind", said["kind"]))
        if said["canary"] and len(said["canary"]) < MIN_CANARY:
            faults.append(fault("attack-canary", said["canary"]))
        key = (own or "").strip() or f"{said['kind']}-{row}"
        if key in seen:
            faults.append(fault("attack-twice", key))
        seen.add(key)
        found.append(Attack(id=key, **said))
    raise_all(few(faults))
    return tuple(found)
