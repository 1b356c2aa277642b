"""What the words of a record must hold, found by the signs of it, in English or Japanese.

Whether a sentence is a good one, only a reader can say. What is looked for here is what a
good one cannot do without: a figure, a comparison, a date, and the like.
"""

from __future__ import annotations

import re
import unicodedata


def _either(english: str, japanese: str) -> re.Pattern[str]:
    """English as whole words, or Japanese anywhere."""
    return re.compile(rf"(?<![A-Za-z0-9])(?:{english})(?![A-Za-z0-9])|{japanese}", re.IGNORECASE)


_FIGURE = _either(
    r"two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred|thousand|half"
    r"|a third|a quarter|two thirds|three quarters",
    r"\d|[一二三四五六七八九]割|[二三四五六七八九]分の|半分|半数"
    r"|[二三四五六七八九十百千万億][件円人回倍日週]",
)
_WITHOUT_ML = _either(
    r"rules?|thresholds?|limits?|check-?lists?|look-?ups?|tables?|lists?|templates?"
    r"|(?:paper|entry) forms?|process|procedures?|by hand|manual|manually|staff|clerks?|a person"
    r"|by people|reviewers?|spot checks?|at random|first come|search|keywords?|as today"
    r"|status quo|nothing|calendar|schedules?|formulas?|spreadsheets?",
    r"ルール|規則|基準|しきい値|閾値|上限|一覧|[照応見]表|名簿|様式|書式|定型|ひな形|テンプレート"
    r"|手順|フォーム|くじ|ダブルチェック|[二2]人で|エクセル|Excel|チェックリスト|手作業|手で|人手|人が|目視|担当者|抜き取り|無作為|先着|順番|検索"
    r"|キーワード|現状|今のまま|今の(?:やり方|方法)|これまでどおり|何もしない|計算式",
)
_ASSUMED = _either(
    r"assum\w+|guess\w*|estimat\w+|suppos\w+|believ\w+|expect\w*|presum\w+|we think|unknown"
    r"|unmeasured|untested|not (?:yet )?(?:been )?(?:measured|known|counted|tested)",
    r"仮定|仮に|仮の|前提|目安|概算|らしい|未確認|根拠は?(?:な|薄)|考えている|想定|見込|推定|推測|見積|思われ|と思う|と考え|だろう|はず|未測定|未検証|わからない"
    r"|見立て|試算|予想|当て推量|憶測|暫定|不明|かもしれない|おそらく|恐らく|たぶん|多分|勘(?:で|に|だ)"
    r"|ざっと|と[み見](?:てい|られ)"
    r"|分からない|(?:測|計)っていない|(?:調べ|確かめ|数え|試し|測定し|検証し)ていない",
)
_NOT_DONE = _either(
    r"(?:not|never) (?:yet )?(?:been )?\w+ed|unmeasured|untested|unchecked",
    r"未測定|未検証|未調査|(?:測っ|計っ|調べ|確かめ|数え|試し|測定し|検証し|確認し)て(?:い)?ない",
)
_FOUND_OUT = _either(
    r"measur\w+|count\w*|test\w*|trials?|try|trying|pilots?|sampl\w+|ask\w*|surveys?|logs?"
    r"|check\w*|compar\w+|find\w* out|found out|observ\w+|study|studies|look\w* (?:at|up|through)"
    r"|records?|experiment\w*|interview\w*|(?:work|go)\w* through|review\w*|reads?|reading",
    r"測|計っ|計れ|計る|数え|試|標本|抽出|調べ|調査|尋ね|聞[きくけい]|記録|比べ|比較|確かめ|確認|検証"
    r"|集計|問い合わせ|ヒアリング|サンプル|実験|観察|アンケート|パイロット|見れば|見直せば|たどれば|突き合わせ",
)
_COMPARED = _either(
    r"above|below|pass\w*(?= *[¥$€£]?\d)|exceed\w*|beyond|at least|at most"
    r"|or (?:more|less|fewer|higher|lower)"
    r"|(?:more|less|fewer|greater|higher|lower|larger|smaller|longer|shorter|earlier|later) than"
    r"|(?:over|under)(?= *[¥$€£]?\d)|reach\w*(?= *[¥$€£]?\d)"
    r"|(?:ris|ros|fall|fell|drop|grow|grew|climb|sink|sank)\w* to",
    r"[<>≤≥≦≧]|以上|以下|未満|超|越え|より(?:増え|減)|\d[^、。]{0,6}(?:に届|になっ|になれ|を?割[っれ])|上回|下回|達し|達す|切った|切れば|割り込"
    r"|より(?:多|少|高|低|大き|小さ|長|短|安|早|遅)",
)
_ROLE = _either(
    r"head|chief|managers?|leaders?|(?:team|tech) lead|owner|directors?|officer|controll\w+"
    r"|accountants?|president|board|committee|department|supervisor|editor|engineer|analyst"
    r"|physician|nurse|secretary|lawyer|(?-i:PM|CEO|CFO|CTO|CIO|COO|Mr|Mrs|Ms|Dr)",
    r"[部課係室次社所店場院園校局]長|主任|主査|責任者|担当|さん|氏(?!名)|役員|取締役|委員会"
    r"|リーダー|マネージャ|マネジャ|オーナー|監査役|(?<![一全])[部課室局](?:が|は|で)"
    r"|(?:医|士|師|係|経理|法務|人事|営業|総務|企画|[一-龠]{1,4}の[一-龠]{1,3})(?:が|は)",
)
_MONTH = (
    "January|February|April|June|July|August|September|October|November|December"
    "|Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?-i:March|Mar|May)"  # no verbs
)
_DATE = _either(
    rf"{_MONTH}|Q[1-4]|\d{{4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    r"|\d{1,2}/\d{4}",
    r"(?<!\d)(?:1[0-2]|0?[1-9])月(?!間)|[一二三四五六七八九十]月(?!間)|第[1-4一二三四]四半期|\d{1,2}/\d{1,2}|年度末|年末|半年後|[一二三1-9]か月後",
)
_NAME = re.compile(  # not the first word of a sentence, unless it does what a person does
    r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+\b"
    r"|^[A-Z][a-z]+(?= (?:decides|looks|reviews|checks|answers|will|is to|has to|owns)\b)"
)
_NO_NAME = re.compile(
    rf"{_MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|We|They|It|This|That|One|Some\w+|Any\w+|Every\w+|Nobody|Excel",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def has_figure(text: str) -> bool:
    """Whether a figure stands in it.

    Examples
    --------
    >>> has_figure("finds 60% of them"), has_figure("六割を見つける"), has_figure("finds many")
    (True, True, False)
    """
    return bool(_FIGURE.search(_plain(text)))


def names_an_alternative(text: str) -> bool:
    """Whether it names something that people do or use without ML.

    Examples
    --------
    >>> names_an_alternative("the rule on the amount"), names_an_alternative("a smaller model")
    (True, False)
    """
    return bool(_WITHOUT_ML.search(_plain(text)))


def says_assumed(text: str) -> bool:
    """Whether it says that something is assumed.

    Examples
    --------
    >>> says_assumed("We assume ¥9,000."), says_assumed("費用は仮定"), says_assumed("It is ¥9,000.")
    (True, True, False)
    >>> says_assumed("一件9,000円という見立て"), says_assumed("勘定は9,000円")
    (True, False)
    """
    return bool(_ASSUMED.search(_plain(text)))


def says_how_to_find_out(text: str) -> bool:
    """Whether it says how it could be found out; that this was not done does not say so.

    Examples
    --------
    >>> says_how_to_find_out("assumed; 50 cases of last year can be counted")
    True
    >>> says_how_to_find_out("assumed, and not measured yet"), says_how_to_find_out("測っていない")
    (False, False)
    """
    return bool(_FOUND_OUT.search(_NOT_DONE.sub(" ", _plain(text))))


def compares(text: str) -> bool:
    """Whether something is compared in it.

    Examples
    --------
    >>> compares("above 8,000 a month"), compares("8,000件を超えたら"), compares("if it grows")
    (True, True, False)
    """
    return bool(_COMPARED.search(_plain(text)))


def names_somebody(text: str) -> bool:
    """Whether a role or a name stands in it.

    Examples
    --------
    >>> names_somebody("The head of accounting looks again"), names_somebody("経理部長が見直す")
    (True, True)
    >>> names_somebody("Tanaka decides in May."), names_somebody("We look again in May.")
    (True, False)
    """
    written = _plain(text)
    names = (name for name in _NAME.findall(written) if not _NO_NAME.fullmatch(name))
    return bool(_ROLE.search(written)) or any(names)


def has_date(text: str) -> bool:
    """Whether a date or a month stands in it.

    Examples
    --------
    >>> has_date("on 1 June 2027"), has_date("2027年6月に"), has_date("it may be in 3 months")
    (True, True, False)
    """
    return bool(_DATE.search(_plain(text)))
