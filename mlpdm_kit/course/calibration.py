"""The calibration drill: ten questions, a 90% range for each, and what the hits say.

Hits alone are no skill: a range from nothing to everything always hits. So the interval
score stands beside them, which counts width and misses together. What is found is said, and
offered for the ranges of a case; it is never graded.
"""

from __future__ import annotations

import math
import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from statistics import median
from typing import Literal

from mlpdm_kit.case.quantity import Malformed, parse
from mlpdm_kit.case.units import Units
from mlpdm_kit.case.yaml_text import parse_yaml
from mlpdm_kit.course.learner import BANKS, Learner, Round
from mlpdm_kit.errors import refuse

LEVEL = 0.9
QUESTIONS = 10
PER_SCALE = 100.0  # years that count as much as a factor of ten
WIDE = 1.0  # width of a round's middle range from which ranges say little
UNLIKELY, DOUBTFUL = 0.05, 0.1  # chance of so few hits for somebody who is calibrated
MOST_WIDER = 3.0

_UNTIL = re.compile(r"(?<=[\d万億千])\s*(?:まで|の間|くらい|ぐらい|ほど|程度)+$")
_AROUND = re.compile(r"^([\d.,]+)\s*(?:±|\+/-|\+-|プラスマイナス)\s*([\d.,]+)$")
_BETWEEN = re.compile(r"(?<=[\d万億千])\s*(?:から|~|-|–|—|−|ー|\bto\b)\s*(?=\d)")

