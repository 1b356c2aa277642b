"""What many worlds say: regrets, goals, coverage, as figures and as a table for the README."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.worlds.play import AT_ONCE, RULES

DECIDERS = ("ideal", "kit", AT_ONCE, *RULES)
NAMES = {"ideal": "ideal, deciding at once", "kit": "**the kit**",
         AT_ONCE: "the kit, were it to decide at once"}  # fmt: skip
TYPES = ("status quo", "all", "rule", "ML")
TITLES = {
    "ranges": "ranges only",
    "clean": "data and ranges, clean",
    "flawed": "data with the flaws of real life",
}
KEPT = Path(__file__).with_name("results.json")
MOST_EXCESS, MOST_OF_BEST_RULE = 0.02, 0.25
SURE = 2.0  # standard errors that count as Monte Carlo error


def mean_error(values: Any) -> dict[str, float]:
    """Mean with its standard error."""
    found = np.asarray(values, dtype=float)
    if not len(found):
        return {"mean": 0.0, "error": 0.0}
    spread = found.std(ddof=1) if len(found) > 1 else 0.0
    return {"mean": float(found.mean()), "error": float(spread / math.sqrt(len(found)))}


def family_figures(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All figures of one family."""
    came = {
        name: np.array([(r["worth"]["oracle"] - r["worth"][name]) / r["spread"] for r in results])
        for name in DECIDERS
    }
    regret = {name: np.array([r["regret"][name] for r in results]) for name in DECIDERS}
    money = {
        name: np.array([r["worth"]["oracle"] - r["worth"][name] for r in results])
        for name in DECIDERS
    }
    deciders = {
        name: {
            "regret": mean_error(regret[name]),
            "excess": mean_error(regret[name] - regret["ideal"]),
            "behind_kit": mean_error(regret[name] - regret["kit"]),
            "behind_at_once": mean_error(regret[name] - regret[AT_ONCE]),
            "came_true": mean_error(came[name]),
            "excess_came_true": mean_error(came[name] - came["ideal"]),
            "money": mean_error(money[name]),
        }
        for name in DECIDERS
    }
    return {
        "worlds": len(results),
        "deciders": deciders,
        "best": {kind: sum(r["type"]["oracle"] == kind for r in results) for kind in TYPES},
        "yes_no": {name: yes_no(results, name) for name in ("kit", "ideal")},
        "yes_no_beside_ideal": beside_ideal(results),
        "coverage": coverage(results),
        "find_out": find_out(results),
        "seconds": float(np.median([r["seconds"] for r in results])),
        "goals": {},
    }


