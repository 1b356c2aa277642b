"""What labels cost, and what one point of recall or precision is worth, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.record.areas import LabelCost
from mlpdm_kit.record.measured import PointsInMoney
from mlpdm_kit.record.rounding import significant
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Table, figure, heads, money_beside


def label_said(labels: LabelCost, says: Sentences) -> str:
    """What the plan to label costs, and where that is counted."""
    code = "labels.cost" if labels.cost.p5 == labels.cost.p95 else "labels.cost.range"
    cost = says.sentence(
        code,
        items=labels.items,
        labels=labels.labels,
        price=labels.price.mean,
        amount=labels.cost.mean,
        low=labels.cost.p5,
        high=labels.cost.p95,
    )
    again = ""
    if labels.total is not None and labels.rounds is not None and labels.rounds > 1:
        figures = {"rounds": labels.rounds, "amount": labels.total.mean, "months": labels.every}
        again = says.sentence("labels.again", **figures)
    counted = ""
    if labels.counted:
        counted = says.sentence(f"labels.{labels.counted}", options=list(labels.options))
    above = ""
    if labels.build is not None and labels.cost.mean > labels.build:
        above = says.sentence("labels.above", amount=labels.cost.mean, build=labels.build)
    return says.together(cost, again, counted, above)


def points_said(one: PointsInMoney, says: Sentences) -> str:
    """What a point of recall is worth against one of precision."""
    recall, other = one.recall_point.mean, one.precision_point.mean
    first = says.sentence("points.said", option=one.option, recall=recall, precision=other)
    if recall <= 0 or other <= 0:
        return first
    side = "recall" if recall >= other else "precision"
    times = significant(max(recall, other) / min(recall, other), 2)
    return says.together(first, says.sentence(f"points.more.{side}", times=times))


def points_table(points: Sequence[PointsInMoney], says: Sentences) -> Table:
    """What one percentage point of recall and one of precision are worth, by option."""
    rows = tuple(
        (
            Cell(text=says.name("option", one.option)),
            figure(says.share(one.recall)),
            figure(says.share(one.precision)),
            figure(says.money(one.recall_point.mean), note=money_beside(one.recall_point, says)),
            figure(
                says.money(one.precision_point.mean),
                note=money_beside(one.precision_point, says),
            ),
        )
        for one in points
    )
    return Table(
        caption=says.say("points.caption"),
        heads=heads(
            says, "points.head", "option", "recall", "precision", "recall-point",
            "precision-point", numbers=4,
        ),
        rows=rows,
        foot=says.sentence("points.foot"),
    )  # fmt: skip
