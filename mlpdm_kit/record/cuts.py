"""Parts of 02 for workshops: what happens at every operating point of an option.

They stay in the section, so that a threshold can be moved without fitting anything again; a
record holds the points that were chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from mlpdm_kit.record.parts import Part

if TYPE_CHECKING:
    from mlpdm_kit.analysis.errors.costs import Costs
    from mlpdm_kit.analysis.errors.operating import Offsets, Table


class ReviewTerms(Part):
    """What looking at a case takes, at the means, and how much time there is.

    ``cases`` a month come to the option; ``capacity`` of them a month can be looked at,
    ``hours`` is what one look takes. ``low`` and ``high`` are the band in force, with the
    shares ``left``, ``reviewed`` and ``acted`` and the ``cost`` that the record has for it.
    """

    option: str
    price: float
    error: float
    cases: float
    capacity: float | None = None
    hours: float | None = None
    low: float
    high: float
    left: float
    reviewed: float
    acted: float
    cost: float


class CutTable(Part):
    """Cuts on what an option predicts, and the rows and shares of production below each.

    ``cuts`` are finite; the four columns have one entry more, for acting on nothing.
    ``scale`` is ``chance`` (at the production base rate) or ``score``. ``own`` is where the
    option acts; it is ``exact`` where that one cut holds for all rows, and not each fold's
    own. ``costs`` of the outcomes and ``prevalence`` are those it was tried under.
    """

    option: str
    scale: Literal["chance", "score"]
    cuts: tuple[float, ...]
    negatives: tuple[float, ...]
    positives: tuple[float, ...]
    spared: tuple[float, ...]
    missed: tuple[float, ...]
    costs: dict[str, float]
    prevalence: float
    own: float | None
    exact: bool
    reviews: tuple[ReviewTerms, ...] = ()

    @property
    def table(self) -> Table:
        """As the analysis takes it."""
        from mlpdm_kit.analysis.errors.operating import Table

        return Table(
            cuts=np.array([*self.cuts, np.inf]),
            negatives=np.array(self.negatives),
            positives=np.array(self.positives),
            spared=np.array(self.spared),
            missed=np.array(self.missed),
        )

    @property
    def prices(self) -> Costs:
        """The costs as the analysis takes them."""
        from mlpdm_kit.analysis.errors.costs import Costs

        return Costs(**self.costs)


class OffsetTable(Part):
    """What comes of adding an amount to every prediction; columns as in `Offsets`."""

    option: str
    offsets: tuple[float, ...]
    under: tuple[float, ...]
    over: tuple[float, ...]
    enough: tuple[float, ...]
    cost_under: float
    cost_over: float
    own: float | None

    @property
    def table(self) -> Offsets:
        """As the analysis takes it."""
        from mlpdm_kit.analysis.errors.operating import Offsets

        return Offsets(
            offsets=np.array(self.offsets),
            under=np.array(self.under),
            over=np.array(self.over),
            enough=np.array(self.enough),
        )
