"""Panel of 03: leave, look or act, by two cuts on the probability."""

from __future__ import annotations

from mlpdm_kit.analysis.errors.operating import Ways, three_ways
from mlpdm_kit.case.editing.file import Change
from mlpdm_kit.case.units import Units
from mlpdm_kit.record.cuts import CutTable, ReviewTerms
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.palette import PLAIN, WAY_FILLS
from mlpdm_kit.view.panels.desk import (
    Beside,
    Knob,
    Nothing,
    Pick,
    Refused,
    Row,
    Shown,
    Values,
    plain,
)
from mlpdm_kit.view.panels.svg import Across, Picture, swatch

_ROOM = 2.0  # times the upper cut that the axis reaches
_BAR = 24.0


def open_review(
    comparison: ComparisonSection, says: Sentences, units: Units
) -> ReviewDesk | Nothing:
    """The desk, or why nobody looks at doubtful cases here."""
    if any(one.reviews for one in comparison.cuts):
        return ReviewDesk(comparison, says, units)
    return Nothing(said=says.say("panel.review.none"))


class ReviewDesk:
    """Every option that a person stands behind, and how much time there is."""

    def __init__(self, comparison: ComparisonSection, says: Sentences, units: Units) -> None:
        self.says, self.units = says, units
        self.found: dict[str, tuple[CutTable, ReviewTerms]] = {
            terms.option: (cuts, terms) for cuts in comparison.cuts for terms in cuts.reviews
        }
        self.pick: Pick | None = None
        if len(self.found) > 1:
            choices = tuple((says.name("option", name), name) for name in self.found)
            first = min(self.found, key=lambda name: self.found[name][1].cost)
            self.pick = Pick(label=says.say("panel.review.pick"), choices=choices, first=first)

    def rows(self, picked: str) -> tuple[Row, ...]:
        """The two cuts."""
        _, terms = self._at(picked)
        knobs = tuple(
            Knob(
                name=name, label=self.says.say(f"panel.review.knob.{name}"),
                text=plain(value * 100), value=value, dimension="share", unit="%",
                low=0.0, high=1.0,
            )
            for name, value in (("low", terms.low), ("high", terms.high))
        )  # fmt: skip
        return (Row(label="", knobs=knobs),)

    def shown(self, picked: str, values: Values, *, whole: bool = True) -> Shown:
        """What is left, looked at and acted on between two cuts, and what that costs."""
        cuts, terms = self._at(picked)
        low, high = values["low"], values["high"]
        says = self.says
        if low > high:
            raise Refused("low", says.sentence("panel.review.reversed"))
        ways = self._ways(cuts, terms, low, high)
        title = says.sentence("panel.review.title", share=ways.reviewed, cost=ways.cost)
        picture = Picture(title, says.lang)
        self._zones(picture, terms, low, high)
        self._cases(picture, terms, ways)
        self._time(picture, terms, ways)
        return Shown(
            picture=picture,
            below=lambda: Beside(keys=self._keys(terms, ways), words=self._words(terms, ways)),
        )

    def writes(self, picked: str, values: Values) -> tuple[Change, ...]:
        """Nothing: the band follows from the prices and the time in the case file."""
        return ()

    def _at(self, picked: str) -> tuple[CutTable, ReviewTerms]:
        return self.found.get(picked) or next(iter(self.found.values()))

    def _ways(self, cuts: CutTable, terms: ReviewTerms, low: float, high: float) -> Ways:
        """At the cuts in force what the record has: there some cases are looked at in part."""
        table = cuts.table
        found = three_ways(
            table, table.place(low), max(table.place(low), table.place(high)),
            costs=cuts.prices, prevalence=cuts.prevalence,
            review_cost=terms.price, reviewer_error=terms.error,
        )  # fmt: skip
        if (low, high) != (terms.low, terms.high):
            return found
        return Ways(left=terms.left, reviewed=terms.reviewed, acted=terms.acted,
                    missed=found.missed, alarms=found.alarms, cost=terms.cost)  # fmt: skip

    def _zones(self, picture: Picture, terms: ReviewTerms, low: float, high: float) -> None:
        across = Across(low=0.0, high=min(1.0, _ROOM * max(high, terms.high) or 1.0))
        picture.text(3, 14, self.says.say("panel.review.track.chance"), anchor="start")
        ends = (0.0, low, high, across.high)
        for way, start, end in zip(("leave", "review", "act"), ends, ends[1:], strict=False):
            x = across.at(start)
            picture.rect(x, across.at(end) - x, 24, _BAR, WAY_FILLS[way])
        own = across.at(terms.low)
        picture.frame(own, across.at(terms.high) - own, 21, _BAR + 6, palette.ZERO)
        picture.axis(across, self.says.share, self.says.say("chart.review.axis"), 24 + _BAR + 4)

    def _cases(self, picture: Picture, terms: ReviewTerms, ways: Ways) -> None:
        y = picture.height + 8
        picture.text(3, y + 12, self.says.say("panel.review.track.cases"), anchor="start")
        x = 3.0
        for way, share in (("leave", ways.left), ("review", ways.reviewed), ("act", ways.acted)):
            picture.rect(x, 94 * share, y + 20, _BAR, WAY_FILLS[way])
            x += 94 * share
        picture.height = y + 20 + _BAR + 8

    def _time(self, picture: Picture, terms: ReviewTerms, ways: Ways) -> None:
        """What reviewers are asked for a month, against what they have."""
        asked = ways.reviewed * terms.cases
        top = max(asked, terms.capacity or 0.0) * 1.1 or 1.0
        y = picture.height + 4
        picture.text(3, y + 12, self.says.say("panel.review.track.time"), anchor="start")
        across = Across(low=0.0, high=top)
        picture.rect(3, across.at(asked) - 3, y + 20, _BAR, WAY_FILLS["review"])
        if terms.capacity is not None:
            picture.upright(across.at(terms.capacity), y + 16, _BAR + 8, palette.ZERO, width=4)
        unit, size = ("hours", terms.hours) if terms.hours else ("cases", 1.0)
        title = self.says.say(f"panel.review.axis.{unit}")
        picture.axis(across, lambda value: self.says.count(value * size), title, y + 20 + _BAR + 4)

    def _keys(self, terms: ReviewTerms, ways: Ways) -> list[tuple[str, str]]:
        says = self.says
        found = [
            (swatch(fill=WAY_FILLS[way]), says.say(f"panel.review.way.{way}", share=share))
            for way, share in (("leave", ways.left), ("review", ways.reviewed), ("act", ways.acted))
        ]
        said = says.say("panel.review.own", low=terms.low, high=terms.high)
        found.append((swatch(PLAIN, dash="dash"), said))
        if terms.capacity is not None:
            said = says.say("panel.review.capacity", n=terms.capacity)
            found.append((swatch(sign="┃"), said))
        return found

    def _words(self, terms: ReviewTerms, ways: Ways) -> list[str]:
        says, asked = self.says, ways.reviewed * terms.cases
        found = [says.sentence("panel.review.asked", n=asked)]
        if terms.hours:
            found = [says.sentence("panel.review.hours", n=asked, hours=asked * terms.hours)]
        if terms.capacity is not None and asked > terms.capacity * 1.001:
            found.append(says.sentence("panel.review.over", n=asked - terms.capacity))
        elif terms.capacity is not None:
            found.append(says.sentence("panel.review.within", n=terms.capacity - asked))
        found.append(says.sentence("panel.review.errors", missed=ways.missed * 1000,
                                   alarms=ways.alarms * 1000))  # fmt: skip
        more = ways.cost - terms.cost
        if abs(more) > 0.0005 * abs(terms.cost):
            code = "panel.review.more" if more > 0 else "panel.review.less"
            found.append(says.sentence(code, amount=abs(more), cost=terms.cost))
        return found
