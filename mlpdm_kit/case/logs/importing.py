"""A log of another tool as the kit's own: a table that people can look at and correct."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.logs.choosing import of_option, options_of
from mlpdm_kit.case.logs.columns import ANSWERS, COLUMNS, TRUTHS
from mlpdm_kit.case.logs.formats import read_log
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text

if TYPE_CHECKING:
    import pandas as pd

MAX_NAMES = 12


def imported(
    file: Path, *, only: str | None = None, said_as: str | None = None, rate: float | None = None
) -> pd.DataFrame:
    """A log of any known format, as the kit's own.

    Parameters
    ----------
    file : Path
        Results of promptfoo, a log of Inspect, JSON lines or a table.
    only : str, optional
        Take the answers of this option alone; the table then has no column ``option``.
    said_as : str, optional
        What the answers are, if not ``answer``: ``score``, ``rank`` or ``grade``.
    rate : float, optional
        Costs are multiplied by this: what one unit of the file's money is in the case's.

    Raises
    ------
    InputError
        The file cannot be read, does not have the option, or has no answers.
    """
    found = read_log(file.parent, file.name, "FILE")
    if only is not None:
        if "option" not in found:
            raise refuse("log-no-options", "--only", only, file=file.name)
        found = of_option(found, only, "--only", file.name).drop(columns="option")
    if said_as is not None and said_as != "answer":
        if "answer" not in found:
            raise refuse("log-no-answers", "--as", said_as, file=file.name)
        others = [name for name in ANSWERS if name in found and name != "answer"]
        found = found.drop(columns=others).rename(columns={"answer": said_as})
    if rate is not None:
        if not 0 < rate < float("inf"):
            raise refuse("log-rate", "--rate", f"{rate:g}")
        if "cost" in found:
            found = found.assign(cost=found["cost"] * rate)
        found.attrs["currency"] = ""
    return found


def as_csv(log: pd.DataFrame) -> bytes:
    """A log as CSV in UTF-8, with the mark by which Excel knows it.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({"id": ["a"], "answer": ["1,200"], "latency": [2.0], "refused": [0.0]})
    >>> as_csv(log).decode("utf-8-sig").splitlines()
    ['id,answer,latency,refused', 'a,"1,200",2,no']
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    order = ("id", "repeat", *(name for name in COLUMNS if name not in ("id", "repeat")))
    columns = [name for name in order if name in log]
    writer.writerow(columns)
    writer.writerows(
        [_cell(name, value) for name, value in zip(columns, row, strict=True)]
        for row in log[columns].itertuples(index=False)
    )
    return out.getvalue().encode("utf-8-sig")


def _cell(name: str, value: Any) -> str:
    if value is None or value != value:
        return ""
    if name in TRUTHS:
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return "\n".join(re.split("\r\n?", str(value)))  # one kind of line end in a table


def told(log: pd.DataFrame, lang: str) -> Iterator[str]:
    """What is in a log, in sentences: items, repeats, attacks, refusals, what was left out."""
    text = Text(lang)
    attack = log["attack"].notna() if "attack" in log else log["repeat"] < 0
    items, attacks = log[~attack], log[attack]
    name = text.say(f"cli.import.format.{log.attrs['format']}")
    repeats = int(items.groupby(["id", *_option(items)])["repeat"].nunique().max() or 0)
    figures = {"format": name, "answers": len(items), "items": items["id"].nunique()}
    code = "cli.import.items" if repeats < 2 else "cli.import.repeats"
    yield text.say(code, **figures, repeats=repeats)
    there = options_of(log)
    if there:
        yield text.say("cli.import.options", names=_few(there))
    if len(attacks):
        known = attacks["succeeded"].dropna() if "succeeded" in attacks else attacks["repeat"][:0]
        kinds = _few(list(dict.fromkeys(attacks["attack"])))
        yield text.say("cli.import.attacks", n=len(attacks), attacks=attacks["id"].nunique(),
                       kinds=kinds, succeeded=int(known.sum()))  # fmt: skip
    if "refused" in log:
        yield text.say("cli.import.refused", n=int((log["refused"] == 1).sum()))
    failed = [str(error) for error in log["error"].dropna()] if "error" in log else []
    if failed:
        yield text.say("cli.import.failed", n=len(failed), error=failed[0][:120])
    for reason, number in log.attrs.get("left_out", {}).items():
        yield text.say(f"cli.import.left-out.{reason}", n=number)
    yield from _amounts(log, text)


def _amounts(log: pd.DataFrame, text: Text) -> Iterator[str]:
    """For how many answers the amounts are known, and in what money costs are."""
    shown = [
        text.say(f"cli.import.known.{column}", n=int(log[column].notna().sum()))
        for column in ("tokens_in", "latency", "cost")
        if column in log
    ]
    if shown:
        said = text.say("cli.import.and").join(shown)
        yield text.say("cli.import.known", known=said, of=len(log))
    if log.attrs["format"] == "promptfoo" and "latency" in log:
        yield text.say("cli.import.waits")
    if log.attrs.get("currency") and "cost" in log:
        yield text.say("cli.import.currency", currency=log.attrs["currency"])
    if log.attrs["format"] in ("promptfoo", "inspect") and "grade" in log:
        yield text.say("cli.import.grade")


def _option(log: pd.DataFrame) -> list[str]:
    return ["option"] if "option" in log else []


def _few(names: list[str]) -> str:
    return ", ".join(names[:MAX_NAMES]) + (" ..." if len(names) > MAX_NAMES else "")
