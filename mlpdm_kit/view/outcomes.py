"""Outcomes of every kind of task: how their parts of a bar look, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlpdm_kit.case.kinds import PAIR
from mlpdm_kit.record.measured import Rate
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.palette import GAIN_FILL, OUTCOME_FILLS, PAIR_FILLS, REST_FILL, Fill

MOST_PAIRS = len(PAIR_FILLS)
OTHER_PAIRS = "other_pairs"
_PER_CASE, _AMOUNT, _VALUE = "_per_case", "_amount", "value"


def part_name(part: str, says: Sentences) -> str:
    """What a part of a cost is called in a chart; a pair says what was taken for what.

    Examples
    --------
    >>> says = Sentences("en")
    >>> part_name("harmful", says), part_name("refund > spam", says)
    ('harmful', 'refund taken for spam')
    """
    if PAIR in part:
        true, _, said = part.partition(PAIR)
        return says.say("outcome.pair", true=true.strip(), said=said.strip())
    return says.say(f"chart.part.{part}")


def rate_name(rate: str, says: Sentences) -> str:
    """What a rate is called in a table."""
    return says.name("rate" if says.knows(f"rate.{rate}") else "outcome", rate)


def rate_shown(name: str, rate: Rate, says: Sentences) -> tuple[str, str]:
    """A rate and its range: a share, an amount of money, or one in the target's unit."""
    if name.endswith(_AMOUNT) or name == _VALUE:
        return says.price(rate.mean), says.range(rate.low, rate.high, "money")
    if name.endswith(_PER_CASE):
        return says.number(rate.mean), says.range(rate.low, rate.high, "number")
    return says.share(rate.mean), says.range(rate.low, rate.high, "share")


def grouped(stacks: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """The parts of all bars; of pairs of classes the dearest, the others put together."""
    dearest = _dearest(stacks.values())
    found = {}
    for option, parts in stacks.items():
        kept: dict[str, float] = {}
        for name, amount in parts.items():
            part = name if PAIR not in name or name in dearest else OTHER_PAIRS
            kept[part] = kept.get(part, 0.0) + amount
        found[option] = kept
    return found


def _dearest(stacks: Iterable[Mapping[str, float]]) -> list[str]:
    most: dict[str, float] = {}
    for parts in stacks:
        for name, amount in parts.items():
            if PAIR in name:
                most[name] = max(most.get(name, 0.0), abs(amount))
    return sorted(most, key=lambda name: -most[name])[:MOST_PAIRS]


def fills(stacks: Mapping[str, Mapping[str, float]]) -> dict[tuple[str, bool], Fill]:
    """How every part is drawn, by name and whether it is a gain; gains share one look."""
    found: dict[tuple[str, bool], Fill] = {}
    pairs = iter(PAIR_FILLS)
    for parts in stacks.values():
        for name, amount in parts.items():
            key = (name, amount < 0)
            if key not in found:
                found[key] = GAIN_FILL if amount < 0 else _cost_fill(name, pairs)
    return found


def _cost_fill(name: str, pairs: Iterable[Fill]) -> Fill:
    if PAIR in name:
        return next(iter(pairs))
    return OUTCOME_FILLS.get(name, REST_FILL)
