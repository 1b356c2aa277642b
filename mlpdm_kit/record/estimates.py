"""Which inputs a group is asked for in silence, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlpdm_kit.case.answers import Asked, Given
from mlpdm_kit.case.askable import Askable
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.spread import Spread, spread

LEAST_ASKED, MOST_ASKED = 3, 5
LEAST_MEMBERS = 2


def to_ask(known: Mapping[str, Askable], value: ValueSection | None) -> Asked:
    """The three to five inputs that matter most.

    Those that are worth most to know (EVPPI above its noise floor), filled up to three by
    the usual ones of the task; only these where nothing can be priced yet.

    Parameters
    ----------
    known : mapping
        What can be asked, as `mlpdm_kit.case.askable.askable` gives it.
    value : ValueSection, optional
        What the case is worth as it stands.
    """
    by_drawn = {drawn_name(name): name for name in known}
    worth = sorted(value.evppi if value is not None else (), key=lambda one: -one.value)
    best = [by_drawn[one.input] for one in worth
            if one.input in by_drawn and one.value > max(one.noise_floor, 0.0)]  # fmt: skip
    usual = [name for name, one in known.items() if one.usual]
    chosen = list(dict.fromkeys(best or usual))[:MOST_ASKED]
    rest = [name for name in (*usual, *_guessed(known)) if name not in chosen]
    chosen += rest[: max(LEAST_ASKED - len(chosen), 0)]
    return Asked(asked=tuple(chosen), chosen_by="evppi" if best else "usual")


def _guessed(known: Mapping[str, Askable]) -> Iterator[str]:
    """Ranges that the case only assumes."""
    for name, one in known.items():
        if one.item is not None and one.item.evidence == "assumed" and not one.item.is_point:
            yield name


def missing(asked: Asked, answered: Iterable[str]) -> tuple[str, ...]:
    """Who is expected and has not answered yet."""
    there = set(answered)
    return tuple(name for name in asked.members if name not in there)


def spreads(asked: Asked, given: Given) -> tuple[Spread, ...]:
    """The ranges of each input that anybody has answered, in the order asked."""
    found = []
    for name in asked.asked:
        some = {by: one.value for by, one in given.of(name).items()}
        if some:
            found.append(spread(name, some))
    return tuple(found)