def yes_no(results: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """Wrong yes where no is right, and wrong no where yes is right.

    How often each is right is what the ideal decider believes; where the kit has made a
    study, and so knows more, it is what came true.
    """
    said = _yes(results, name)
    chance = _chance(results, name)
    right = np.array([r["type"]["oracle"] == "ML" for r in results])
    yes, no = _weighted(said, 1 - chance), _weighted(1 - said, chance)
    return {
        "yes_right": int(right.sum()),
        "no_right": int((~right).sum()),
        "said_yes": int(said.sum()),
        "wrong_yes": yes,
        "wrong_no": no,
        "difference": {
            "mean": yes["mean"] - no["mean"],
            "error": math.hypot(yes["error"], no["error"]),
        },
    }


def beside_ideal(results: Sequence[dict[str, Any]]) -> dict[str, float]:
    """By how much the kit's wrong yes less wrong no is above the ideal decider's, paired."""
    parts = {}
    for name in ("kit", "ideal"):
        said, chance = _yes(results, name), _chance(results, name)
        yes = said * (1 - chance) / max((1 - chance).sum(), 1e-12)
        parts[name] = yes - (1 - said) * chance / max(chance.sum(), 1e-12)
    gap = parts["kit"] - parts["ideal"]
    return {"mean": float(gap.sum()), "error": float(gap.std() * math.sqrt(len(gap)))}


def _yes(results: Sequence[dict[str, Any]], name: str) -> Any:
    return np.array([r["type"][name] == "ML" for r in results], dtype=float)


def _chance(results: Sequence[dict[str, Any]], name: str) -> Any:
    return np.array([
        float(r["type"]["oracle"] == "ML") if name == "kit" and r["study"] else r["chance_ml"]
        for r in results
    ])  # fmt: skip


def _weighted(values: Any, weights: Any) -> dict[str, float]:
    """Mean by weight, with the standard error of a ratio."""
    total = weights.sum()
    if total == 0:
        return {"mean": 0.0, "error": 0.0}
    mean = float((values * weights).sum() / total)
    return {"mean": mean, "error": float(np.sqrt(((weights * (values - mean)) ** 2).sum()) / total)}


def coverage(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How often the 90% range of net benefit holds the truth."""
    chosen, each = [], []
    for r in results:
        for name, (_, low, high) in r["ranges"].items():
            holds = low <= r["true"][name] <= high
            each.append(holds)
            if name == r["choice"]["kit"]:
                chosen.append(holds)
    return {"each": mean_error(each), "chosen": mean_error(chosen), "chosen_worlds": len(chosen)}


def find_out(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How often the kit said to find out first, and what that gained in all.

    Each study is made on the truth and on others that fit what was handed over; price and
    delay are in what it gained.
    """
    made = [r for r in results if r["study"]]
    shares, money, paid = [], [], []
    for r in made:
        study = r["study"]
        shares.append(np.mean([one["share"] for one in (study, *study["again"])]))
        money.append(np.mean([one["gain"] for one in (study, *study["again"])]))
        paid.append(study["paid"])
    by_study = Counter(r["study"]["name"] for r in made)
    return {
        "offered": sum(r["offered"] for r in results),
        "said": sum(r["verdict"] == "find_out_first" for r in results),
        "simulated": len(made),
        "by_study": dict(sorted(by_study.items())),
        "paid": int(sum(paid)),
        "gain_share": mean_error(shares),
        "gain_money": mean_error(money),
        "promised_share": mean_error([r["study"]["promised"] / r["spread"] for r in made]),
    }


def goals(family: str, found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each goal with its figure and whether it is met."""
    by = found["deciders"]
    excess = by["kit"]["excess"]
    behind = [by[name][how] for name in RULES for how in ("behind_kit", "behind_at_once")]
    nearest = min(behind, key=lambda figure: figure["mean"])
    better = [one for one in behind if one["mean"] < -SURE * one["error"]]
    asked = {
        "excess at most 2%": {
            "figure": excess["mean"], "error": excess["error"],
            "met": excess["mean"] <= MOST_EXCESS,
        },
        "the same without its studies": {
            "figure": by[AT_ONCE]["excess"]["mean"], "error": by[AT_ONCE]["excess"]["error"],
            "met": by[AT_ONCE]["excess"]["mean"] <= MOST_EXCESS,
        },
        "no rule of thumb better": {
            "figure": nearest["mean"], "error": nearest["error"],
            "met": not better,
        },
    }  # fmt: skip
    if family == "flawed":
        least = min(by[name]["excess"]["mean"] for name in RULES)
        most = max(excess["mean"], by[AT_ONCE]["excess"]["mean"])  # with its studies and without
        share = most / least if least > 0 else math.inf
        asked["at most a quarter of the best rule's excess"] = {
            "figure": share, "met": share <= MOST_OF_BEST_RULE,
        }  # fmt: skip
    if found["find_out"]["simulated"]:
        gain = found["find_out"]["gain_share"]
        asked["finding out first pays"] = {
            "figure": gain["mean"], "error": gain["error"], "met": gain["mean"] > 0,
        }  # fmt: skip
    gap = found["yes_no"]["kit"]["difference"]
    asked["wrong yes as often as wrong no: the first less the second"] = {
        "figure": gap["mean"], "error": gap["error"],
        "ideal": found["yes_no"]["ideal"]["difference"]["mean"],
        "met": _within(gap),
    }  # fmt: skip
    return asked


def _within(figure: dict[str, float]) -> bool:
    return abs(figure["mean"]) <= SURE * figure["error"]


def figures(results: Sequence[dict[str, Any]], seed: int, draws: int) -> dict[str, Any]:
    """All figures of a run, by family."""
    families = {}
    for family in TITLES:
        own = [r for r in results if r["family"] == family]
        if own:
            found = family_figures(own)
            found["goals"] = goals(family, found)
            families[family] = found
    rounded = json.loads(json.dumps(families), parse_float=lambda text: float(f"{float(text):.5g}"))
    return {"seed": seed, "draws": draws, "families": rounded}


def _share(figure: dict[str, float]) -> str:
    return f"{100 * figure['mean']:.1f} ± {100 * figure['error']:.1f}"


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        "Mean regret against knowing the truth, in % of the spread between a world's best and "
        "worst option (± one standard error); in brackets what it is above the ideal decider's.",
        "",
    ]
    names = list(found["families"])
    head = [f"{TITLES[name]} ({found['families'][name]['worlds']} worlds)" for name in names]
    lines += ["| | " + " | ".join(head) + " |", "|---|" + "---|" * len(names)]
    for decider in DECIDERS:
        cells = []
        for name in names:
            own = found["families"][name]["deciders"][decider]
            more = "" if decider == "ideal" else f" ({100 * own['excess']['mean']:+.1f})"
            cells.append(_share(own["regret"]) + more)
        lines.append(f"| {NAMES.get(decider, decider)} | " + " | ".join(cells) + " |")
    for label, cell in _ROWS:
        lines.append(f"| {label} | " + " | ".join(cell(found["families"][n]) for n in names) + " |")
    lines += ["", "| goal | " + " | ".join(TITLES[n] for n in names) + " |",
              "|---|" + "---|" * len(names)]  # fmt: skip
    asked = dict.fromkeys(goal for n in names for goal in found["families"][n]["goals"])
    for goal in asked:
        cells = [_goal(goal, found["families"][n]["goals"].get(goal)) for n in names]
        lines.append(f"| {goal} | " + " | ".join(cells) + " |")
    worlds = max(found["families"][name]["worlds"] for name in names)
    command = f"--worlds {worlds} --draws {found['draws']} --seed {found['seed']} --readme"
    lines += ["", f"`python -m tests.worlds {command}` makes this table."]
    return "\n".join(lines)


def _goal(name: str, goal: dict[str, Any] | None) -> str:
    if goal is None:
        return "–"
    error = f" ± {100 * goal['error']:.1f}" if "error" in goal else ""
    ideal = f"; the ideal's {100 * goal['ideal']:.1f}%" if "ideal" in goal else ""
    met = "met" if goal["met"] else "**missed**"
    return f"{met} ({100 * goal['figure']:.1f}{error}%{ideal})"


def _best(own: dict[str, Any]) -> str:
    counts = own["best"]
    return ", ".join(f"{name} {100 * counts[name] / own['worlds']:.0f}%" for name in TYPES)


def _wrong(who: str) -> Any:
    def cell(own: dict[str, Any]) -> str:
        found = own["yes_no"][who]
        return (f"{100 * found['wrong_yes']['mean']:.0f}% / "
                f"{100 * found['wrong_no']['mean']:.0f}%")  # fmt: skip

    return cell


def _covered(own: dict[str, Any]) -> str:
    return (f"{100 * own['coverage']['each']['mean']:.0f}% / "
            f"{100 * own['coverage']['chosen']['mean']:.0f}%")  # fmt: skip


def _found_out(own: dict[str, Any]) -> str:
    found = own["find_out"]
    if not found["said"]:
        return "never"
    return (f"{found['said']} times (studies were on offer in {found['offered']} worlds), "
            f"{_share(found['gain_share'])}")  # fmt: skip


_ROWS = (
    ("what was truly best", _best),
    ("the kit's wrong yes / wrong no, where no / yes was right", _wrong("kit")),
    ("the ideal decider's", _wrong("ideal")),
    ("90% ranges that held the truth: each option / the chosen", _covered),
    ("`find_out_first`, and what it gained over deciding at once", _found_out),
)


def summary(results: Sequence[dict[str, Any]]) -> Counter[str]:
    """How often each verdict was given."""
    return Counter(r["verdict"] for r in results)
