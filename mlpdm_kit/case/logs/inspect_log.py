"""Logs of Inspect as a log: what ``inspect eval`` writes, ``.eval`` or ``.json``.

What becomes of what, per sample (version 2 of the format):

========== ==================================================================================
id         ``id``
repeat     ``epoch``
answer     the first score's ``answer`` (as the scorer read it), else ``output.completion``
grade      ``metadata.grade``; else the first score's ``value``: correct (``C``, 1, true) is
           ``usable``, partly (``P``, between 0 and 1) ``needs_editing``, incorrect (``I``,
           0, false) ``wrong``, no answer (``N``) none; a word is taken as it is
score      ``metadata.score``, likewise ``rank`` and ``invented``: a scorer's value judges the
           answer, it is not the model's
tokens     ``model_usage`` of the log's model: ``input_tokens`` with those read from and
           written to the cache, ``output_tokens``
cost       ``total_cost`` of the same, in US dollars, where Inspect was told prices
latency    ``output.time`` where the model was called once; else ``working_time``; none
           where the sample failed
attempts   1, and one more for each of ``error_retries`` and each retry of a call
refused    whether the model stopped for its ``content_filter``, or ``metadata.refused``
attack     ``metadata.attack``
succeeded  ``metadata.succeeded``; else whether the first score of an attack is not correct:
           correct means that the model held
error      ``error.message``
========== ==================================================================================

``metadata`` is the sample's, else the score's. A sample that was declared invalid is left out.

Source: Inspect, "Log Files" and the types ``EvalLog``, ``EvalSample``, ``Score``, ``ModelUsage``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.logs.columns import without_empty
from mlpdm_kit.case.logs.eval_zip import members
from mlpdm_kit.case.logs.json_text import (
    first_line,
    name_of,
    read_json,
    text_of,
    within,
)
from mlpdm_kit.case.tables import inside
from mlpdm_kit.errors import Row, refuse

if TYPE_CHECKING:
    import pandas as pd

_ZIP, _FIRST = b"PK\x03\x04", b"_journal/start.json"
_VALUES = {"c": "usable", "p": "needs_editing", "i": "wrong", "n": None}
_SIGNS = (re.compile(rb'"eval"\s*:\s*\{'), re.compile(rb'"(?:eval_id|run_id|task_id)"\s*:'))


def recognises(path: Path, head: bytes) -> bool:
    """Whether it is a zip as ``.eval`` is, or JSON that says which evaluation it was."""
    if head.startswith(_ZIP):  # so does a file of Excel
        return path.suffix == ".eval" or _FIRST in head[:99]
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return begins and all(sign.search(head) for sign in _SIGNS)


def read(folder: Path, name: str, field: str) -> pd.DataFrame:
    """The samples as rows; ``row`` counts them from 1.

    ``attrs["left_out"]`` says how many were left out, by reason.

    Raises
    ------
    InputError
        It is broken, too large, or holds no samples.
    """
    import pandas as pd

    path = inside(folder, name, field)
    rows, left_out = [], Counter[str]()
    try:
        for row, (model, sample) in enumerate(_samples(path, field, name), start=1):
            if not isinstance(sample, dict):
                raise refuse("log-inspect-shape", field, name, row=Row(row, "sample"))
            if sample.get("invalidation"):
                left_out["invalid"] += 1
            else:
                rows.append({"row": row, **_made(sample, model)})
    except RecursionError as error:  # values within values without end
        raise refuse("log-json", field, name) from error
    if not rows:
        raise refuse("log-nothing", field, name)
    found = without_empty(pd.DataFrame(rows, dtype=object))
    found.attrs["counted"] = "sample"
    found.attrs["left_out"] = dict(left_out)
    return found


def _samples(path: Path, field: str, name: str) -> Iterator[tuple[Any, Any]]:
    """The model of the log, with each sample."""
    with path.open("rb") as stream:
        zipped = stream.read(len(_ZIP)) == _ZIP
    if not zipped:
        log = read_json(path, field, name)
        samples = within(log, "samples")
        for sample in samples if isinstance(samples, list) else []:
            yield within(log, "eval", "model"), sample
        return
    model = None
    for member, content in members(path, field, name):
        if member.startswith("samples/"):
            yield model, content
        else:
            model = within(content, "eval", "model") or model


def _made(sample: dict[str, Any], model: Any) -> dict[str, Any]:
    """The columns of a log that one sample fills; None where it says nothing."""
    score, usage = _score(sample), _usage(sample, model)
    graded = _graded(within(score, "value"))
    error = sample.get("error")
    found = {
        "id": name_of(sample.get("id")),
        "repeat": sample.get("epoch", 1),
        "answer": _answer(sample, score),
        "tokens_in": _sum(usage, "input_tokens", "input_tokens_cache_read",
                          "input_tokens_cache_write"),
        "tokens_out": within(usage, "output_tokens"),
        "latency": None if error else _latency(sample),
        "cost": within(usage, "total_cost"),
        "attempts": _attempts(sample),
        "refused": _refused(sample),
        "invented": _told(sample, "invented"),
        "score": _told(sample, "score"),
        "rank": _told(sample, "rank"),
        "error": first_line(within(error, "message") or error) if error else None,
    }  # fmt: skip
    attack = name_of(_told(sample, "attack"))
    if attack is None:
        return {**found, "grade": _told(sample, "grade") or graded}
    own = _told(sample, "succeeded")
    succeeded = own if own is not None else None if graded is None else graded != "usable"
    return {**found, "attack": attack, "succeeded": succeeded}


def _score(sample: dict[str, Any]) -> Any:
    scores = sample.get("scores")
    return next(iter(scores.values()), None) if isinstance(scores, dict) else sample.get("score")


def _told(sample: dict[str, Any], key: str) -> Any:
    """What the sample or its score says of itself."""
    said = (within(sample, "metadata", key), within(_score(sample), "metadata", key))
    return next((value for value in said if value is not None and value != ""), None)


def _answer(sample: dict[str, Any], score: Any) -> str | None:
    """As the scorer read it, else all that the model said."""
    answer = within(score, "answer")
    said = answer if isinstance(answer, str) and answer else within(sample, "output", "completion")
    if not said:
        said = _content(within(sample, "output", "choices", 0, "message", "content"))
    if isinstance(said, str) and said.startswith("attachment://"):
        said = within(sample, "attachments", said.removeprefix("attachment://")) or said
    return text_of(said)


def _content(said: Any) -> Any:
    """Text of a message; its parts in a row where it has several."""
    if not isinstance(said, list):
        return said
    parts = [within(part, "text") for part in said]
    return "".join(part for part in parts if isinstance(part, str))


def _graded(value: Any) -> str | None:
    """A scorer's value as a grade; None where it is none."""
    if isinstance(value, (bool, int, float)):
        return "usable" if value >= 1 else "needs_editing" if value > 0 else "wrong"
    said = value.strip() if isinstance(value, str) else ""
    return _VALUES.get(said.casefold(), text_of(said)) or None


