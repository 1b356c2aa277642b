"""What of a log a case may use: the answers of one option, costs in the case's money."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    import pandas as pd


def options_of(log: pd.DataFrame) -> list[str]:
    """Names of the options in a log, in their order; none where it has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> options_of(pd.DataFrame({"option": ["gpt", None, "rule", "gpt"]}))
    ['gpt', 'rule']
    """
    return [str(name) for name in dict.fromkeys(log.get("option", ())) if isinstance(name, str)]


def of_option(log: pd.DataFrame, name: str, field: str, file: str) -> pd.DataFrame:
    """The answers of one option; all of them where the log does not tell options apart.

    Parameters
    ----------
    log : DataFrame
        A log, as `mlpdm_kit.case.logs.formats.read_log` gives it.
    name : str
        The option as the log has it; or the same but for capitals and signs, as a case may
        name it: ``openai-gpt-4-1`` finds ``openai:gpt-4.1``.
    field, file : str
        Where the case names the file, and how.

    Raises
    ------
    InputError
        The log has several options and not this one, or it could be two of them.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({"id": ["a", "a"], "option": ["openai:gpt-4.1", "echo"]})
    >>> len(of_option(log, "openai-gpt-4-1", "predictions", "results.json"))
    1
    """
    if "option" not in log:
        return log
    there = options_of(log)
    found = [one for one in there if one == name]
    found = found or [one for one in there if _plain(one) == _plain(name)]
    if len(found) != 1:
        raise refuse("log-option", field, file, option=name, known=", ".join(there[:12]))
    return log[log["option"] == found[0]]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def in_currency(
    log: pd.DataFrame, currency: str, field: str, file: str, *, priced: bool = False
) -> pd.DataFrame:
    """The log with costs in the case's currency, or without any.

    Parameters
    ----------
    log : DataFrame
        A log, as `mlpdm_kit.case.logs.formats.read_log` gives it.
    currency : str
        That of the case.
    field, file : str
        Where the case names the file, and how.
    priced : bool
        Whether the case has prices per token: then costs in other money are not needed.

    Raises
    ------
    InputError
        Its costs are in other money, and nothing else prices its answers.
    """
    own = log.attrs.get("currency", "")
    if "cost" not in log or own in ("", currency) or not log["cost"].notna().any():
        return log
    if priced:
        return log.drop(columns="cost")
    raise refuse("log-currency", field, file, own=own, currency=currency)
