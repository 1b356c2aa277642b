"""How the checks stand: what was answered, what the data and the money say.

A check's result names the options that it concerns. A failed hard check removes them, an
open one keeps ML from being chosen yet, as do others where they say so; nothing is ever
added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.case.checks import CHECKS, HARD, Check
from mlpdm_kit.case.model import Answer, Case
from mlpdm_kit.record.areas import EVIDENCE, Written, answer_by_words, written
from mlpdm_kit.record.parts import Basis, CheckResult, Said, Status
from mlpdm_kit.record.scopes import concerned

FROM_CASE: tuple[str, Basis] = ("measured", "case")  # read off the case file, as it stands


def answered(case: Case, rungs: Sequence[Rung]) -> tuple[CheckResult, ...]:
    """Every check that a person can answer and that concerns the case, as it stands.

    What is written down of the four areas answers for those who have not said yes or no.
    """
    results = []
    words = written(case, rungs)
    for check in CHECKS.values():
        answer = _with_words(check, case.checks.get(check.id, Answer()), words)
        options = concerned(check, rungs, answer)
        if check.asked and (options or check.scope == "case"):
            results.append(
                CheckResult(
                    id=check.id,
                    area=check.area,
                    kind=check.kind,
                    status=_status(check, answer),
                    holds=check.hard,
                    scope=check.scope,
                    options=tuple(options),
                    answer=answer.answer,
                    evidence=answer.evidence,
                    source=answer.source,
                    note=answer.note,
                    owner=answer.owner,
                )
            )
    return tuple(results)


def _with_words(check: Check, answer: Answer, words: Sequence[Written]) -> Answer:
    """An answer with the evidence of what is written down, where it has none of its own."""
    told = answer_by_words(check.id, words)
    bare = answer.evidence == "assumed" and not answer.source
    if told is None or answer.answer not in ("unknown", check.passes) or not bare:
        return answer
    return answer.model_copy(
        update={
            "answer": check.passes,
            "evidence": told["evidence"],
            "source": told["source"],
            "owner": answer.owner or told["owner"],
        }
    )


def _status(check: Check, answer: Answer) -> Status:
    if answer.answer == "unknown":
        return "open"
    if check.against(answer.answer):
        return "failed"
    # an answer that is only assumed passes no veto
    if check.hard and answer.evidence == "assumed":
        return "open"
    return "passed"


def computed(
    check_id: str,
    rungs: Sequence[Rung],
    status: Status,
    code: str,
    figures: dict[str, Any] | None = None,
    options: Iterable[str] | None = None,
    *,
    holds: bool | None = None,
    stands_on: tuple[str, Basis] = ("measured", "data"),
) -> CheckResult:
    """Result of a check that the kit has computed.

    An open one that ``holds`` keeps ML from being chosen yet, by default a hard one; one that
    does not says that the data does not decide, and the expected net benefit then does. What
    it ``stands_on`` is the least sure evidence, and whether that
    is the data, stated ranges, both, or the case file itself.
    """
    check = CHECKS[check_id]
    return CheckResult(
        id=check.id,
        area=check.area,
        kind=check.kind,
        status=status,
        scope=check.scope,
        options=tuple(concerned(check, rungs) if options is None else options),
        evidence=stands_on[0],
        measured=True,
        basis=stands_on[1],
        holds=check.hard if holds is None else holds,
        finding=Said(code=code, figures=figures or {}),
    )


def least_sure(evidence: Iterable[str]) -> str:
    """The least sure of some evidence; what rests on nothing else is measured.

    Examples
    --------
    >>> least_sure(["measured", "assumed", "quoted"])
    'assumed'
    """
    return min(evidence, key=EVIDENCE.index, default="measured")


def merged(*groups: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """All results, a computed one in place of the answer to the same question.

    A failed answer stays: nothing that is computed makes up for it. Where an option's log
    answers, the answer stays for the options that have none.
    """
    found = [result for group in groups for result in group]
    measured: dict[str, set[str]] = {}
    for result in found:
        if result.measured:
            measured.setdefault(result.id, set()).update(result.options)
    kept = []
    for result in found:
        if result.measured or result.id not in measured or result.status == "failed":
            kept.append(result)
        elif result.scope == "llm":  # a log answers for its own option only
            left = tuple(name for name in result.options if name not in measured[result.id])
            kept += [result.model_copy(update={"options": left})] if left else []
    order = {name: index for index, name in enumerate(CHECKS)}
    return tuple(sorted(kept, key=lambda result: order[result.id]))


def stopped_by(results: Iterable[CheckResult]) -> tuple[str, ...]:
    """Failed gates that stop the whole case."""
    return tuple(
        result.id
        for result in results
        if result.status == "failed" and result.kind in HARD and result.scope == "case"
    )


def standing(
    results: Iterable[CheckResult], rung: Rung
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Failed gates, open gates and things to fix of one option, as check ids.

    Open gates and things to fix hold back ML only; of open ones those that hold.
    """
    own = [result for result in results if rung.id in result.options]
    failed = [r.id for r in own if r.status == "failed" and r.kind in HARD]
    if not rung.is_ml:
        return tuple(failed), (), ()
    still_open = [r.id for r in own if r.status == "open" and r.holds]
    to_fix = [r.id for r in own if r.status == "failed" and r.kind == "F"]
    return tuple(failed), tuple(still_open), tuple(to_fix)
