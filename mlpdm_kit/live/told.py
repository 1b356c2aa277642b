"""Where the asking of a model stands and how it ended, in sentences."""

from __future__ import annotations

import math

from mlpdm_kit.case.quantity import Units
from mlpdm_kit.live.asking import Asked, Failed
from mlpdm_kit.text import Text

SPARE = 1.2  # what is left may cost a little more than what came before it


def failure(one: Failed, text: Text) -> str:
    """Why a question failed, with what the endpoint said of it."""
    code, _, status = one.code.partition("-") if one.code.startswith("status-") else (
        one.code, "", "")  # fmt: skip
    said = text.say(f"cli.ask.failure.{code}", status=status)
    return text.say("cli.ask.failure.said", failure=said, detail=one.detail) if one.detail else said


def begun(asked: Asked, text: Text) -> list[str]:
    """What is about to be asked, and what became of the answers that were there."""
    figures = {"option": asked.option, "total": asked.total, "model": asked.model,
               "host": asked.host, "items": asked.items, "attacks": asked.attacks,
               "before": asked.before}  # fmt: skip
    lines = [text.say("cli.ask.begun", **figures)]
    if asked.most_left is not None and asked.left:
        lines.append(text.say("cli.ask.most", most=asked.most_left))
    if asked.mended:
        lines.append(text.say("cli.ask.mended", file=asked.file.name))
    if asked.aside:
        lines.append(text.say("cli.ask.aside", n=asked.aside, file=asked.aside_file))
    return lines


def standing(asked: Asked, text: Text) -> str:
    """How far it is, in a line."""
    n = asked.total - asked.left
    said = text.say("cli.ask.standing", option=asked.option, n=n, total=asked.total)
    money = spent(asked, text)
    return text.say("cli.ask.with-money", said=said, money=money) if money else said


def spent(asked: Asked, text: Text) -> str:
    """What counts as spent, against the cap if there is one."""
    if asked.spent is None:
        return ""
    if asked.cap is None:
        return text.say("cli.ask.spent", spent=asked.spent)
    return text.say("cli.ask.spent.cap", spent=asked.spent, cap=asked.cap)


def ended(asked: Asked, text: Text) -> list[str]:
    """What came of it: answers, failures, refusals, what ended it early."""
    lines = [
        text.say("cli.ask.ended", option=asked.option, n=asked.done, before=asked.before,
                 file=asked.file)
    ]  # fmt: skip
    if asked.failed:
        first = asked.failed[0]
        figures = {"id": first.id, "repeat": first.repeat, "reason": failure(first, text)}
        lines.append(text.say("cli.ask.failed", n=len(asked.failed), **figures))
    for code in ("refused", "cut", "unclear"):
        if getattr(asked, code):
            lines.append(text.say(f"cli.ask.{code}", n=getattr(asked, code)))
    if asked.attacked:
        lines.append(text.say("cli.ask.attacks", n=asked.succeeded, of=asked.attacked))
    if asked.spent and (money := spent(asked, text)):
        lines.append(text.say("cli.ask.money", money=money))
    return lines + _why(asked, text)


def _why(asked: Asked, text: Text) -> list[str]:
    """Why it ended early, and what the rest would take."""
    if not asked.why:
        return []
    n = asked.total - asked.left
    reason = failure(asked.cause, text) if asked.cause else ""
    lines = [text.say(f"cli.ask.why.{asked.why}", n=n, total=asked.total, left=asked.left,
                      reason=reason)]  # fmt: skip
    if asked.most_left is not None and asked.likely_left is not None:
        lines.append(text.say("cli.ask.left", likely=asked.likely_left, most=asked.most_left))
    elif asked.most_left is not None:
        lines.append(text.say("cli.ask.left.most", most=asked.most_left))
    return lines


def enough(asked: Asked, units: Units) -> str:
    """A budget that would do for what is left, as it is written."""
    assert asked.most_left is not None
    most = asked.most_left
    if asked.likely_left is not None:
        most = min(most, SPARE * asked.likely_left + asked.next_most)
    step = 10.0 ** (math.floor(math.log10(most)) - 1) if most > 0 else 1.0
    return units.write(math.ceil(most / step) * step, dimension="money")