def _usage(sample: dict[str, Any], model: Any) -> Any:
    """What the model that was asked used; not what a grader did."""
    usage = sample.get("model_usage")
    if not isinstance(usage, dict):
        return None
    only = next(iter(usage.values())) if len(usage) == 1 else None
    return usage.get(model, only) if isinstance(model, str) else only


def _sum(usage: Any, *keys: str) -> Any:
    """Numbers added up; what is no number as it is, to be refused with its row."""
    said = [value for value in (within(usage, key) for key in keys) if value is not None]
    odd = next((value for value in said if not isinstance(value, (int, float))), None)
    if odd is not None:
        return odd
    try:
        return sum(said) if said else None
    except OverflowError:
        return said[0]


def _latency(sample: dict[str, Any]) -> Any:
    turns = sample.get("turn_count")
    if turns is None:
        said = sample.get("messages")
        roles = [within(one, "role") for one in said] if isinstance(said, list) else []
        turns = roles.count("assistant")
    once = within(sample, "output", "time") if turns == 1 else None
    return once if once is not None else sample.get("working_time", sample.get("total_time"))


def _attempts(sample: dict[str, Any]) -> Any:
    again, events = sample.get("error_retries"), sample.get("events")
    retried = [within(event, "retries") for event in events] if isinstance(events, list) else []
    whole = [count for count in retried if isinstance(count, int) and count > 0]
    return 1 + (len(again) if isinstance(again, list) else 0) + sum(whole)


def _refused(sample: dict[str, Any]) -> Any:
    own = _told(sample, "refused")
    stopped = within(sample, "output", "choices", 0, "stop_reason")
    return own if own is not None else None if stopped is None else stopped == "content_filter"
