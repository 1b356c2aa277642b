"""Document search: a company's rules and manuals in Japanese, and what its people ask. Simulated.

Assumptions, and where they come from:

- People name a thing otherwise than its document does: two people choose the same word for a
  thing in under 20% of cases (Furnas and others, The vocabulary problem in human-system
  communication, CACM 1987). Inside a company the official names are better known: here 40% of
  the questions use them (assumed).
- One question in six is nothing but a word or two, as in intranet logs (assumed).
- The glossary holds 60% of the other names, and 25 short questions have a pinned answer: what
  a help desk can write down in a week from last year's questions (assumed). Neither looks at
  the questions of the table.
- Two documents in five still have their old version beside them (assumed).
- Ranks of the embeddings are simulated: their nDCG@10 is 1.64 times that of BM25 on the same
  questions, as on the Japanese part of MIRACL (BM25 0.369: Zhang and others, TACL 2023; 0.604
  by splade-japanese-v3, which has not seen MIRACL: its author's figure, on its model card), and
  3% are not found. The first neural models gained less there (mDPR 0.439, TACL 2023), so this
  is a strong opponent. No embedding was computed.
- Ranks of latent semantic analysis are real: TF-IDF of pairs and triples of characters, reduced
  to 60 dimensions by scikit-learn's TruncatedSVD on the documents, cosine.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

SEED = 20261124
QUESTIONS = 600
OFFICIAL, SHORT, GLOSSARY, PINNED, OLD = 0.40, 1 / 6, 0.60, 25, 0.4
DENSE_NDCG, DENSE_LOST = 0.59, 0.03  # 1.64 times that of BM25; a test holds the ratio
LSA_DIMENSIONS = 60

# official name; who looks after it; what is limited (days, money, things or none); what it is
# about; what people call it, phrases with a verb marked by ~
THINGS = """
年次有給休暇|人事部|d|労働者の心身の休養|有休,年休,お休み
育児休業|人事部|d|子の養育|育休,パパ休み,~子どもが生まれる
介護休業|人事部|d|家族の介護|介護の休み,~親の世話で休む
慶弔休暇|人事部|d|慶事及び弔事|忌引き,結婚式の休み,お葬式
時間外労働|人事部|d|所定労働時間を超える勤務|残業,~遅くまで働く
在宅勤務|人事部|d|自宅における就業|テレワーク,リモート,~家で働く
フレックスタイム制|人事部|n|始業及び終業時刻の自主的決定|時差出勤,コアタイム,~朝遅く来る
通勤手当|人事部|m|通勤に要する費用の補助|定期代,交通費,バス代
住宅手当|人事部|m|住居費の補助|家賃補助,家賃
社宅|総務部|m|会社が借り上げる住居|寮,会社の部屋
旅費精算|経理部|m|出張に要した費用の支払|出張費,ホテル代,新幹線代
接待交際費|経理部|m|取引先との会食等の費用|飲み会代,会食,~お客さんと食事する
立替経費|経理部|m|役職員が一時的に支払った費用|建て替え,レシート,~自腹で払った
法人カード|経理部|m|会社名義の信用支払|クレカ,コーポレートカード
請求書処理|経理部|m|取引先への支払|インボイス,支払い依頼
固定資産|経理部|m|資産の取得及び除却|備品の廃棄,減価償却
稟議|総務部|m|意思決定の承認|決裁,承認フロー,~ハンコをもらう
押印|総務部|n|会社印の使用|ハンコ,社印,角印
名刺|総務部|t|氏名及び所属を記した用紙の作成|めいし,~肩書きが変わった
社用車|総務部|t|会社の車両の使用|レンタカー,営業車,~車を借りる
会議室|総務部|n|会議の場所の予約|ミーティングルーム,部屋の予約
入館証|総務部|t|建物への入退館|社員証,セキュリティカード,IDカード
郵便物|総務部|m|郵便及び宅配の発送|宅急便,切手,~荷物を送る
備品購入|購買部|m|消耗品の調達|文房具,~アマゾンで買う,~イスがほしい
外注|購買部|m|業務の外部への委託|業務委託,~フリーランスに頼む
与信管理|営業管理部|m|取引先の信用の調査|新しい取引先,取引先の審査
契約書審査|法務部|n|契約内容の確認|リーガルチェック,契約のチェック
秘密保持契約|法務部|n|秘密情報の相互の保護|NDA,エヌディーエー
個人情報保護|法務部|n|個人に関する情報の取扱い|プライバシー,お客さんの名簿
内部通報|法務部|n|不正行為の報告|告発,パワハラの相談,ホットライン
知的財産|法務部|n|発明及び商標の取扱い|特許,商標
情報端末|情報システム部|t|業務用電子計算機の貸与|パソコン,PC,~PCが壊れた
携帯電話端末|情報システム部|t|業務用電話機の貸与|スマホ,ケータイ,iPhone
社外接続|情報システム部|n|社外からの情報網の利用|VPN,~家からつなぐ,~外からつながらない
無線通信網|情報システム部|n|構内における無線接続|Wi-Fi,ワイファイ,~電波が入らない
暗証番号|情報システム部|n|本人認証に用いる符号|パスワード,PW,~ログインできない
電子メール|情報システム部|n|電子的な通信文の送受信|メアド,アウトルック,メーリングリスト
外部記憶媒体|情報システム部|t|情報の社外への持出し|USB,メモリースティック,ハードディスク
ソフトウェア導入|情報システム部|n|応用プログラムの利用|インストール,エクセル,~アプリを入れたい
生成系人工知能|情報システム部|n|文章等を自動生成する仕組みの利用|ChatGPT,AI,チャット
健康診断|安全衛生室|m|健康状態の定期的な確認|人間ドック,健診,バリウム
感染症|安全衛生室|d|感染症発症時の就業|インフル,コロナ,~熱が出た
労働災害|安全衛生室|n|業務上の負傷及び疾病|労災,通勤中の事故,~けがをした
防災|安全衛生室|n|災害時の行動|地震,避難,安否確認
人事評価|人事部|n|業績及び能力の評価|査定,ボーナスの評価,目標シート
人事異動|人事部|n|配置及び転勤|転勤,~部署を変わりたい
退職|人事部|n|雇用の終了|退職金,~辞める,~会社をやめる
副業|人事部|d|他の事業への従事|バイト,ダブルワーク,兼業
資格取得支援|人事部|m|公的資格の受験費用の補助|TOEIC,試験代,勉強のお金
慶弔見舞金|総務部|m|慶弔時の金銭の給付|結婚祝い,出産祝い,香典
"""
RULE = """{name}規程

