"""What a comparison of groups says, as sentences and tables, for its page and its notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlpdm_kit.errors import Fault
from mlpdm_kit.record.groups import Group
from mlpdm_kit.record.page import change_of
from mlpdm_kit.record.parts import Said
from mlpdm_kit.record.rollup import Block, FieldRow, GroupRow, Rollup
from mlpdm_kit.record.sentences import Named, Sentences
from mlpdm_kit.record.spread import Spread, short_ends
from mlpdm_kit.record.tables import NONE, Cell, Head, Table, heads
from mlpdm_kit.text import Text

MOST_PICTURES = 12
_FIRST = 3  # fields named in the sentence at the top


@dataclass(frozen=True, kw_only=True)
class BlockSaid:
    """One case over all its groups, ready to be shown."""

    title: str
    large: str
    small: tuple[str, ...]
    verdicts: Table
    fields: Table
    patterns: Table
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    pictured: tuple[FieldRow, ...]
    says: Sentences


def block_said(found: Block, groups: Sequence[Group], lang: str) -> BlockSaid:
    """Everything that is said of one case."""
    says = _sentences(groups, lang)
    return BlockSaid(
        title=found.title,
        large=_large(found, says),
        small=tuple(_small(found, says)),
        verdicts=_verdicts(found, groups, says),
        fields=_fields(found, says),
        patterns=patterns_table(
            [(said, row.group) for row in found.groups for said in row.patterns], says
        ),
        lists=tuple(_lists(found, says)),
        pictured=tuple(one for one in found.fields if len(one.held) > 1)[:MOST_PICTURES],
        says=says,
    )


def _sentences(groups: Sequence[Group], lang: str) -> Sentences:
    """Sentences that know the options of every group; the first name given counts."""
    options: dict[str, Named] = {}
    for group in groups:
        for name, option in group.case.options.items():
            options.setdefault(name, Named(id=name, kind=option.kind, label=option.label))
        for valued in group.record.options if group.record is not None else ():
            named = Named(id=valued.id, kind=valued.kind, label=valued.label)
            options.setdefault(valued.id, named)
    return Sentences.of_case(groups[0].case, lang, options=options.values())


def _large(found: Block, says: Sentences) -> str:
    decided = sum(found.verdicts.values())
    if not decided:
        return says.sentence("rollup.undecided", n=len(found.groups))
    counted = sorted(found.verdicts.items(), key=lambda pair: -pair[1])
    if len(counted) == 1:
        code = "rollup.agree.one" if decided == 1 else "rollup.agree"
        return says.sentence(code, n=decided, outcome=counted[0][0])
    shown = [says.say("rollup.counted", n=n, outcome=outcome) for outcome, n in counted]
    return says.sentence("rollup.differ", shown=says.listed(shown))


def _small(found: Block, says: Sentences) -> Iterable[str]:
    if found.sign_differs:
        yield says.sentence("rollup.sign")
    turning = [one.input for one in found.fields if one.turns][:_FIRST]
    parted = [one.input for one in found.fields if one.gap > 0 and not one.turns][:_FIRST]
    for code, names in (("rollup.turning", turning), ("rollup.apart", parted)):
        if names:
            yield says.sentence(code, inputs=list(map(input_name, names)))
    if len(found.groups) > 1 and not turning and not parted:
        yield says.sentence("rollup.overlap")
    if found.no_fact:
        yield says.sentence("rollup.no-fact", n=len(found.no_fact))


def _verdicts(found: Block, groups: Sequence[Group], says: Sentences) -> Table:
    names = ("group", "verdict", "gain", "turns-on", "members")
    return Table(
        caption=says.say("rollup.verdicts"),
        heads=heads(says, "rollup.col", *names),
        rows=tuple(
            _verdict_row(row, group, says) for row, group in zip(found.groups, groups, strict=True)
        ),
    )


def _verdict_row(row: GroupRow, group: Group, says: Sentences) -> tuple[Cell, ...]:
    members = Cell(text=says.count(row.members))
    if row.outcome is None or group.record is None:
        code = "rollup.unfinished.one" if row.faults == 1 else "rollup.unfinished"
        lacking = Cell(text=says.say("rollup.none"), note=says.say(code, n=row.faults))
        return (Cell(text=row.group, note=row.folder), lacking, Cell(text=NONE), Cell(text=NONE),
                members)  # fmt: skip
    own = Sentences.of_record(group.record, says.lang)
    idle = row.outcome in ("do_nothing", "stop") or not row.option
    option = "" if idle else own.name("option", row.option or "")
    gain, beside = NONE, ""
    if row.gain is not None and row.against:
        gain = own.money(row.gain.mean)
        beside = own.say("rollup.gain", range=own.money_range(row.gain), against=row.against)
    return (
        Cell(text=row.group, note=row.folder),
        Cell(text=own.say(f"outcome-short.{row.outcome}"), note=option, strong=True),
        Cell(text=gain, note=beside),
        _turns_on(row, own),
        members,
    )


def _turns_on(row: GroupRow, says: Sentences) -> Cell:
    if row.turns_on is None:
        return Cell(text=says.say("rollup.turns-on.none"))
    change = change_of(row.turns_on, says)
    return Cell(text=change.input, note=says.together(change.now, *(f for f, _ in change.flips)))


def _fields(found: Block, says: Sentences) -> Table:
    return Table(
        caption=says.say("rollup.fields"),
        heads=heads(says, "rollup.col", "input", "pooled", "apart", "turns", "evidence"),
        rows=tuple(_field_row(one, says) for one in found.fields if len(one.held) > 1),
        foot=says.say("rollup.fields.foot"),
    )


def _field_row(one: FieldRow, says: Sentences) -> tuple[Cell, ...]:
    views: dict[str, list[str]] = {}
    for first, other in one.turns:
        views.setdefault(first, []).append(other)
    turns = [
        says.say("rollup.turn", one=first, other=says.listed(some)) for first, some in views.items()
    ]
    evidence = dict.fromkeys(held.evidence for held in one.held)
    return (
        Cell(text=says.name("input", input_name(one.input))),
        Cell(text=pooled_range(one, says)),
        Cell(text=apart(one, says), mark="✕" if one.gap > 0 else "", strong=one.gap > 0),
        Cell(text=says.parts(turns) or NONE),
        Cell(text=says.listed(says.name("evidence", word) for word in evidence),
             tag=says.say("rollup.no-fact.tag") if one.no_fact else ""),
    )  # fmt: skip


def pooled_range(found: Spread, says: Sentences) -> str:
    """What all say together, in few figures."""
    return says.range(*short_ends(found.low, found.high), found.dimension)


def apart(found: Spread, says: Sentences) -> str:
    """How far the ranges that are furthest apart lie from each other."""
    return says.say("rollup.gap", gap=found.gap) if found.gap > 0 else says.say("rollup.gap.none")


def input_name(path: str) -> str:
    """An input's path as the sentences know it."""
    return path.replace(".rates.", ".")


