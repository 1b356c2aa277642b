"""Several groups on one case, side by side: where they differ, and what each hangs on.

Codes and figures; `mlpdm_kit.record.rollup_page` says them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path

from pydantic import Field

from mlpdm_kit.case.askable import NOT_ASKED
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.record.groups import Group, Groups, Seen, read_groups
from mlpdm_kit.record.model import DecisionRecord, Outcome
from mlpdm_kit.record.page import able_to_change
from mlpdm_kit.record.parts import Part, Range, Said
from mlpdm_kit.record.patterns import patterns
from mlpdm_kit.record.spread import Spread, spread
from mlpdm_kit.record.steps import DEFAULT_DRAWS
from mlpdm_kit.record.valued import BreakEven, Valued

SCHEMA = "mlpdm-comparison/1"


class GroupRow(Part):
    """One group: its verdict, and the input that would change it first.

    ``ahead`` is what the best option with ML is worth more than the best without, in
    expectation; ``turns_on`` the input that comes nearest to changing the choice. A group
    whose case is not whole has no outcome; ``faults`` says how many things are wrong.
    """

    group: str
    folder: str
    outcome: Outcome | None = None
    option: str | None = None
    option_label: str = ""
    meanwhile: str | None = None
    against: str | None = None
    gain: Range | None = None
    ahead: float | None = None
    robust: bool | None = None
    turns_on: BreakEven | None = None
    members: int = 0
    patterns: tuple[Said, ...] = ()
    faults: int = 0


class FieldRow(Spread):
    """One input over all groups.

    ``turns`` are the pairs of groups where the second one's expectation of this input,
    put in place of the first one's, would change the first one's choice. ``no_fact`` says
    that every group only assumes it.
    """

    turns: tuple[tuple[str, str], ...] = ()
    no_fact: bool = False


class Block(Part):
    """All groups that worked on one case; fields by how far they lie apart.

    ``sign_differs`` says that ML is ahead for some groups and behind for others.
    """

    id: str
    title: str
    currency: str
    unit: str
    groups: tuple[GroupRow, ...]
    fields: tuple[FieldRow, ...] = ()
    alike: tuple[str, ...] = ()
    no_fact: tuple[str, ...] = ()
    verdicts: dict[str, int] = Field(default_factory=dict)
    sign_differs: bool = False


class Rollup:
    """What several groups came to, case by case.

    Parameters
    ----------
    found : Groups
    """

    def __init__(self, found: Groups) -> None:
        self.found = found
        cases: dict[tuple[str, str, str], list[Group]] = {}
        for group in found.groups:
            cases.setdefault(group.about, []).append(group)
        ordered = sorted(cases.values(), key=lambda some: (-len(some), some[0].about))
        self.of_blocks: tuple[tuple[Group, ...], ...] = tuple(map(tuple, ordered))
        self.blocks = tuple(block(some) for some in self.of_blocks)


def collect(
    folder: Path,
    *,
    names: bool = False,
    draws: int = DEFAULT_DRAWS,
    label: str = "{name}",
    seen: Seen = lambda n, of: None,
) -> Rollup:
    """Read the working folders of groups and put them side by side; see `read_groups`."""
    return Rollup(read_groups(folder, names=names, draws=draws, label=label, seen=seen))


def block(groups: Sequence[Group]) -> Block:
    """Groups on one case, side by side."""
    rows = tuple(map(group_row, groups))
    fields = sorted(_fields(groups), key=lambda one: (not one.turns, -one.gap, one.input))
    first = groups[0].case
    ahead = [row.ahead for row in rows if row.ahead is not None]
    return Block(
        id=first.id or "",
        title=first.title,
        currency=first.currency,
        unit=first.unit,
        groups=rows,
        fields=tuple(one for one in fields if not one.is_one),
        alike=tuple(one.input for one in fields if one.is_one and len(one.held) > 1),
        no_fact=tuple(one.input for one in fields if one.no_fact),
        verdicts=dict(Counter(row.outcome for row in rows if row.outcome is not None)),
        sign_differs=any(one > 0 for one in ahead) and any(one < 0 for one in ahead),
    )


def group_row(group: Group) -> GroupRow:
    """One group by itself."""
    found = patterns(group.case, group.record)
    known = {"group": group.name, "folder": group.folder, "members": len(group.given.answers),
             "patterns": found, "faults": len(group.faults)}  # fmt: skip
    record = group.record
    if record is None:
        return GroupRow(**known)
    said = record.verdict
    turning = able_to_change(record)
    labels = {option.id: option.label for option in record.options}
    return GroupRow(
        **known,
        outcome=said.outcome,
        option=said.option,
        option_label=labels.get(said.option or "", ""),
        meanwhile=said.meanwhile,
        against=said.against,
        gain=said.gain,
        ahead=_ahead(record.options),
        robust=said.robust,
        turns_on=turning[0] if turning else None,
    )


def _ahead(options: Iterable[Valued]) -> float | None:
    """What the best with ML is worth more than the best without."""
    worth: dict[bool, list[float]] = {True: [], False: []}
    for option in options:
        if option.expected_net_benefit is not None:
            worth[option.is_ml].append(option.expected_net_benefit.mean)
    return max(worth[True]) - max(worth[False]) if all(worth.values()) else None


def _fields(groups: Sequence[Group]) -> Iterator[FieldRow]:
    """Every input that at least two groups state, or the one there is."""
    items = {group.name: dict(named_inputs(group.case)) for group in groups}
    names = dict.fromkeys(name for some in items.values() for name in some)
    records = {group.name: group.record for group in groups}
    for name in names:
        said = {by: some[name] for by, some in items.items() if name in some}
        if len({item.dimension for item in said.values()}) > 1:
            continue  # a share in one group and an amount in another: nothing to compare
        if len(said) < min(2, len(groups)):
            continue
        found = spread(name, said)
        yield FieldRow(
            **found.model_dump(),
            turns=tuple(_turns(found, records)),
            no_fact=name not in NOT_ASKED and all(one.evidence == "assumed" for one in found.held),
        )


def _turns(
    found: Spread, records: Mapping[str, DecisionRecord | None]
) -> Iterator[tuple[str, str]]:
    """Pairs where the second one's expectation would change the first one's choice."""
    drawn = drawn_name(found.input)
    for one, other in permutations(found.held, 2):
        record = records[one.by]
        some = () if record is None else record.break_even
        point = next((b for b in some if b.input == drawn), None)
        if point is None:
            continue
        under = point.below is not None and other.mean < point.below.value
        over = point.above is not None and other.mean > point.above.value
        if under or over:
            yield one.by, other.by
