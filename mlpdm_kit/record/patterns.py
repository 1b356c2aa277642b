"""Signs in a case's answers that a group fools itself, found before anybody believes them.

Each is a code with figures. Adding one is adding its function to `PATTERNS` and its two
sentences, ``pattern.<code>`` and ``pattern.<code>.remedy``, to the catalogues.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mlpdm_kit.case.inputs import Input
from mlpdm_kit.case.kinds import OPTION_KINDS
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.option import Option
from mlpdm_kit.case.quantity import Malformed, parse
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Said

BELIEVED = 1.2  # high over low, below which an assumed range is narrower than people know
FAR_WORSE = 1.5  # times the cost of errors of doing nothing
LEAST_SOURCES, LEAST_ASSUMED = 4, 3
MOST_NAMED = 5
ALIKE = 0.8  # of what two ranges span together, above which they are the same range
_OPPOSITES = (("true_positive", "false_negative"), ("true_negative", "false_positive"))
_FIXED = ("horizon", "discount")
_ANYBODY = frozenset(
    [
        "users",
        "user",
        "everyone",
        "everybody",
        "anyone",
        "anybody",
        "people",
        "customers",
        "customer",
        "public",
        "company",
        "us",
        "we",
        "ユーザー",
        "ユーザ",
        "利用者",
        "全員",
        "みんな",
        "皆",
        "皆さん",
        "誰か",
        "誰でも",
        "社員",
        "顧客",
        "お客様",
        "会社",
        "全社",
        "我々",
    ]
)
_NOTHING = frozenset(["", "-", "–", "?", "tbd", "n/a", "none", "todo", "未定", "なし", "不明"])


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a pattern is looked for in: the case, and what it came to where that is known."""

    case: Case
    record: DecisionRecord | None = None


Pattern = Callable[[Found], Iterator[Said]]


def _plain(text: str) -> str:
    said = unicodedata.normalize("NFKC", text).casefold().strip(" .。、,!?！？…")
    return re.sub(r"^(?:(?:the|our|all)\b|弊社の|当社の)\s*", "", said)


def _nobody(name: str) -> bool:
    return unicodedata.normalize("NFKC", name).casefold().strip() in _NOTHING


def no_decider(found: Found) -> Iterator[Said]:
    """Nobody is named who says yes or no."""
    if _nobody(found.case.people.decider):
        yield Said(code="no-decider")


def no_user(found: Found) -> Iterator[Said]:
    """The user is nobody in particular."""
    user = found.case.framing.user
    if not user.strip(" -–—"):
        yield Said(code="no-user-named", figures={})
    elif _nobody(user) or not _plain(user) or _plain(user) in _ANYBODY:
        yield Said(code="no-user", figures={"user": user.strip()})


def no_figure_now(found: Found) -> Iterator[Said]:
    """Nobody has counted what the goal stands at today."""
    goal = found.case.framing.goal
    if goal is None or not re.search(r"\d|[一二三四五六七八九十百千万億]", goal.now):
        yield Said(code="no-figure-now", figures={"metric": goal.metric if goal else ""})


def no_review(found: Found) -> Iterator[Said]:
    """No day is set to look again."""
    if found.case.review_on is None:
        yield Said(code="no-review")


def _ranges(case: Case) -> Iterator[tuple[str, Input]]:
    for name, item in named_inputs(case):
        if name not in _FIXED and not item.is_point:
            yield name, item


def all_assumed(found: Found) -> Iterator[Said]:
    """Not one range comes from anywhere."""
    ranges = list(_ranges(found.case))
    if len(ranges) >= LEAST_ASSUMED and all(item.evidence == "assumed" for _, item in ranges):
        yield Said(code="all-assumed", figures={"n": len(ranges)})


def narrow(found: Found) -> Iterator[Said]:
    """Guesses whose range is so narrow that nobody could know it so well."""
    names = [
        name for name, item in _ranges(found.case) if item.evidence == "assumed" and _is_thin(item)
    ]
    if names:
        figures = {"n": len(names), "inputs": names[:MOST_NAMED], "ratio": BELIEVED}
        yield Said(code="narrow", figures=figures)


def _is_thin(item: Input) -> bool:
    """Whether high over low is too little; for a share its odds, so that both ends count."""
    low, high = item.low, item.high
    if item.dimension == "share":
        if not 0 < low <= high < 1:
            return False
        low, high = low / (1 - low), high / (1 - high)
    return low > 0 and high / low < BELIEVED


def copied(found: Found) -> Iterator[Said]:
    """Everything that is more than assumed names one and the same source."""
    case = found.case
    told = [(item.evidence, item.source) for _, item in named_inputs(case)]
    told += [(answer.evidence, answer.source) for answer in case.checks.values()]
    sources = [source.strip() for evidence, source in told if evidence != "assumed" and source]
    if len(sources) >= LEAST_SOURCES and len(set(sources)) == 1:
        yield Said(code="copied", figures={"n": len(sources), "source": sources[0]})


def no_plain_option(found: Found) -> Iterator[Said]:
    """What needs no ML is not there, or is there only to lose."""
    case = found.case
    plain = {name: option for name, option in case.options.items() if _is_plain(option)}
    ml = {name: option for name, option in case.options.items() if option.of_kind.is_ml}
    done = any(_is_real(option) and option.status_quo for option in case.options.values())
    tried = case.data is not None and any(not OPTION_KINDS[k].is_ml for k in case.of_task.fitted)
    if not ml:
        return
    if not plain:
        if not tried and not done:  # else the kit finds one on the data by itself, or it is done
            yield Said(code="no-plain-option")
        return
    reasons = {name: _straw(name, option, found, ml) for name, option in plain.items()}
    if all(reasons.values()):
        dear = [name for name, why in reasons.items() if why == "dear"]
        code = "plain-option-dear" if len(dear) == len(reasons) else "plain-option-bad"
        yield Said(code=code, figures={"options": list(reasons)})


