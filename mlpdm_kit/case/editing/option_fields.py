"""Which fields of an option are about what, and which concern an option of its kind."""

from __future__ import annotations

from mlpdm_kit.case.kinds import OPTION_KINDS, TaskKind

_READ = frozenset({"rule", "lookup", "process"})
_SEARCH = frozenset({"tfidf", "bm25"})
_FOUND = frozenset({"one_measurement"})  # a kind that only the kit's own fitting gives a meaning
_GIVEN = frozenset({"none", "all", "constant"})  # what they do needs no description
_JUDGED = frozenset(OPTION_KINDS) - _GIVEN - {"review"}

QUALITY = {  # how good it is: for which kinds
    "kind": frozenset(OPTION_KINDS),
    "label": frozenset(OPTION_KINDS),
    "note": frozenset(OPTION_KINDS),
    "status_quo": frozenset(OPTION_KINDS) - {"review"},
    "when": _READ,
    "predict": _READ,
    "predictions": frozenset({"llm", "bought", "bought_ml", "model", "process", "lookup"}),
    "probability": frozenset({"llm", "bought_ml", "model"}),
    "rates": _JUDGED,
    "synonyms": _SEARCH,
    "pinned": _SEARCH,
    "text": _SEARCH,
    "by": frozenset({"popular"}),
    "half_life": frozenset({"popular"}),
    "of": frozenset({"review"}),
    "review": frozenset({"review"}),
    "reviewer_error": frozenset({"review"}),
    "capacity": frozenset({"review"}),
    "review_time": frozenset({"review"}),
    "value": frozenset(OPTION_KINDS),
}
_BUILT = frozenset(OPTION_KINDS) - {"none"}
_ERRING = _BUILT - {"review"}
WORTH = {  # what it takes, and how it comes into use
    "build": _BUILT,
    "run": frozenset(OPTION_KINDS),
    "cost_per_case": frozenset(OPTION_KINDS),
    "delay": _BUILT,
    "adoption": _BUILT,
    "ramp": _BUILT,
    "overrun": _BUILT,
    "online": _ERRING,
    "drift": _ERRING,
    "retrain": _ERRING,
    "retrain_every": _ERRING,
}
_ABOUT = {"quality": QUALITY, "worth": WORTH}


def kinds_for(task: TaskKind) -> list[str]:
    """The kinds of options that can be added to a case of a task.

    Examples
    --------
    >>> from mlpdm_kit.case.kinds import TASK_KINDS
    >>> sorted({"bm25", "review", "one_measurement"} & set(kinds_for(TASK_KINDS["binary"])))
    ['one_measurement', 'review']
    >>> "one_measurement" in kinds_for(TASK_KINDS["generation"])
    False
    """
    return [kind for kind in OPTION_KINDS if kind not in _GIVEN and _fits(kind, task)]


def kinds_within(task: TaskKind) -> list[str]:
    """The kinds that an option of a case can be: those, and what is always shown beside them."""
    shown = _GIVEN & set(task.references)
    return [kind for kind in OPTION_KINDS if kind in shown or kind in kinds_for(task)]


def _fits(kind: str, task: TaskKind) -> bool:
    if kind in _FOUND:
        return kind in task.fitted
    if kind in _SEARCH or kind == "popular":
        return task.answers == "rank"
    return kind != "review" or task.name == "binary"


def concerns(name: str, kind: str, task: TaskKind, about: str) -> bool:
    """Whether a field has a meaning for an option of a kind, in a case of a task.

    Parameters
    ----------
    name, kind : str
        Of the field and of the option.
    task : TaskKind
    about : {"quality", "worth"}

    Examples
    --------
    >>> from mlpdm_kit.case.kinds import TASK_KINDS
    >>> concerns("when", "rule", TASK_KINDS["binary"], "quality")
    True
    >>> concerns("when", "llm", TASK_KINDS["binary"], "quality")
    False
    """
    if kind not in _ABOUT[about].get(name, ()):
        return False
    if task.name == "formula":
        return name not in ("when", "predict", "predictions", "probability", "rates", "online",
                            "drift", "retrain", "retrain_every")  # fmt: skip
    if name == "value" or (name == "probability" and "chances" not in task.has):
        return False
    right = {"act": "when", "grade": "", "rank": ""}.get(task.answers, "predict")
    return name not in ("when", "predict") or name == right
