"""What came back from one call: a reply, or why there is none and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

MAX_DETAIL = 300  # characters of what a provider says about a failure
_BUSY = {408, 409, 425, 429}  # beside all of 5xx
_STOP = {401: "key", 402: "quota", 403: "key", 404: "not-found"}
_REFUSED = ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a model answered; the counts of tokens are None where the provider says none."""

    text: str
    refused: bool = False
    cut: bool = False
    tokens_in: int | None = None
    tokens_out: int | None = None


class Failure(Exception):
    """A call that gave no reply.

    ``again`` says whether another try may help, ``stop`` whether no other call would do
    better either; ``free`` whether it surely costs nothing; ``lost`` whether an answer was
    probably made and got lost on the way; ``wait`` is how long the provider asks to wait, in
    seconds; ``attempts`` how many tries there were.
    """

    attempts = 1

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        again: bool = True,
        stop: bool = False,
        free: bool = False,
        lost: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.detail = code, " ".join(detail.split())[:MAX_DETAIL]
        self.again, self.stop, self.free, self.lost, self.wait = again, stop, free, lost, wait


def reply_of(body: str) -> Reply:
    """The reply in the body of an answer.

    Raises
    ------
    Failure
        It is no JSON, or no answer to a chat.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Failure("not-json", lost=True) from error
    choices = said.get("choices") if isinstance(said, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise Failure("not-chat", _message(said), lost=True)
    reason = choice.get("finish_reason") if isinstance(choice, dict) else None
    refusal = message.get("refusal")
    usage = said.get("usage")
    return Reply(
        text=_content(message.get("content")) or (refusal if isinstance(refusal, str) else ""),
        refused=bool(refusal) or reason == "content_filter",
        cut=reason == "length",
        tokens_in=_count(usage, "prompt_tokens"),
        tokens_out=_count(usage, "completion_tokens"),
    )


def _content(content: Any) -> str:
    """The text of a message, which may come in parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _count(usage: Any, name: str) -> int | None:
    found = usage.get(name) if isinstance(usage, dict) else None
    whole = isinstance(found, int) and not isinstance(found, bool) and found >= 0
    return found if whole else None


def _message(said: Any) -> str:
    """What a provider says about an error, in whichever of the usual places."""
    error = said.get("error", said) if isinstance(said, dict) else said
    found = error.get("message", "") if isinstance(error, dict) else error
    return found if isinstance(found, str) else ""


def refusal_of_status(
    status: int, body: Any, headers: Mapping[str, str], now: datetime | None = None
) -> Failure | Reply:
    """What an answer with a status other than 200 means.

    A provider whose filter turns the question down has answered it: that is a refusal.
    """
    error = body.get("error", body) if isinstance(body, dict) else {}
    code = str(error.get("code") or error.get("type") or "") if isinstance(error, dict) else ""
    detail = _message(body)
    if status == 400 and any(word in f"{code} {detail}" for word in _REFUSED):
        return Reply(text="", refused=True)
    if status == 429 and code == "insufficient_quota":
        return Failure("quota", detail, again=False, stop=True, free=True)
    if status in _STOP:
        return Failure(_STOP[status], detail, again=False, stop=True, free=True)
    if status in _BUSY or status >= 500:
        wait = retry_after(headers, now)
        return Failure(f"status-{status}", detail, free=status < 500, wait=wait)
    return Failure(f"status-{status}", detail, again=False, free=True)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """How many seconds a provider asks to wait; None where it does not say.

    Examples
    --------
    >>> retry_after({"retry-after": "1.5"}), retry_after({"retry-after-ms": "20"})
    (1.5, 0.02)
    >>> retry_after({"retry-after": "soon"}) is None
    True
    >>> at = datetime(2026, 10, 1, 7, 28, tzinfo=UTC)
    >>> retry_after({"retry-after": "Thu, 01 Oct 2026 07:28:30 GMT"}, at)
    30.0
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        said = headers.get(name, "").strip()
        try:
            found = float(said) * unit
        except ValueError:
            continue
        if 0 <= found < float("inf"):
            return found
    try:
        day = parsedate_to_datetime(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    day = day if day.tzinfo else day.replace(tzinfo=UTC)
    return max(0.0, (day - (now or datetime.now(UTC))).total_seconds())
