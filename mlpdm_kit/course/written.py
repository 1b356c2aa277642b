"""Figures as learners write them: "about 15%", 27万2千円, 90件, 6分の1, 月20万円.

An exercise asks for one figure in a known unit, so that more can be understood than in a case
file, where nothing may be assumed: words that soften a figure, counters behind it, and per what
it is, where the question has said that already. What is left is a figure that the kit reads.
"""

from __future__ import annotations

import re
import unicodedata

_SOFT = re.compile(
    r"^(?:約|およそ|だいたい|おおよそ|ほぼ|about|approx(?:imately|\.)?|circa|ca\.|roughly|some)\s*"
    r"|\s*(?:くらい|ぐらい|ほど|程度|以上|以下|から|前後|or more|or less)$",
    re.IGNORECASE,
)
_MINUS = re.compile(r"^(?:マイナス|minus\s|[-−－ー–▲△])\s*", re.IGNORECASE)
_YEN = re.compile(r"\byen\b", re.IGNORECASE)
_SIGN_INSIDE = re.compile(r"^([¥$])\s*[-−–]")  # ¥-100,000
_SAID = re.compile(r"[「」『』“”\"（）()]")
_COMMA = re.compile(r"(?<=\d)、(?=\d{3}(?!\d))")
_JAPANESE = re.compile(r"[\d.,]*[千百万億][\d.,千百万億]*")
_ONE_UNIT = re.compile(r"[\d.,]+[千万億]")  # as the kit reads it anyway
_THOUSANDS = re.compile(r"(?:([\d.]*)千)?(?:([\d.]*)百)?(\d[\d.,]*)?")  # 8千7百50; 千
_TENTHS = re.compile(r"^(\d+(?:\.\d+)?)割(?:(\d)分)?$")
_PARTS = re.compile(r"^(?:(\d+)\s*/\s*(\d+)|(\d+)分の(\d+))$")
_COUNTED = re.compile(
    r"(?<=[\d万千億])\s*(?:件|通|人|名|個|枚|回|台|社|本|倍|(?:か|カ|ヶ|ヵ|ケ)月分?"
    r"|cases?|alarms?|drafts?|mails?|claims?|people|times|months?)\s*$",
    re.IGNORECASE,
)
_PER_CASE = re.compile(
    r"^(?:1|一)(?:件|通|人|回|個|枚)(?:あたり)?\s*"
    r"|(?:\s*[/／]|\s+per)\s*(?!(?:日|週|月|年|day|week|month|year)s?$)\w+$"
)
_PER_TIME = re.compile(
    r"^(?:毎月|月に?|1か月に?|毎日|1日に?)\s*(?=[\d¥千百-])|\s*(?:[/／]\s*(?:日|月)|(?:per|a)\s+(?:day|month))\s*$"
    r"|\s*月額?$"
)
_A_YEAR = re.compile(r"^(?:年間?|毎年|1年に?)\s*(?=[\d¥千百-])")


def plain_figure(text: str, kind: str) -> tuple[float, str]:
    """The sign of a figure, and the figure as the kit reads it.

    Parameters
    ----------
    text : str
        What a learner wrote.
    kind : str
        What is asked for, one of `mlpdm_kit.course.kinds.KINDS`.

    Examples
    --------
    >>> plain_figure("約27万2千円", "money"), plain_figure("マイナス15万円", "money/month")
    ((1.0, '272000円'), (-1.0, '15万円'))
    >>> plain_figure("90件/日", "count"), plain_figure("6分の1", "share")
    ((1.0, '90'), (1.0, '16.6666666667%'))
    >>> plain_figure("月20万円", "money/month"), plain_figure("年1080万円", "money/month")
    ((1.0, '20万円'), (1.0, '1080万円/年'))
    """
    written = _SAID.sub("", unicodedata.normalize("NFKC", text)).strip()
    written = _YEN.sub("円", _SIGN_INSIDE.sub(r"-\1", written))
    minus = _MINUS.match(written)
    written = written[minus.end() :] if minus and written[minus.end() :] else written
    written = _COMMA.sub(",", _SOFT.sub("", _SOFT.sub("", written)).strip())
    if kind == "share":
        written = _share(written)
    elif kind == "count":
        written = _COUNTED.sub("", _PER_TIME.sub("", written).strip())
    elif kind == "money/case":
        written = _PER_CASE.sub("", written)
    elif kind == "money/month":
        year = _A_YEAR.match(written)
        written = f"{written[year.end() :]}/年" if year else _PER_TIME.sub("", written)
    return (-1.0 if minus else 1.0), _in_digits(written.strip())


def _share(written: str) -> str:
    """Tenths and fractions as a percentage."""
    tenths, parts = _TENTHS.match(written), _PARTS.match(written)
    if tenths:
        return f"{10 * float(tenths[1]) + float(tenths[2] or 0):.12g}%"
    if parts:
        top, below = (parts[1], parts[2]) if parts[1] else (parts[4], parts[3])
        return f"{100 * float(top) / float(below):.12g}%" if float(below) else written
    return written


def _in_digits(written: str) -> str:
    """27万2千円 and 8千7百円 in digits; a figure with one unit that the kit knows stays."""
    found = _JAPANESE.match(written)
    if found is None or _ONE_UNIT.fullmatch(found[0]):
        return written
    value, rest = 0.0, found[0]
    for unit, times in (("億", 1e8), ("万", 1e4), ("", 1.0)):
        head, unit_there, after = rest.partition(unit) if unit else (rest, "", "")
        if unit and not unit_there:
            continue
        part = _below_ten_thousand(head)
        if part is None or (unit and not head):
            return written
        value, rest = value + times * part, after
    return f"{value:.12g}{written[found.end() :]}"


def _below_ten_thousand(written: str) -> float | None:
    """What stands before 万 or 億, or last; None where it is no number."""
    found = _THOUSANDS.fullmatch(written)
    if found is None:
        return None
    try:
        parts = [float(said.replace(",", "") or 1) if said is not None else 0.0
                 for said in found.groups()]  # fmt: skip
    except ValueError:
        return None
    return parts[0] * 1_000 + parts[1] * 100 + parts[2]
