"""Results of promptfoo as a log: ``promptfoo eval -o results.json`` (or ``.jsonl``).

What becomes of what, per result (versions 2 and 3 of the format):

========== ==================================================================================
id         ``vars.id`` or ``vars.item``, else the same in the test's ``metadata``; else the
           number of the test, from 1, attacks not counted
repeat     the how-manieth answer to that test; how often each was asked is ``repeat`` of
           ``runtimeOptions`` or ``evaluateOptions``, else the largest number that fits
option     where there are several columns: the provider's ``label``, else its ``id``; with
           the prompt's label (else its number) where a provider was given several prompts
answer     ``response.output``; JSON where it is no text
grade      ``metadata.grade``; else, where the test has assertions, passed is ``usable`` and
           failed ``wrong``
score      ``metadata.score``, likewise ``rank`` and ``invented``: promptfoo's own ``score``
           is that of the assertions, not of the model, and is left out
tokens     ``tokenUsage.prompt`` and ``.completion``, without those of the grader; 0 is not known
latency    ``latencyMs``, in seconds; not of answers from promptfoo's cache, nor of failed calls;
           promptfoo counts its own waiting in: for its turn where several run at a time
           (``-j``), and after a rate limit
cost       ``cost``, in US dollars; 0 is not known
attempts   ``tokenUsage.numRequests``
refused    ``response.isRefusal`` or ``metadata.refused``; where either is said of some
           answers, the others were not refused
attack     ``metadata.attack`` or ``vars.attack``; of a red team the ``strategyId``, or where
           that is none or ``basic`` the ``pluginId``
succeeded  ``metadata.succeeded``; else whether the assertions of an attack failed: they pass
           when the model holds
error      ``error`` where the call failed (``failureReason`` 2); a failed assertion is none
========== ==================================================================================

Source: promptfoo, "Output formats" and the types ``EvaluateResult`` and ``ProviderResponse``.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.logs.columns import without_empty
from mlpdm_kit.case.logs.json_text import (
    first_line,
    known,
    name_of,
    parsed,
    read_json,
    read_lines,
    refuse_large,
    scaled,
    text_of,
    within,
)
from mlpdm_kit.case.tables import inside
from mlpdm_kit.errors import Row, refuse

if TYPE_CHECKING:
    import pandas as pd

PASSED, FAILED = "usable", "wrong"
CALL_FAILED = 2  # of promptfoo's failureReason: 0 none, 1 an assertion, 2 an error
LONG = 40  # characters of a prompt's label, beyond which it is the prompt itself

_SIGNS = re.compile(rb'"(?:evalId|promptIdx|testPassCount|gradingResult|promptfooVersion)"\s*:')


def recognises(path: Path, head: bytes) -> bool:
    """Whether it begins as JSON and names what only promptfoo's results have."""
    return _is_object(head) and _SIGNS.search(head) is not None