第1条（目的）この規程は、{about}に関し必要な事項を定める。
第2条（対象）{name}の対象となる者は、{who}とする。
第3条（限度）{name}の限度は、{limit}とする。
第4条（承認）{name}の承認者は、{boss}とする。ただし{desk}が認めた場合はこの限りでない。
第5条（違反）この規程に違反した者は、就業規則の定めるところにより処分することがある。
"""
STEPS = """{name}手続要領

1. 手続の方法：{how}。様式は社内掲示板にある。
2. 期限：{name}の届出は、{when}に行う。
3. 添付書類：{papers}を添付する。
4. 提出先：{desk}の担当者に提出する。不明な点は{desk}に照会する。
"""
OVERVIEW = """{desk}の業務案内

{desk}は、{names}を所管する。各業務の規程及び手続要領を参照すること。\
問合せの受付は平日9時から17時までとする。
"""
WHO = (
    "全社員",
    "勤続6か月以上の社員",
    "正社員及び契約社員",
    "管理職を除く社員",
    "所属長が認めた者",
)
LIMIT = {
    "d": ("年間20日", "連続5日", "月45時間", "通算93日", "週2日"),
    "m": ("1回につき5万円", "月額2万円", "1件につき100万円", "年額10万円"),
    "t": ("1人につき1台", "1部署につき2点", "1回につき100枚"),
    "n": ("主管部が別に定める範囲", "業務上必要な範囲", "所属長が認めた範囲"),
}
BOSS = ("所属長", "部長", "担当役員", "所属長及び主管部長")
HOW = ("所定の様式に記入し、所属長の承認を受ける", "申請画面から申請する", "主管部に書面で申し出る")
WHEN = ("事前", "1週間前まで", "事由の発生後5日以内", "月末まで", "翌月10日まで")
PAPERS = ("領収書", "証明書の写し", "見積書2通", "申請書", "同意書")
# which of the two documents answers it; how people ask, with a noun and with a phrase
ASKED = (
    ("R", ("{x}の上限を知りたい", "{x}、どこまでOK？"),
     ("{x}のはどこまでOK？", "{x}場合の上限は？")),
    ("R", ("{x}は誰でも使える？", "契約社員も{x}の対象？", "{x}って自分も当てはまる？"),
     ("{x}のは誰でもできる？", "契約社員が{x}場合も対象？")),
    ("R", ("{x}は誰の許可がいる？", "{x}って部長の許可いる？"),
     ("{x}場合、誰の許可がいる？", "{x}のに部長の許可いる？")),
    ("P", ("{x}のやり方", "{x}ってどうすればいい？", "{x}の申請どこから？"),
     ("{x}ときどうすればいい？", "{x}場合の申請どこから？")),
    ("P", ("{x}はいつまでに出せばいい？", "{x}の締め切り"),
     ("{x}ときはいつまでに連絡？", "{x}場合の締め切り")),
    ("P", ("{x}に必要なもの", "{x}は誰に出せばいい？"),
     ("{x}とき何を出す？", "{x}ときは誰に言う？")),
)  # fmt: skip
LIMITED = {"d": "{x}って何日まで？", "m": "{x}はいくらまで出る？", "t": "{x}は何個までもらえる？"}


def _things() -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    rows = [line.split("|") for line in THINGS.strip().splitlines()]
    return [(*row[:4], tuple(row[4].split(","))) for row in rows]  # type: ignore[misc]


def documents() -> pd.DataFrame:
    """Rules, procedures, old versions of some rules, and what each department does."""
    rng, rows = np.random.default_rng(SEED), []
    for number, (name, desk, limited, about, _) in enumerate(_things(), start=1):
        said = {"name": name, "desk": desk, "about": about}
        words = {"who": WHO, "limit": LIMIT[limited], "boss": BOSS, "how": HOW, "when": WHEN,
                 "papers": PAPERS}  # fmt: skip

        def text(form: str, said: dict[str, str] = said, words: dict[str, tuple[str, ...]] = words):
            return form.format(**said, **{key: rng.choice(of) for key, of in words.items()})

        made = [("R", text(RULE)), ("P", text(STEPS))]
        if rng.random() < OLD:
            made.append(("Z", text(RULE).replace("規程\n", "規程（2019年版・廃止）\n", 1)))
        rows += [(f"{kind}{number:02d}", desk, body) for kind, body in made]
    for number, desk in enumerate(dict.fromkeys(thing[1] for thing in _things()), start=1):
        names = "、".join(thing[0] for thing in _things() if thing[1] == desk)
        rows.append((f"G{number:02d}", desk, OVERVIEW.format(desk=desk, names=names)))
    found = pd.DataFrame(rows, columns=["document", "department", "text"])
    found.insert(2, "title", found["text"].str.partition("\n")[0])
    found["text"] = found["text"].str.partition("\n")[2].str.strip()
    return found


def questions() -> pd.DataFrame:
    """What was asked, by whom, and the document that answers it."""
    rng, things = np.random.default_rng(SEED + 1), _things()
    often = 1 / (rng.permutation(len(things)) + 3)  # a few things are asked for again and again
    rows = []
    for number in range(1, QUESTIONS + 1):
        at = int(rng.choice(len(things), p=often / often.sum()))
        name, _, limited, _, others = things[at]
        called = name if rng.random() < OFFICIAL else str(rng.choice(others))
        phrase, called = called.startswith("~"), called.removeprefix("~")
        kind, *forms = ASKED[rng.integers(len(ASKED))]
        form = str(rng.choice(forms[phrase]))
        if kind == "R" and limited in LIMITED and not phrase and rng.random() < 0.3:
            form = LIMITED[limited]
        if rng.random() < SHORT:
            kind, form = "P", "{x}"  # mostly they want to know how to go about it
        place = str(rng.choice(["本社", "工場", "営業所"], p=[0.5, 0.3, 0.2]))
        rows.append((number, form.format(x=called), place, f"{kind}{at + 1:02d}"))
    return pd.DataFrame(rows, columns=["number", "question", "place", "document"])


def glossary() -> pd.DataFrame:
    """What the help desk wrote down: what a thing is also called."""
    rng = np.random.default_rng(SEED + 2)
    rows = [
        (other.removeprefix("~"), name)
        for name, *_, others in _things()
        for other in others
        if rng.random() < GLOSSARY
    ]
    return pd.DataFrame(rows, columns=["term", "also"])


def pinned() -> pd.DataFrame:
    """Short questions that stand for a procedure; the help desk's favourites."""
    rng, things = np.random.default_rng(SEED + 3), _things()
    at = np.sort(rng.choice(len(things), PINNED, replace=False))
    rows = [(things[one][-1][0].removeprefix("~"), f"P{one + 1:02d}") for one in at]
    return pd.DataFrame(rows, columns=["query", "document"])


