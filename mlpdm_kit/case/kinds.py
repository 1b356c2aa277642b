"""Kinds of options and of tasks: one entry each, and the words a case file may use.

Adding an option kind is adding an `OptionKind` here and its name to the catalogues.
A task kind is a `TaskKind` here (what a case file may say about it) and its arithmetic
in ``mlpdm_kit.analysis.worth.tasks``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


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
    searches : bool
        Whether it looks through the case's documents.
    """

    name: str
    is_ml: bool = False
    learns: bool = False
    generates: bool = False
    reviewed: bool = False
    fitted: bool = False
    searches: bool = False


OPTION_KINDS = {
    kind.name: kind
    for kind in (
        OptionKind(name="none"),
        OptionKind(name="all"),
        OptionKind(name="constant", fitted=True),
        OptionKind(name="rule"),
        OptionKind(name="popular", fitted=True),
        OptionKind(name="one_measurement", fitted=True),
        OptionKind(name="lookup"),
        OptionKind(name="tfidf", fitted=True, searches=True),
        OptionKind(name="bm25", fitted=True, searches=True),
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
    answers : str
        What an option gives for a case: ``act`` (yes or no), ``amount``, ``class``,
        ``text``, ``rank`` (of the right one in a list), ``grade``, or ``nothing`` that could
        be held against data.
    outcomes : tuple of str
        What can happen, each priced in ``outcomes``.
    needed : tuple of tuple of str
        Of each of these at least one must be priced.
    rates : mapping
        How good an option is, by name, with the dimension in which it is written.
    may_miss : tuple of str
        Rates that need not be stated; none of it then.
    rest : str
        The outcome that is what the rates leave over, where they are shares of outcomes.
    good, silent : str
        Of such outcomes the one that is no error, and the one where there is no answer.
    last : str
        The outcome after which a chain of steps has nothing left to work on.
    references : tuple of str
        The option kinds that are always shown; those in ``known`` without data too.
    fitted : tuple of str
        The option kinds that the kit finds on data by itself.
    outcome_dimension : str
        In what an outcome is priced.
    pairs : bool
        Whether an outcome may be one class taken for another, as ``refund > spam``.
    finer : tuple of str
        Outcomes that are told apart only where a case prices them.
    has : frozenset of str
        What only some tasks have, in notebooks, forms and records: ``positives`` (cases to be
        found among others, with recall and precision), ``chances`` (scores that can be
        probabilities), ``threshold`` (from where to act, or an amount to aim beside),
        ``review`` (a person decides in an option's place), ``learning`` (a model that the kit
        trains), ``grades`` (answers that a grader judges).
    """

    name: str
    answers: str
    outcomes: tuple[str, ...] = ()
    needed: tuple[tuple[str, ...], ...] = ()
    rates: dict[str, str] = field(default_factory=dict)
    may_miss: tuple[str, ...] = ()
    rest: str = ""
    good: str = ""
    silent: str = ""
    last: str = ""
    references: tuple[str, ...] = ("none",)
    known: tuple[str, ...] = ("none",)
    fitted: tuple[str, ...] = ()
    outcome_dimension: str = "money/case"
    pairs: bool = False
    finer: tuple[str, ...] = ()
    has: frozenset[str] = frozenset()

    @property
    def severity(self) -> tuple[str, ...]:
        """Outcomes from the good one to the worst, for a chain of steps; () where cases have none.

        No answer comes last, however cheap: it hides what was wrong before, and no later step
        can make it worse.

        Examples
        --------
        >>> TASK_KINDS["multiclass"].with_pairs(["refund > spam"]).severity
        ('right', 'wrong', 'refund > spam', 'unanswered')
        """
        if not self.good:
            return ()
        return tuple(sorted(self.outcomes, key=lambda n: (n != self.good, n == self.last)))

    def with_pairs(self, outcomes: Iterable[str]) -> TaskKind:
        """The same with the pairs of classes, and finer outcomes, that a case prices."""
        own = tuple(
            name for name in outcomes if (self.pairs and PAIR in name) or name in self.finer
        )
        if not own:
            return self
        return replace(
            self,
            outcomes=(*self.outcomes, *own),
            rates={**self.rates, **dict.fromkeys(own, "share")},
            may_miss=(*self.may_miss, *own),
        )


PAIR = ">"
_SHARE = "share"

TASK_KINDS = {
    kind.name: kind
    for kind in (
        TaskKind(
            name="binary",
            answers="act",
            outcomes=("true_positive", "false_positive", "false_negative", "true_negative"),
            needed=(("false_positive",), ("false_negative", "true_positive")),
            rates={"recall": _SHARE, "false_positive_rate": _SHARE},
            references=("none", "all"),
            known=("none", "all"),
            fitted=("one_measurement", "model"),
            has=frozenset({"positives", "chances", "threshold", "review", "learning"}),
        ),
        TaskKind(
            name="multiclass",
            answers="class",
            outcomes=("right", "wrong", "unanswered"),
            needed=(("wrong",), ("unanswered", "right")),
            rates={"wrong": _SHARE, "unanswered": _SHARE},
            may_miss=("unanswered",),
            rest="right",
            good="right",
            silent="unanswered",
            last="unanswered",
            references=("none", "constant"),
            fitted=("one_measurement", "model"),
            pairs=True,
            has=frozenset({"learning", "grades"}),
        ),
        TaskKind(
            name="regression",
            answers="amount",
            outcomes=("under", "over"),
            needed=(("under",), ("over",)),
            rates={"under_per_case": "target/case", "over_per_case": "target/case"},
            references=("none", "constant"),
            known=(),
            fitted=("one_measurement", "model"),
            outcome_dimension="money/target",
            has=frozenset({"threshold", "learning"}),
        ),
        TaskKind(
            name="search",
            answers="rank",
            outcomes=("hit", "miss"),
            needed=(("hit", "miss"),),
            rates={"hit": _SHARE},
            rest="miss",
            good="hit",
            silent="miss",
            references=("none", "constant"),
            fitted=("popular", "tfidf", "bm25"),
            finer=("wrong_top",),
        ),
        TaskKind(
            name="extraction",
            answers="text",
            outcomes=("right", "missing", "wrong"),
            needed=(("missing",), ("wrong",)),
            rates={"missing": _SHARE, "wrong": _SHARE},
            rest="right",
            good="right",
            silent="missing",
            has=frozenset({"grades"}),
        ),
        TaskKind(
            name="generation",
            answers="grade",
            outcomes=("usable", "needs_editing", "wrong", "harmful", "unanswered"),
            needed=(("needs_editing",), ("wrong",), ("harmful",)),
            rates={"needs_editing": _SHARE, "wrong": _SHARE, "harmful": _SHARE,
                   "unanswered": _SHARE},
            may_miss=("unanswered",),
            rest="usable",
            good="usable",
            silent="unanswered",
            last="unanswered",
            has=frozenset({"grades"}),
        ),
        TaskKind(name="formula", answers="nothing"),
    )
}  # fmt: skip

REFERENCE_IDS = {"none": "none", "all": "all", "constant": "constant"}
ONE_MEASUREMENT_ID = "one-measurement"
