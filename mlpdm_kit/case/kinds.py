"""Kinds of options and of tasks: one entry each, and the words a case file may use.

Adding an option kind is adding an `OptionKind` here and its name to the catalogues.
A task kind is a `TaskKind` here (what a case file may say about it) and its arithmetic
in ``mlpdm_kit.analysis.tasks``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OptionKind:
    """One rung of the ladder of options.

    Parameters
    ----------
    name : str
        The word in the case file.
    is_ml : bool
        Whether choosing it means choosing ML (an LLM is ML here).
    learns : bool
        Whether it is trained on the case's data, so that the data must hold the answer.
    generates : bool
        Whether it is an LLM, to which the checks on generated output apply.
    reviewed : bool
        Whether a person looks before anything happens.
    fitted : bool
        Whether the kit finds it on the data itself.
    """

    name: str
    is_ml: bool = False
    learns: bool = False
    generates: bool = False
    reviewed: bool = False
    fitted: bool = False


OPTION_KINDS = {
    kind.name: kind
    for kind in (
        OptionKind(name="none"),
        OptionKind(name="all"),
        OptionKind(name="constant", fitted=True),
        OptionKind(name="rule"),
        OptionKind(name="one_measurement", fitted=True),
        OptionKind(name="lookup"),
        OptionKind(name="process"),
        OptionKind(name="bought"),
        OptionKind(name="bought_ml", is_ml=True),
        OptionKind(name="model", is_ml=True, learns=True, fitted=True),
        OptionKind(name="llm", is_ml=True, generates=True),
        OptionKind(name="review", reviewed=True),
    )
}


@dataclass(frozen=True, kw_only=True)
class TaskKind:
    """What a case file says about one kind of task.

    Parameters
    ----------
    name : str
        The word in the case file.
    outcomes : tuple of str
        What can happen, each priced in ``outcomes``; those in `needed` must be.
    rates : mapping
        How good an option is, by name, with the dimension in which it is written.
    references : tuple of str
        The option kinds that are always shown.
    outcome_dimension : str
        In what an outcome is priced.
    """

    name: str
    outcomes: tuple[str, ...]
    needed: tuple[str, ...]
    rates: dict[str, str]
    references: tuple[str, ...]
    outcome_dimension: str


TASK_KINDS = {
    kind.name: kind
    for kind in (
        TaskKind(
            name="binary",
            outcomes=("true_positive", "false_positive", "false_negative", "true_negative"),
            needed=("false_positive",),
            rates={"recall": "share", "false_positive_rate": "share"},
            references=("none", "all"),
            outcome_dimension="money/case",
        ),
        TaskKind(
            name="regression",
            outcomes=("under", "over"),
            needed=("under", "over"),
            rates={"under_per_case": "target/case", "over_per_case": "target/case"},
            references=("none", "constant"),
            outcome_dimension="money/target",
        ),
    )
}

REFERENCE_IDS = {"none": "none", "all": "all", "constant": "constant"}
ONE_MEASUREMENT_ID = "one-measurement"