def embeddings() -> pd.DataFrame:
    """Simulated ranks, as of the assumptions above; empty where nothing is found."""
    rng = np.random.default_rng(SEED + 4)
    first = _chance_of_next(DENSE_NDCG / (1 - DENSE_LOST))
    ranks = rng.geometric(first, QUESTIONS)
    lost = (rng.random(QUESTIONS) < DENSE_LOST) | (ranks > 100)
    return _ranks(np.where(lost, 0, ranks))


def _chance_of_next(ndcg: float) -> float:
    """Of geometric ranks whose mean nDCG@10 is this (one right document: 1 / log2(1 + rank))."""
    low, high, places = 0.001, 0.999, np.arange(1, 11)
    for _ in range(60):
        middle = (low + high) / 2
        found = (middle * (1 - middle) ** (places - 1) / np.log2(1 + places)).sum()
        low, high = (middle, high) if found < ndcg else (low, middle)
    return low


def lsa() -> pd.DataFrame:
    """Real ranks of latent semantic analysis, as of the top of this module."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    table, asked = documents(), questions()
    vectors = TfidfVectorizer(
        analyzer="char",
        ngram_range=(2, 3),
        sublinear_tf=True,
        preprocessor=lambda text: re.sub(r"\s", "", text.lower()),
    )
    weights = vectors.fit_transform(table["title"] + table["text"])
    reduced = TruncatedSVD(LSA_DIMENSIONS, algorithm="arpack", random_state=SEED)
    places = _unit(reduced.fit_transform(weights))
    scores = _unit(reduced.transform(vectors.transform(asked["question"]))) @ places.T
    right = asked["document"].map({name: at for at, name in enumerate(table["document"])})
    own = scores[np.arange(len(asked)), right]
    # what differs by less than this differs by the machine
    ranks = 1 + (scores > own[:, None] + 1e-9).sum(axis=1)
    return _ranks(np.where(own > 1e-9, ranks, 0))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def _ranks(ranks: np.ndarray) -> pd.DataFrame:
    shown = ["" if rank == 0 else int(rank) for rank in ranks]
    return pd.DataFrame({"id": np.arange(1, len(ranks) + 1), "rank": shown})


FILES = {
    "documents.csv": documents,
    "questions.csv": questions,
    "glossary.csv": glossary,
    "pinned.csv": pinned,
    "embeddings.csv": embeddings,
    "lsa.csv": lsa,
}
