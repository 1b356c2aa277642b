"""What can go wrong beside a wrong answer: what one such incident costs, and where it can be.

How often it happens is measured on a log, or stated by option.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mlpdm_kit.case.inputs import Frozen, Input, Money, Share
from mlpdm_kit.errors import Fault

if TYPE_CHECKING:
    from mlpdm_kit.case.model import Case
    from mlpdm_kit.case.option import Option
    from mlpdm_kit.case.predictions import Predictions

INJECTION, INVENTION = "injection", "invention"
INCIDENTS = (INJECTION, INVENTION)


class Incident(Frozen):
    """What one incident costs, and to which share of the cases it can happen (to all)."""

    cost: Money
    share: Share | None = None


def incident_inputs(case: Case) -> Iterator[tuple[str, Input]]:
    """Every input about incidents that a case states, under its dotted path."""
    for name, incident in case.incidents.items():
        for field, item in incident:
            if isinstance(item, Input):
                yield f"incidents.{name}.{field}", item
    for option, said in case.options.items():
        for name, item in said.incidents.items():
            yield f"options.{option}.incidents.{name}", item


def incident_faults(case: Case) -> Iterator[Fault]:
    """Unknown incidents, stated rates of incidents without a price, and LLMs without a rate."""
    known = ", ".join(INCIDENTS)
    for name in case.incidents:
        if name not in INCIDENTS:
            yield Fault(code="incident-unknown", field=f"incidents.{name}", value=name,
                        figures={"known": known})  # fmt: skip
    for option, said in case.options.items():
        for name in said.incidents:
            field = f"options.{option}.incidents.{name}"
            if name not in INCIDENTS:
                yield Fault(code="incident-unknown", field=field, value=name,
                            figures={"known": known})  # fmt: skip
            elif name not in case.incidents:
                yield Fault(code="incident-unpriced", field=field, value=name)
        if not said.predictions:
            yield from untold(case.incidents, option, said)


def told_by(log: Predictions) -> frozenset[str]:
    """The incidents of which a log says how often they happen."""
    found = {INVENTION} if "invented" in log.said else set()
    if log.attacks is not None and len(log.attacks.succeeded):
        found.add(INJECTION)
    return frozenset(found)


def untold(
    incidents: Iterable[str], name: str, option: Option, log: Predictions | None = None
) -> Iterator[Fault]:
    """Priced incidents of which neither the case nor the log of an LLM says how often."""
    told = {*option.incidents, *(told_by(log) if log is not None else ())}
    for incident in incidents:
        if option.of_kind.generates and incident in INCIDENTS and incident not in told:
            yield Fault(code="incident-rate", field=f"options.{name}.incidents.{incident}",
                        value=incident, figures={"option": name})  # fmt: skip