def _lists(found: Block, says: Sentences) -> Iterable[tuple[str, tuple[str, ...]]]:
    for code, names in (("rollup.list.no-fact", found.no_fact), ("rollup.list.alike", found.alike)):
        if names:
            shown = tuple(says.name("input", input_name(name)) for name in names)
            yield says.say(code, n=len(names)), shown


def patterns_table(found: Sequence[tuple[Said, str]], says: Sentences) -> Table:
    """Signs that people fool themselves: what, what to do, and who.

    Parameters
    ----------
    found : sequence of (Said, str)
        Each pattern with the group where it was found, empty for one case alone.
    says : Sentences
    """
    who: dict[str, list[str]] = {}
    told: dict[str, tuple[str, str]] = {}
    for said, group in found:
        sentence = pattern_said(said, says)
        told[sentence] = (sentence, says.say(f"pattern.{said.code}.remedy", **said.figures))
        who.setdefault(sentence, []).append(group)
    named = any(group for _, group in found)
    rows = tuple(
        (Cell(text=sentence, mark="!"), Cell(text=remedy))
        + ((Cell(text=says.listed(who[key])),) if named else ())
        for key, (sentence, remedy) in told.items()
    )
    names = ("pattern", "remedy", *(("groups",) if named else ()))
    caption = says.say("rollup.patterns" if named else "patterns.caption")
    return Table(caption=caption, heads=heads(says, "rollup.col", *names), rows=rows)


def pattern_said(said: Said, says: Sentences) -> str:
    """A pattern as a sentence."""
    figures = dict(said.figures)
    if "inputs" in figures:
        figures["inputs"] = [input_name(name) for name in figures["inputs"]]
    return says.sentence(f"pattern.{said.code}", **figures)


def faults_table(faults: Sequence[tuple[str, Fault]], text: Text) -> Table:
    """What could not be read, or is wrong, by group."""
    return Table(
        caption=text.say("rollup.broken"),
        heads=(Head(text=text.say("rollup.col.group")), Head(text=text.say("rollup.col.fault"))),
        rows=tuple(
            (
                Cell(text=group or text.say("rollup.passed-over")),
                Cell(text=fault.sentence(text.lang)),
            )
            for group, fault in faults
        ),
    )


def lead(found: Rollup, text: Text) -> str:
    """How many groups on how many cases, and what was passed over."""
    groups, cases = len(found.found.groups), len(found.blocks)
    code = "rollup.lead" if cases == 1 else "rollup.lead.cases"
    said = text.say(code, n=groups, cases=cases)
    over = len({fault.file for fault in found.found.broken})
    return f"{said} {text.say('rollup.lead.broken', n=over)}".strip() if over else said


def called(text: Text) -> str:
    """How a group is called."""
    return text.say("rollup.group", name="{name}")