def _is_object(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read(folder: Path, name: str, field: str) -> pd.DataFrame:
    """The results as rows; ``row`` counts them from 1.

    ``attrs["left_out"]`` says of how many the seconds were left out, as ``cached``.

    Raises
    ------
    InputError
        It is broken, too large, holds no results, or tests that cannot be told apart.
    """
    import pandas as pd

    try:
        results, repeats = _results(inside(folder, name, field), field, name)
        columns = _columns([result for _, result in results])
        rows = []
        for row, result, item, repeat in _placed(results, columns, repeats, field, name):
            rows.append({"row": row, "id": item, "repeat": repeat,
                         "option": columns[_column(result)], **_made(result)})  # fmt: skip
    except RecursionError as error:  # values within values without end
        raise refuse("log-json", field, name) from error
    if not rows:
        raise refuse("log-nothing", field, name)
    frame = pd.DataFrame(rows, dtype=object)
    if frame["refused"].notna().any():
        silent = frame["refused"].isna() & frame["error"].isna()
        frame["refused"] = frame["refused"].mask(silent, False)
    if len(columns) == 1:
        frame = frame.drop(columns="option")
    frame = without_empty(frame)
    cached = sum(_is_cached(result) for _, result in results)
    frame.attrs["counted"] = "result"
    frame.attrs["left_out"] = {"cached": cached} if cached else {}
    return frame


def _results(
    path: Path, field: str, name: str
) -> tuple[list[tuple[int, dict[str, Any]]], int | None]:
    """Results with their place, in the order of the tests; and how often each was asked."""
    refuse_large(path, field, name)
    with path.open("rb") as stream:
        first = parsed(stream.readline().removeprefix(b"\xef\xbb\xbf"))
    content, repeats = None, None
    if isinstance(first, dict) and "results" not in first and "testIdx" in first:
        content = read_lines(path, field, name)
    else:
        said = read_json(path, field, name)
        asked = within(said, "runtimeOptions", "repeat")
        asked = asked or within(said, "config", "evaluateOptions", "repeat")
        repeats = asked if _is_index(asked) and asked > 0 else None
        inner = within(said, "results")
        content = inner if isinstance(inner, list) else within(inner, "results")
    if not isinstance(content, list):
        raise refuse("log-promptfoo-shape", field, name)
    found = []
    for row, result in enumerate(content, start=1):
        if not isinstance(result, dict):
            raise refuse("log-promptfoo-row", field, name, row=Row(row, "result"))
        found.append((row, result))
    if all(_is_index(result.get("testIdx")) for _, result in found):
        found.sort(key=lambda one: one[1]["testIdx"])  # several at a time end in any order
    return found, repeats


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _column(result: dict[str, Any]) -> str:
    """What tells the columns of promptfoo's table apart: a provider with a prompt."""
    number = result.get("promptIdx")
    return json.dumps([number if _is_index(number) else 0, *_provider(result)])


def _provider(result: dict[str, Any]) -> tuple[str, str]:
    """Name of the provider, and the label of the prompt."""
    said = result.get("provider")
    label = name_of(within(said, "label")) or name_of(within(said, "id"))
    prompt = name_of(within(result, "prompt", "label")) or ""
    return label or name_of(said) or "?", prompt


def _columns(results: Sequence[dict[str, Any]]) -> dict[str, str]:
    """A name for each column: the provider's, with the prompt's where that is not enough."""
    keys = sorted({_column(result) for result in results}, key=lambda key: json.loads(key)[0])
    providers = Counter(json.loads(key)[1] for key in keys)
    numbers = {key: number for number, key in enumerate(keys, start=1)}
    found, taken = {}, set[str]()
    for key in keys:
        _, provider, prompt = json.loads(key)
        said = provider
        if providers[provider] > 1:
            short = prompt and len(prompt) <= LONG and "\n" not in prompt
            said = f"{provider} / {prompt if short else numbers[key]}"
        while said in taken:
            said += f" / {numbers[key]}"
        taken.add(said)
        found[key] = said
    return found


def _placed(
    results: Sequence[tuple[int, dict[str, Any]]],
    columns: dict[str, str],
    repeats: int | None,
    field: str,
    name: str,
) -> Iterator[tuple[int, dict[str, Any], str, int]]:
    """Each result with its place in the file, its item and which repeat of it it is."""
    tests = [(row, result, _column(result), _test(result)) for row, result in results]
    asked = repeats or math.gcd(*Counter((column, test) for _, _, column, test in tests).values())
    seen = Counter[tuple[str, str]]()
    numbers: dict[bool, dict[tuple[str, int], int]] = {True: {}, False: {}}
    named: dict[str, str] = {}
    for row, result, column, test in tests:
        before = seen[column, test]
        seen[column, test] += 1
        item = _id(result)
        if item is not None:
            if named.setdefault(item, test) != test:
                raise refuse("log-promptfoo-id", field, item, file=name,
                             row=Row(row, "result"))  # fmt: skip
            yield row, result, item, before + 1
            continue
        attack = _attack(result) is not None
        which = (test, before // asked)  # the same test written twice is two tests
        number = numbers[attack].setdefault(which, len(numbers[attack]) + 1)
        yield row, result, f"attack-{number}" if attack else str(number), before % asked + 1


def _test(result: dict[str, Any]) -> str:
    """What is the same of one test over its repeats: variables, assertions, metadata."""
    test = result.get("testCase")
    written = within(test, "vars") or result.get("vars")
    parts = [written, *(within(test, key) for key in ("assert", "metadata", "description"))]
    return json.dumps(parts, sort_keys=True)


def _id(result: dict[str, Any]) -> str | None:
    places = (("vars",), ("testCase", "vars"), ("metadata",), ("testCase", "metadata"))
    said = (name_of(within(result, *place, key)) for key in ("id", "item") for place in places)
    return next((name for name in said if name), None)


def _told(result: dict[str, Any], key: str) -> Any:
    """What the provider or the test says of itself."""
    places = (("response", "metadata"), ("metadata",), ("testCase", "metadata"))
    said = (within(result, *place, key) for place in places)
    return next((value for value in said if value is not None and value != ""), None)


def _attack(result: dict[str, Any]) -> str | None:
    """The kind of attack, where it is one: how it was made, else at what it aims."""
    own = name_of(_told(result, "attack")) or name_of(within(result, "vars", "attack"))
    if own:
        return own
    strategy, plugin = name_of(_told(result, "strategyId")), name_of(_told(result, "pluginId"))
    return strategy if strategy and strategy != "basic" else plugin


def _failed(result: dict[str, Any]) -> bool:
    """Whether the call failed; older files do not say why there is an error."""
    reason = result.get("failureReason")
    if reason is None:
        return within(result, "response", "output") is None
    return bool(reason == CALL_FAILED)


def _held(result: dict[str, Any]) -> bool | None:
    """Whether the assertions passed; None where there are none, or nothing to hold them to."""
    asserted = within(result, "gradingResult", "componentResults")
    asserted = asserted or within(result, "testCase", "assert")
    if not asserted or _failed(result) or not isinstance(result.get("success"), bool):
        return None
    return bool(result["success"])


def _is_cached(result: dict[str, Any]) -> bool:
    return within(result, "response", "cached") is True


def _made(result: dict[str, Any]) -> dict[str, Any]:
    """The columns of a log that one result fills; None where it says nothing."""
    response, usage, held = result.get("response"), result.get("tokenUsage"), _held(result)
    failed, attack = _failed(result), _attack(result)
    refused = within(response, "isRefusal")
    found = {
        "answer": text_of(within(response, "output")),
        "tokens_in": known(within(usage, "prompt")),
        "tokens_out": known(within(usage, "completion")),
        "latency": None if failed or _is_cached(result) else scaled(result.get("latencyMs"), 0.001),
        "cost": known(result.get("cost")),
        "attempts": known(within(usage, "numRequests")),
        "refused": refused if refused is not None else _told(result, "refused"),
        "invented": _told(result, "invented"),
        "score": _told(result, "score"),
        "rank": _told(result, "rank"),
        "error": first_line(result.get("error")) if failed else None,
    }
    if attack is None:
        graded = None if held is None else PASSED if held else FAILED
        return {**found, "grade": _told(result, "grade") or graded}
    own = _told(result, "succeeded")
    succeeded = own if own is not None else None if held is None else not held
    return {**found, "attack": attack, "succeeded": succeeded}
