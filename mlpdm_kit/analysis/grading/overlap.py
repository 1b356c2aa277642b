"""Overlap of two texts: ROUGE-L, by words or, where a script has no spaces, by characters."""

from __future__ import annotations

import unicodedata

from mlpdm_kit.case.values import plain

_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def tokens(text: object) -> list[str]:
    """Words of a text, without capitals and punctuation; characters of unspaced scripts.

    Examples
    --------
    >>> tokens("Pay ¥500, please."), tokens("支払は３日")
    (['pay', '500', 'please'], ['支', '払', 'は', '3', '日'])
    """
    found: list[str] = []
    inside = False
    for sign in plain(text):
        if not (sign.isalnum() or unicodedata.category(sign)[0] == "M"):
            inside = False
        elif unicodedata.name(sign, "").startswith(_UNSPACED):
            found.append(sign)
            inside = False
        elif inside:
            found[-1] += sign
        else:
            found.append(sign)
            inside = True
    return found


def rouge_l(answer: object, reference: object) -> float:
    """Overlap of two texts in [0, 1]: F of their longest common subsequence.

    Notes
    -----
    ROUGE-L of Lin, ROUGE: A Package for Automatic Evaluation of Summaries (2004), with
    recall and precision weighed alike: twice the length of the longest common subsequence
    over both lengths together. Without stemming.

    Examples
    --------
    >>> round(rouge_l("police kill the gunman", "police killed the gunman"), 3)
    0.75
    """
    from rapidfuzz.distance import LCSseq

    one, other = tokens(answer), tokens(reference)
    if not one or not other:
        return float(one == other)
    return 2.0 * LCSseq.similarity(one, other) / (len(one) + len(other))
