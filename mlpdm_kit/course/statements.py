"""What a statement in words must do, so far as its length and its words can show it.

Each rule takes what was written, in English or Japanese, and says whether it holds. Whether
the statement makes sense is for people to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

JAPANESE_SIGN = 2.5  # a Japanese sign says about as much as so many English ones
_KANA_OR_KANJI = re.compile(r"[぀-ヿ㐀-鿿々]")
_BEFORE, _AFTER = r"(?<![A-Za-z])", r"(?![A-Za-z])"  # \b holds between no two signs of "AIで"

_ML = re.compile(
    rf"""{_BEFORE}(?:
        ai|a\.i\.|llms?|(?:chat)?gpts?|copilots?|chat[ -]?bots?|neural
        |models?|modell?ed|modell?ing|algorithm\w*|predict\w*|generative
        |machine[ -]learning|deep[ -]learning|artificial[ -]intelligence
    ){_AFTER}
    |機械学習|深層学習|ディープラーニング|人工知能
    |(?<!新)モデル(?!ルーム|チェンジ|ケース)|アルゴリズム|自動予測|予測(?:する|させ)|チャットボット|ニューラル""",
    re.VERBOSE | re.IGNORECASE,
)
_ML_LETTERS = re.compile(rf"{_BEFORE}ML{_AFTER}|{_BEFORE}(?<!\d)(?<!\d )ml{_AFTER}")  # not 250 ml

_THING = r"(?:tool|system|app|application|software|dashboard|platform|portal|bot)s?"
_LACK = re.compile(
    rf"""\b(?:we|they|users?|staff|people)\ (?:need|want|lack)s?\ (?:an?|the|some|to\ have)\b
    |\b(?:no|lack\ of|lacks?|without)\ (?:an?\ |any\ |the\ )?(?:\w+\ )?{_THING}\b
    |(?:ツール|システム|アプリ|ソフト|ダッシュボード|画面|ボット)が(?:ない|無い|ありません|必要|欲しい|ほしい)""",
    re.VERBOSE | re.IGNORECASE,
)

_ENDING = "(?:y|ies|ied|e|es|ed|s|led|les)?"
_ACTION = re.compile(
    rf"""\b(?:
    (?:accept|accompan|add|admit|appl|approv|assign|cancel|choos|decid|deliver|escalat|examin
      |extend|forward|grant|hir|inspect|install|invest|invit|lower|pick|prescrib|publish|rais
      |refund|refus|reject|releas|remov|renew|repair|replac|repl|rout|schedul|select|transfer
      |treat|warn){_ENDING}
    |hold|holds|held|stop|stops|stopped|let|lets|send|sends|sent|pay|pays|paid|buy|buys|bought
    |sell|sells|sold|give|gives|gave|given|keep|keeps|kept|lend|lends|lent|take|takes|took|taken
    |put|puts|bring|brings|brought|write|writes|wrote|written|chose|chosen|deny|denies|denied
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_NOUN = "".join(rf"(?<!\b{word}\s)" for word in ("the", "a", "an", "of", "all", "our", "sales"))
_MAYBE = re.compile(  # a choice, or a word that is a verb in one place and a noun in another
    rf"""\b(?:whether|which|whom|how\ (?:much|many|long|often)|(?:what|when|where|how)\ to)\b
    |{_NO_NOUN}\b(?:re)?(?:answer|block|call|charg|check|clean|clos|correct|drop|fix|limit|mark
      |mov|offer|open|order|pack|pass|plan|pric|return|ring|ship|sign|start|stock|test|train
      |updat|visit|wait){_ENDING}\b""",
    re.VERBOSE | re.IGNORECASE,
)
_KNOWING = re.compile(
    r"\b(?:know|knows|see|sees|understand|understands|learn|learns|find out|finds out|overview"
    r"|insights?|visib\w+|transparen\w+|monitor\w*|dashboards?)\b",
    re.IGNORECASE,
)
_ACTION_JA = re.compile(
    r"[うくぐすつぬぶむる](?:か|$|[。、．，])|決定|選択|選定|判断|承認|却下|発注|見直し|決め方|配置"
)
_KNOWING_JA = re.compile(
    r"(?:知る|知りたい|分かる|わかる|理解する|把握する|把握できる|把握したい"
    r"|把握|理解|見える化|可視化|可視化する|見える化する|見る|見られる|確認できる)[。．]?$"
)

_FIGURE = re.compile(
    r"""[\d%¥$€£]
    |\b(?:percent(?:age)?|share|rate|ratio|number|count|amount|hours?|minutes?|days?|weeks?
        |months?|yen|dollars?|euros?|times|per|half|one|two|three|four|five|six|seven|eight
        |nine|ten|dozens?|hundreds?|thousands?|millions?)\b
    |[一二三四五六七八九十百千万億数何](?:件|人|円|分|時間|日|週|か月|年|回|割|個|台|枚|倍)
    |割合|(?<![効能])率|比率|件数|人数|回数|日数|時間|個数|台数|枚数|点数|の数|クレーム数|リードタイム|期間|金額|額|費用|売上""",
    re.VERBOSE | re.IGNORECASE,
)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def long_enough(signs: float) -> Callable[[str], bool]:
    """A rule: at least so many signs, of which a Japanese one counts for several.

    Examples
    --------
    >>> rule = long_enough(20)
    >>> rule("Everybody"), rule("The clerks who file claims"), rule("経理部の精算担当者")
    (False, True, True)
    """

    def holds(text: str) -> bool:
        plain = re.sub(r"\s", "", _plain(text))
        japanese = len(_KANA_OR_KANJI.findall(plain))
        return len(plain) - japanese + JAPANESE_SIGN * japanese >= signs

    return holds


def names_no_ml(text: str) -> bool:
    """Whether a statement does without ML, an LLM, and what people call them.

    Examples
    --------
    >>> [names_no_ml(text) for text in ("We maintain 250 ml of email", "ＡＩで直す", "An ML model")]
    [True, False, False]
    """
    plain = _plain(text)
    return not (_ML.search(plain) or _ML_LETTERS.search(plain))


def names_no_lack(text: str) -> bool:
    """Whether a statement says more than that a tool is lacking.

    Examples
    --------
    >>> [names_no_lack(text) for text in ("There is no dashboard", "Quotes leave late")]
    [False, True]
    """
    return not _LACK.search(_plain(text))


def names_an_action(text: str) -> bool:
    """Whether a statement says what somebody does or chooses, and not only what they know.

    Examples
    --------
    >>> [names_an_action(text) for text in ("The clerk holds the claim", "An overview of claims")]
    [True, False]
    >>> [names_an_action(text) for text in ("担当者がどの申請を止めるか", "申請の状況を把握する")]
    [True, False]
    """
    plain = _plain(text)
    if _KANA_OR_KANJI.search(plain):
        return bool(_ACTION_JA.search(plain)) and not _KNOWING_JA.search(plain)
    if _ACTION.search(plain):
        return True
    return bool(_MAYBE.search(plain)) and not _KNOWING.search(plain)


def holds_a_figure(text: str) -> bool:
    """Whether a statement holds a number or a unit.

    Examples
    --------
    >>> [holds_a_figure(text) for text in ("Share of late quotes", "Better work", "業務効率の向上")]
    [True, False, False]
    """
    return bool(_FIGURE.search(_plain(text)))