Reading = Literal["overconfident", "unclear", "calibrated", "wide", "few"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with a number for an answer.

    ``scale`` is ``ratio`` for a positive amount, whose ranges are measured in factors of
    ten, and ``years`` for a date.
    """

    id: str
    ask: str
    unit: str
    truth: float
    scale: str
    source: str
    year: str = ""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One range against the truth; ``score`` is its interval score, smaller being better."""

    question: Question
    low: float
    high: float
    hit: bool
    width: float
    score: float


@dataclass(frozen=True, kw_only=True)
class RoundScore:
    """A whole round.

    ``unread`` are the questions whose range cannot be read or was not given.
    """

    rows: tuple[Scored, ...]
    unread: tuple[str, ...] = ()
    bets: Mapping[str, str]

    @property
    def hits(self) -> int:
        """Ranges that hold the truth."""
        return sum(row.hit for row in self.rows)

    @property
    def score(self) -> float:
        """Mean interval score."""
        return _mean([row.score for row in self.rows])

    @property
    def width(self) -> float:
        """Mean width, in factors of ten."""
        return _mean([row.width for row in self.rows])

    @property
    def reading(self) -> Reading:
        """What the hits say: those of somebody calibrated would hardly ever be so few."""
        number = len(self.rows)
        if number < QUESTIONS // 2:
            return "few"
        chance = at_most(self.hits, number)
        if chance < DOUBTFUL:
            return "overconfident" if chance < UNLIKELY else "unclear"
        return "wide" if median(row.width for row in self.rows) > WIDE else "calibrated"

    def preferring(self, bet: str) -> int:
        """Questions on which the range (too wide, by one's own word), or the wheel (too
        narrow), was preferred."""
        return sum(one == bet for one in self.bets.values())


@cache
def bank(name: str) -> Mapping[str, Question]:
    """A bank of questions, by id.

    Parameters
    ----------
    name : {"en", "ja"}
        Its language.

    Raises
    ------
    InputError
        There is no such bank.

    Examples
    --------
    >>> len(bank("ja")) >= 2 * QUESTIONS
    True
    """
    file = files("mlpdm_kit.course") / "banks" / f"{name}.yaml"
    if name not in BANKS:
        raise refuse("not-one-of", "bank", name, known=list(BANKS))
    rows = parse_yaml(file.read_text(encoding="utf-8"), f"{name}.yaml")[0]
    found = [Question(**{**row, "truth": float(row["truth"])}) for row in rows]
    return {one.id: one for one in found}


def questions_for(learner: Learner, name: str) -> tuple[Question, ...]:
    """The questions of a learner's next round: the same until it is done, none twice.

    Empty where a bank has too few left that the learner has not seen the answer of.
    """
    known = bank(name)
    asked = {question for one in learner.rounds if one.bank == name for question in one.ranges}
    fresh = [question for question in known if question not in asked]
    if len(fresh) < QUESTIONS:
        return ()
    seed = sha256(f"{learner.name}/{name}/{len(learner.rounds)}".encode()).hexdigest()
    chosen = random.Random(seed).sample(fresh, QUESTIONS)
    return tuple(known[question] for question in chosen)


def scored(found: Round) -> RoundScore:
    """A round against the truth.

    Notes
    -----
    Interval score at level 1 - a: (u - l) + 2/a (l - x)+ + 2/a (x - u)+. Gneiting & Raftery,
    Strictly Proper Scoring Rules, JASA 2007, section 6.2; on logarithms for amounts.

    Examples
    --------
    >>> sure = Round(bank="en", ranges={next(iter(bank("en"))): "1..1000000000"})
    >>> scored(sure).hits, scored(sure).width
    (1, 9.0)
    """
    rows, unread = [], []
    for name, written in found.ranges.items():  # as they were asked
        question = bank(found.bank).get(name)
        if question is None:
            continue
        try:
            low, high = read_range(written, question)
        except Malformed:
            unread.append(name)
            continue
        rows.append(_scored(question, low, high))
    return RoundScore(rows=tuple(rows), unread=tuple(unread), bets=found.bets)


def read_range(text: str, question: Question) -> tuple[float, float]:
    """Low and high of a range as it was written.

    Raises
    ------
    Malformed
        No two numbers, the wrong way round, or an amount that is not positive.
    """
    low, high = parse(_bare(text, question), "number", Units())
    if not math.isfinite(low) or not math.isfinite(high):
        raise Malformed("quantity-number", example="")
    if question.scale == "ratio" and low <= 0:
        raise Malformed("range-positive")
    return low, high


def _bare(text: str, question: Question) -> str:
    """The two numbers of a range, without the unit that the question has named already."""
    written = unicodedata.normalize("NFKC", text).strip()
    for unit in sorted((unicodedata.normalize("NFKC", question.unit), "年", "人", "%", "km"),
                       key=len, reverse=True):  # fmt: skip
        written = written.replace(unit, "")
    written = _UNTIL.sub("", written.strip())
    around = _AROUND.match(written)
    if around:
        return _ends(*around.groups()) or written
    return _BETWEEN.sub("..", written).strip()


def _ends(middle: str, room: str) -> str:
    """The ends of 8500 ± 500; nothing where the two are no numbers."""
    try:
        half, centre = float(room.replace(",", "")), float(middle.replace(",", ""))
    except ValueError:
        return ""
    return f"{centre - half:.12g}..{centre + half:.12g}"


def _scored(question: Question, low: float, high: float) -> Scored:
    below, above, truth = (_on(question, x) for x in (low, high, question.truth))
    width = above - below
    missed = max(below - truth, 0.0) + max(truth - above, 0.0)
    hit = low <= question.truth <= high
    return Scored(question=question, low=low, high=high, hit=hit, width=width,
                  score=width + 2 / (1 - LEVEL) * missed)  # fmt: skip


def _on(question: Question, value: float) -> float:
    return math.log10(value) if question.scale == "ratio" else value / PER_SCALE


def at_most(hits: int, number: int, level: float = LEVEL) -> float:
    """Chance that somebody calibrated has at most so many hits.

    Examples
    --------
    >>> round(at_most(6, 10), 4), round(at_most(7, 10), 4)
    (0.0128, 0.0702)
    """
    return math.fsum(
        math.comb(number, n) * level**n * (1 - level) ** (number - n) for n in range(hits + 1)
    )


def narrow_by_chance() -> float:
    """Chance that a whole round of somebody calibrated reads as overconfident.

    Examples
    --------
    >>> round(narrow_by_chance(), 4)
    0.0128
    """
    return max(chance for hits in range(QUESTIONS + 1)
               if (chance := at_most(hits, QUESTIONS)) < UNLIKELY)  # fmt: skip


def wider_by(rounds: Sequence[RoundScore]) -> float:
    """How many times wider somebody's ranges should be, by the last round; 1 where it is fine.

    The factor that makes ranges which hold the truth as often as theirs hold it at 90%, with
    (h + 1/2) / (n + 1) for the share of hits; never more than three times.

    Examples
    --------
    >>> wider_by([])
    1.0
    """
    from scipy.special import ndtri

    if not rounds or rounds[-1].reading != "overconfident":
        return 1.0
    last = rounds[-1]
    share = (last.hits + 0.5) / (len(last.rows) + 1)
    factor = float(ndtri((1 + LEVEL) / 2) / ndtri((1 + share) / 2))
    return min(max(factor, 1.0), MOST_WIDER)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan
