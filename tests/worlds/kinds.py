"""Kinds of worlds, one entry for each kind of task in `KINDS`."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.case.checks import CHECKS
from tests.worlds import money
from tests.worlds.flaws import Plan
from tests.worlds.laws import OVERCONFIDENCE, Law, amount, between, point, share
from tests.worlds.money import Offer
from tests.worlds.signals import Amounts, Binary

UNITS = {
    "volume": "per month", "prevalence": "", "action_success": "", "discount": "per year",
    "outcomes": "USD per case", "build": "USD", "run": "USD per month", "delay": "months",
    "adoption": "", "cost_per_case": "USD per case", "review": "USD per case",
    "capacity": "per month", "reviewer_error": "", "recall": "", "false_positive_rate": "",
    "under_per_case": "unit per case", "over_per_case": "unit per case",
    **dict.fromkeys(
        ("hit", "missing", "wrong", "unanswered", "needs_editing", "harmful", "overrun"), ""
    ),
}  # fmt: skip
BASE_RATE = (2.0, 6.0)  # beta prior of the base rate where only the table tells it
LEAST_POSITIVES = 12  # ten of a class are a gate; worlds are to be decided by figures


@dataclass(kw_only=True)
class World:
    """What is handed over, and the truth behind it."""

    kind: str
    plan: Plan
    months: int
    offers: list[Offer]
    status_quo: str
    stated: dict[str, Law]
    truth: dict[str, float]
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    signals: Binary | Amounts | None = None
    files: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    overconfident: bool = False
    studies: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def per_case(self) -> money.PerCase:
        return KINDS[self.kind].per_case

    @property
    def rate_names(self) -> tuple[str, ...]:
        return KINDS[self.kind].rates

    def believed(self, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
        """Draws by one who knows how often ranges are too narrow, and how much."""
        wide = rng.random(size) < self.plan.overconfident_chance
        found = {}
        for name, law in sorted(self.stated.items()):
            found[name] = law.draw(rng, size)
            if wide.any():
                found[name] = np.where(
                    wide, law.narrowed(1 / OVERCONFIDENCE).draw(rng, size), found[name]
                )
        if "prevalence" not in self.stated and self.kind == "binary":
            assert self.signals is not None
            target = self.signals.target
            found["prevalence"] = rng.beta(
                BASE_RATE[0] + target.sum(), BASE_RATE[1] + (1 - target).sum(), size
            )
        return found

    def case(self) -> dict[str, Any]:
        """The case file's content."""
        options: dict[str, Any] = {}
        for offer in self.offers:
            if offer.kind in ("none", "all", "constant", "one_measurement"):
                continue
            told: dict[str, Any] = {"kind": offer.kind, **self.extra.get(offer.id, {})}
            if offer.of:
                told["of"] = offer.of
            if offer.id == self.status_quo:
                told["status_quo"] = True
            options[offer.id] = told
        case: dict[str, Any] = {
            "title": "A world",
            "currency": "USD",
            "unit": "case",
            "task": self.kind,
            "date": "2026-11-24",
            "framing": {
                "user": "A clerk",
                "problem": "Some go wrong",
                "decision": "What to do with each",
                "status_quo": "As today",
            },
            "checks": {
                check.id: {"answer": check.passes, "evidence": "measured"}
                for check in CHECKS.values()
                if check.asked
            },
            "outcomes": {},
            "options": options,
            "horizon": f"{self.months} months",
        }
        if self.data:
            case["data"] = self.data
        if self.studies:
            case["studies"] = {name: _study_said(one) for name, one in self.studies.items()}
        for name, law in self.stated.items():
            parts = name.split(".")
            said = {"value": law.said(UNITS.get(parts[-1], "")), "evidence": "measured"}
            if parts[0] == "outcomes":
                per = "unit" if self.kind == "regression" else "case"
                word = "gain" if parts[1] == "true_positive" else "cost"
                said["value"] = law.said(f"USD per {per}")
                case["outcomes"][parts[1]] = {word: said["value"], "evidence": "measured"}
            elif parts[0] == "options" and parts[2] in self.rate_names:
                options[parts[1]].setdefault("rates", {})[parts[2]] = said
            elif parts[0] == "options":
                options[parts[1]][parts[2]] = said
            else:
                case[name] = said
        return case


STUDY_UNITS = {"price": "USD", "price_per_case": "USD per case", "time": "months"}


def _study_said(study: Mapping[str, Any]) -> dict[str, Any]:
    """A study as a case file says it."""
    units = {name: unit for name, unit in STUDY_UNITS.items() if name in study}
    return {"of": study["of"], **{name: study[name].said(unit) for name, unit in units.items()}}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How worlds of one kind of task are made and priced."""

    make: Callable[[np.random.Generator, Plan], World | None]
    per_case: money.PerCase
    rates: tuple[str, ...]
    weight: float
    with_data: bool = True


def unsure(rng: np.random.Generator, mean: float) -> Law:
    """A share of this mean, with a range of any width that a person may give."""
    return share(mean, between(rng, 4, 80) / min(mean, 1 - mean))


def priced(rng: np.random.Generator, median: float) -> Law:
    return amount(median, rng.uniform(0.08, 0.5))


def _settled(
    rng: np.random.Generator, plan: Plan, stated: Mapping[str, Law]
) -> tuple[dict[str, float], bool]:
    """The truth behind ranges: within them as often as said, or far less often."""
    wide = bool(rng.random() < plan.overconfident_chance)
    return {
        name: float((law.narrowed(1 / OVERCONFIDENCE) if wide else law).draw(rng, 1)[0])
        for name, law in sorted(stated.items())
    }, wide


def _common(rng: np.random.Generator) -> tuple[int, dict[str, Law]]:
    months = int(rng.choice([12, 24, 36]))
    return months, {
        "volume": amount(between(rng, 200, 40_000), rng.uniform(0.05, 0.5)),
        "discount": point(round(float(rng.uniform(0, 0.1)), 3)),
    }


def _ml_prices(rng: np.random.Generator, name: str, stake: float, months: int) -> dict[str, Law]:
    """What ML takes, as shares of all that perfection would gain."""
    overrun = {f"options.{name}.overrun": priced(rng, rng.uniform(0.05, 0.6))}
    return (overrun if rng.random() < 0.4 else {}) | {
        f"options.{name}.build": priced(rng, stake * between(rng, 0.01, 0.35)),
        f"options.{name}.run": priced(rng, stake / months * between(rng, 0.005, 0.1)),
        f"options.{name}.delay": priced(rng, rng.uniform(0.5, 4)),
        f"options.{name}.adoption": unsure(rng, rng.uniform(0.65, 0.97)),
    }


def _binary(rng: np.random.Generator, plan: Plan) -> World | None:
    months, stated = _common(rng)
    signals, files, data, prevalence, others = None, {}, None, 0.0, {}
    offers = [Offer(id="none", kind="none"), Offer(id="all", kind="all")]
    offers.append(Offer(id="rule", kind="rule"))
    if plan.data:
        if rng.random() < 0.5:
            others["llm"] = "answers"
        if rng.random() < 0.4:
            others["vendor"] = "score"
        target, law = _classes(rng, plan)
        if target is None:
            return None
        columns = int(rng.integers(3, 8))
        signals = Binary.make(rng, target, columns, others, plan.leak_chance, plan.drift)
        prevalence = law.mean if isinstance(law, Law) else float(target.mean())
        if isinstance(law, Law):
            stated["prevalence"] = law
        files, data = _tables(signals), {"file": "past.csv", "target": "y", "id": "id"}
        offers.append(Offer(id="one-measurement", kind="one_measurement"))
    else:
        prevalence = between(rng, 0.02, 0.5)
        stated["prevalence"] = unsure(rng, prevalence)
        if rng.random() < 0.5:
            offers.append(Offer(id="process", kind="process"))
        if rng.random() < 0.5:
            others["llm"] = "stated"
    offers.append(Offer(id="model", kind="model", is_ml=True))
    if "llm" in others:
        offers.append(Offer(id="llm", kind="llm", is_ml=True))
    if "vendor" in others:
        offers.append(Offer(id="vendor", kind="bought_ml", is_ml=True))
    if not plan.data and rng.random() < 0.25:
        offers.append(Offer(id="reviewed", kind="review", is_ml=True, of="model"))
    stake = _binary_prices(rng, plan, stated, prevalence, months)
    status_quo = "rule" if rng.random() < 0.3 else "none"
    _binary_offers(rng, stated, offers, status_quo, stake, months)
    extra: dict[str, dict[str, Any]] = {}
    if plan.data:
        column = int(rng.integers(0, signals.features.shape[1])) + 1  # type: ignore[union-attr]
        extra["rule"] = {"when": f"x{column} >= {rng.uniform(-0.2, 1.2):.3f}"}
        extra |= {name: {"predictions": f"{name}.csv"} for name in others}
    studies = {} if plan.data else _studies(rng, stated, stake, months)
    truth, wide = _settled(rng, plan, stated)
    if "prevalence" not in truth:
        truth["prevalence"] = float(law)  # type: ignore[arg-type]
    return World(kind="binary", plan=plan, months=months, offers=offers, status_quo=status_quo,
                 stated=stated, truth=truth, extra=extra, signals=signals,
                 files=files, data=data, overconfident=wide, studies=studies)  # fmt: skip


def _studies(
    rng: np.random.Generator, stated: Mapping[str, Law], stake: float, months: int
) -> dict[str, dict[str, Any]]:
    """A pilot of the model, or a look at the outcomes' price, each at a price and a wait."""
    per_case = stake / (months * np.exp(stated["volume"].first))
    wait = priced(rng, between(rng, 0.1, 1.5))
    price = priced(rng, stake * between(rng, 0.0003, 0.01))
    if rng.random() < 0.7:
        of = ["options.model.recall", "options.model.false_positive_rate"]
        each = priced(rng, per_case * between(rng, 0.3, 3))
        return {"pilot": {"of": of, "price": price, "price_per_case": each, "time": wait}}
    priced_by = [name for name in stated if name.startswith("outcomes.")]
    return {"audit": {"of": priced_by, "price": price, "time": wait}}


def _classes(rng: np.random.Generator, plan: Plan) -> tuple[np.ndarray | None, Law | float]:
    """Classes of the table's rows, and the production base rate: stated, or as in the table."""
    rows = int(between(rng, 60, 160) if plan.few_rows else between(rng, 160, 1600))
    if plan.few_errors:
        rows = max(rows, 150)
        positives = int(rng.integers(LEAST_POSITIVES, 18))
    elif plan.other_base_rate or rng.random() < 0.5:
        positives = int(rows * rng.uniform(0.2, 0.5))
    else:
        base = float(rng.beta(*BASE_RATE))
        target = (rng.random(rows) < base).astype(int)
        enough = min(target.sum(), rows - target.sum()) >= LEAST_POSITIVES
        return (target if enough else None), base
    target = rng.permutation((np.arange(rows) < positives).astype(int))
    if min(positives, rows - positives) < LEAST_POSITIVES:
        return None, 0.0
    away = between(rng, 0.05, 0.4) if plan.other_base_rate else between(rng, 0.6, 1.3)
    return target, unsure(rng, min(positives / rows * away, 0.6))


def _tables(signals: Binary | Amounts) -> dict[str, str]:
    """The table and the files of answers, as CSV."""
    rows, columns = signals.features.shape
    names = [f"x{j + 1}" for j in range(columns)]
    lines = [
        [f"r{i}", *(f"{x:.5f}" for x in signals.features[i]), f"{signals.target[i]:g}"]
        for i in range(rows)
    ]
    files = {"past.csv": _csv(["id", *names, "y"], lines)}
    if isinstance(signals, Binary):
        for name, acts in signals.answers.items():
            body = [[f"r{i}", "yes" if act else "no"] for i, act in enumerate(acts)]
            files[f"{name}.csv"] = _csv(["id", "answer"], body)
        for name, score in signals.scores.items():
            scored = [[f"r{i}", f"{x:.5f}"] for i, x in enumerate(score)]
            files[f"{name}.csv"] = _csv(["id", "score"], scored)
    return files


def _csv(head: list[str], lines: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *lines])
    return text.getvalue()


def _binary_prices(
    rng: np.random.Generator, plan: Plan, stated: dict[str, Law], prevalence: float, months: int
) -> float:
    """Outcomes so that acting on all and on none are both in play; the stake over the horizon."""
    odds = prevalence / (1 - prevalence)
    alarm = between(rng, 1, 40)
    miss = alarm / odds * between(rng, 0.25, 4)
    stated["outcomes.false_positive"] = priced(rng, alarm)
    works = 1.0
    if plan.seldom_works or rng.random() < 0.25:
        works = rng.uniform(0.08, 0.4) if plan.seldom_works else rng.uniform(0.5, 0.95)
        stated["action_success"] = unsure(rng, works)
    gains = rng.random() < 0.2
    stated["outcomes.true_positive" if gains else "outcomes.false_negative"] = priced(rng, miss)
    worth = min(prevalence * miss, (1 - prevalence) * alarm)
    return float(months * np.exp(stated["volume"].first) * worth * max(works, 0.3))


def _binary_offers(
    rng: np.random.Generator,
    stated: dict[str, Law],
    offers: list[Offer],
    status_quo: str,
    stake: float,
    months: int,
) -> None:
    """Prices of all options, and how good they are where there is no table."""
    ranges_only = not any(offer.id == "one-measurement" for offer in offers)
    per_case = stake / (months * np.exp(stated["volume"].first))
    good = {
        "rule": ((0.25, 0.75), (0.02, 0.25)),
        "process": ((0.5, 0.92), (0.01, 0.2)),
        "model": ((0.5, 0.96), (0.01, 0.25)),
        "llm": ((0.5, 0.96), (0.01, 0.3)),
    }
    for offer in offers:
        name = f"options.{offer.id}"
        if offer.id in good and ranges_only:
            recall, alarm = good[offer.id]
            stated[f"{name}.recall"] = unsure(rng, rng.uniform(*recall))
            stated[f"{name}.false_positive_rate"] = unsure(rng, between(rng, *alarm))
        if offer.id == "rule" and status_quo != "rule":
            stated[f"{name}.build"] = priced(rng, stake * between(rng, 0.003, 0.05))
        if offer.id == "process":
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.05, 0.7))
        if offer.kind in ("model", "bought_ml", "llm"):
            stated |= _ml_prices(rng, offer.id, stake, months)
        if offer.kind in ("llm", "bought_ml"):
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.02, 0.4))
        if offer.kind == "review":
            stated[f"{name}.review"] = priced(rng, per_case * between(rng, 0.1, 2))
            stated[f"{name}.reviewer_error"] = unsure(rng, rng.uniform(0.02, 0.2))
            if rng.random() < 0.5:
                volume = np.exp(stated["volume"].first)
                stated[f"{name}.capacity"] = priced(rng, volume * between(rng, 0.03, 0.6))


def _regression(rng: np.random.Generator, plan: Plan) -> World | None:
    months, stated = _common(rng)
    over = between(rng, 0.1, 2)
    stated["outcomes.over"] = priced(rng, over)
    stated["outcomes.under"] = priced(rng, over * between(rng, 0.5, 8))
    volume = np.exp(stated["volume"].first)
    signals, files, data, extra = None, {}, None, {}
    if plan.data:
        rows = int(between(rng, 50, 120) if plan.few_rows else between(rng, 120, 1200))
        signals = Amounts.make(rng, rows, int(rng.integers(3, 8)), plan.drift)
        files, data = _tables(signals), {"file": "past.csv", "target": "y", "id": "id"}
        offers = [Offer(id="none", kind="none"), Offer(id="constant", kind="constant")]
        offers += [Offer(id="rule", kind="rule"),
                   Offer(id="one-measurement", kind="one_measurement")]  # fmt: skip
        column = int(rng.integers(0, signals.features.shape[1])) + 1
        slope = rng.uniform(2, 9)
        extra["rule"] = {"predict": f"{rng.normal(102, 6):.3f} + {slope:.3f} * x{column}"}
        status_quo, loss = "none", 0.4 * 10 * over * 2
    else:
        offers = [Offer(id="today", kind="process"), Offer(id="rule", kind="rule")]
        status_quo, loss = "today", 0.0
        for name, best in (("today", 1.0), ("rule", 0.6), ("model", 0.35), ("bought", 0.4)):
            if name != "bought" or rng.random() < 0.5:
                if name == "bought":
                    offers.append(Offer(id="bought", kind="bought_ml", is_ml=True))
                for rate in ("under_per_case", "over_per_case"):
                    size = 10 * between(rng, best, 1.1)
                    stated[f"options.{name}.{rate}"] = priced(rng, size)
        loss = sum(
            stated[f"options.today.{rate}_per_case"].mean * stated[f"outcomes.{rate}"].mean
            for rate in ("under", "over")
        )
    offers.append(Offer(id="model", kind="model", is_ml=True))
    stake = float(months * volume * loss) * 0.6
    for offer in offers:
        if offer.id == "rule":
            stated["options.rule.build"] = priced(rng, stake * between(rng, 0.003, 0.1))
        if offer.is_ml:
            stated |= _ml_prices(rng, offer.id, stake, months)
    truth, wide = _settled(rng, plan, stated)
    return World(kind="regression", plan=plan, months=months, offers=offers,
                 status_quo=status_quo, stated=stated, truth=truth, extra=extra,
                 signals=signals, files=files, data=data, overconfident=wide)  # fmt: skip


# by kind of task: what an error costs against no answer, and how often it happens
SHARES: dict[str, dict[str, tuple[tuple[float, float], tuple[float, float]]]] = {
    "multiclass": {"wrong": ((0.4, 4), (0.02, 0.25)), "unanswered": ((1, 1), (0.02, 0.2))},
    "search": {"hit": ((0, 0), (0.4, 0.9)), "miss": ((1, 1), (0, 0))},
    "extraction": {"missing": ((1, 1), (0.02, 0.2)), "wrong": ((0.4, 5), (0.01, 0.15))},
    "generation": {
        "needs_editing": ((0.1, 0.6), (0.05, 0.4)),
        "wrong": ((0.6, 3), (0.01, 0.12)),
        "harmful": ((4, 40), (0.001, 0.015)),
        "unanswered": ((1, 1), (0.01, 0.1)),
    },
}


def _shares(task: str) -> Callable[[np.random.Generator, Plan], World]:
    """Worlds in which each case comes to one outcome; only ranges are known."""

    def make(rng: np.random.Generator, plan: Plan) -> World:
        months, stated = _common(rng)
        silent = between(rng, 1, 40)
        offers = [Offer(id="none", kind="none"), Offer(id="rule", kind="rule")]
        if rng.random() < 0.6:
            offers.append(Offer(id="process", kind="process"))
        offers.append(Offer(id="model", kind="model", is_ml=True))
        if rng.random() < 0.6:
            offers.append(Offer(id="llm", kind="llm", is_ml=True))
        for name, (price, often) in SHARES[task].items():
            if price[1]:
                stated[f"outcomes.{name}"] = priced(rng, silent * between(rng, *price))
            for offer in offers:
                if often[1] and offer.id != "none":
                    mean = between(rng, *often) * _clumsy(task, offer.id)
                    stated[f"options.{offer.id}.{name}"] = unsure(rng, mean)
        stake = float(months * np.exp(stated["volume"].first) * silent)
        _share_prices(rng, stated, offers, stake, silent, months)
        truth, wide = _settled(rng, plan, stated)
        return World(kind=task, plan=plan, months=months, offers=offers, status_quo="none",
                     stated=stated, truth=truth, overconfident=wide)  # fmt: skip

    return make


def _clumsy(task: str, option: str) -> float:
    if option != "rule":
        return 1.0
    return 0.5 if task == "search" else 2.2


def _share_prices(
    rng: np.random.Generator,
    stated: dict[str, Law],
    offers: list[Offer],
    stake: float,
    per_case: float,
    months: int,
) -> None:
    for offer in offers:
        name = f"options.{offer.id}"
        if offer.id == "rule":
            stated[f"{name}.build"] = priced(rng, stake * between(rng, 0.003, 0.1))
        if offer.id == "process":
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.05, 0.7))
        if offer.is_ml:
            stated |= _ml_prices(rng, offer.id, stake, months)
        if offer.kind == "llm":
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.01, 0.2))


def _share_kind(task: str) -> Kind:
    names = tuple(name for name, (_, often) in SHARES[task].items() if often[1])
    return Kind(make=_shares(task), per_case=money.share_worth(names), rates=names, weight=0.08,
                with_data=False)  # fmt: skip


KINDS: dict[str, Kind] = {
    "binary": Kind(
        make=_binary,
        per_case=money.binary_worth,
        rates=("recall", "false_positive_rate"),
        weight=0.75,
    ),
    "regression": Kind(
        make=_regression,
        per_case=money.amount_worth,
        rates=("under_per_case", "over_per_case"),
        weight=0.25,
    ),
    **{task: _share_kind(task) for task in SHARES},
}


def make_world(family: str, rng: np.random.Generator) -> World:
    """A world of a family; one whose table is too small for its class is thrown away.

    Throwing away by what is handed over leaves the posterior given it as it is.
    """
    from tests.worlds.flaws import planned

    while True:
        plan = planned(family, rng)
        names = [name for name, kind in KINDS.items() if kind.with_data or not plan.data]
        weights = np.array([KINDS[name].weight for name in names])
        kind = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        world = KINDS[kind].make(rng, plan)
        if world is not None:
            return world