def _is_plain(option: Option) -> bool:
    return _is_real(option) and not option.status_quo


def _is_real(option: Option) -> bool:
    """Whether it does without ML and more than nothing, everything or the same for all."""
    known, real = option.of_kind, option.kind not in ("none", "all", "constant")
    return real and not known.is_ml and not known.reviewed


def _straw(name: str, option: Option, found: Found, ml: dict[str, Option]) -> str:
    """Why an option cannot be meant: dearer to build than ML, or far worse than nothing."""
    builds = [_middle(one.build) for one in ml.values() if one.build is not None]
    if option.build is not None and builds and _middle(option.build) > min(builds):
        return "dear"
    costs = _costs(found.record)
    idle = _idle(found.record)
    if idle in costs and name in costs and 0 < FAR_WORSE * costs[idle] < costs[name]:
        return "bad"
    return ""


def twice(found: Found) -> Iterator[Said]:
    """The same money as a gain of what goes right and as a cost of what goes wrong."""
    priced = found.case.outcomes
    for right, wrong in _OPPOSITES:
        won, lost = priced.get(right), priced.get(wrong)
        if won is None or lost is None or (won.sign, lost.sign) != (1, -1):
            continue
        if won.column == lost.column and _alike(won.input, lost.input):
            yield Said(code="twice", figures={"outcome": right, "other": wrong})


def _alike(one: Input, other: Input) -> bool:
    """Whether two ranges lie on each other for the most part of both."""
    both = min(one.high, other.high) - max(one.low, other.low)
    either = max(one.high, other.high) - min(one.low, other.low)
    return either == 0 or both >= ALIKE * either


def _middle(item: Input) -> float:
    return (item.low + item.high) / 2


def _costs(record: DecisionRecord | None) -> dict[str, float]:
    """What the errors of each option cost per case."""
    return {} if record is None else {o.id: o.per_case.mean for o in record.error_costs.options}


def _idle(record: DecisionRecord | None) -> str:
    """The option that is done today."""
    some = () if record is None else record.options
    return next((option.id for option in some if option.status_quo), "")


def too_good(found: Found) -> Iterator[Said]:
    """It is to bring more than the whole problem costs today.

    What it costs today is the goal's own figure where that is money a month, and what
    today's way costs on all cases over the horizon: its errors, without what it gains, and
    what it takes to run.
    """
    record = found.record
    worth = [o for o in record.options if o.expected_net_benefit] if record is not None else []
    if record is None or not worth or record.months <= 0:
        return
    best = max(worth, key=lambda o: o.expected_net_benefit.mean if o.expected_net_benefit else 0.0)
    assert best.expected_net_benefit is not None
    a_month = best.expected_net_benefit.mean / record.months
    for code, most in (("above-goal", _watched(found.case)), ("above-problem", _at_most(found))):
        if most is not None and a_month > most > 0:
            figures = {"option": best.id, "amount": a_month, "most": most,
                       "times": a_month / most}  # fmt: skip
            yield Said(code=code, figures=figures)


def _watched(case: Case) -> float | None:
    """The goal's figure of now, where it is money a month."""
    goal = case.framing.goal
    if goal is None or not goal.now:
        return None
    try:
        return parse(goal.now, "money/month", case.units)[1]
    except Malformed:
        return None


def _at_most(found: Found) -> float | None:
    """What today's way costs a month, on average over the horizon, all gains left out.

    None where every good answer gains, as a good recommendation does: more good answers are
    then worth more than any problem that there is today.
    """
    record, case = found.record, found.case
    if record is None or case.volume is None or _good_gains(case):
        return None
    idle = _idle(record)
    rows = [row for row in record.error_costs.options if row.id == idle]
    each = sum(sum(max(0.0, cost) for cost in row.by_outcome.values()) + row.running_per_case
               for row in rows)  # fmt: skip
    if each <= 0:
        return None
    means = {row.name: row.mean for row in record.inputs}
    growth = means.get("growth", 0.0)
    months = range(1, round(record.months) + 1)
    grown = sum((1 + growth) ** (month / 12) for month in months) / max(len(months), 1)
    running = means.get(f"options.{idle}.run", 0.0)
    return float(each * means.get("volume", 0.0) * grown + running)


def _good_gains(case: Case) -> bool:
    """Whether a good answer gains by itself; a yes-or-no case has none that counts alone."""
    outcome = case.outcomes.get(case.of_task.good)
    return outcome is not None and outcome.gain is not None


PATTERNS: tuple[Pattern, ...] = (
    no_decider,
    no_user,
    no_figure_now,
    no_plain_option,
    all_assumed,
    narrow,
    too_good,
    twice,
    copied,
    no_review,
)


def patterns(case: Case, record: DecisionRecord | None = None) -> tuple[Said, ...]:
    """Every sign that a group fools itself, the ones about people first.

    Parameters
    ----------
    case : Case
        Sound or in the making.
    record : DecisionRecord, optional
        What the case came to; without it signs in its figures are not looked for.
    """
    found = Found(case=case, record=record)
    return tuple(said for pattern in PATTERNS for said in pattern(found))
