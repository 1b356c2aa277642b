"""The pages of a record, with their pictures: all from the record alone, as its JSON has it.

What was just made and what was read from a file give the same pages to the letter, so that
anybody can make them again and see whether they are what the record says.
"""

from __future__ import annotations

from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.page import is_simulated
from mlpdm_kit.record.render import render_html, render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.canvas import Figure
from mlpdm_kit.view.charts import CHARTS, sections_of


def record_pages(
    record: DecisionRecord, lang: str, *, embed: bool = False, made: str = ""
) -> dict[str, str]:
    """What ``record.html`` and ``record.md`` of a record say, by file name.

    Parameters
    ----------
    record : DecisionRecord
    lang : {"en", "ja"}
    embed : bool
        Put the charts' script into the page, for one that is looked at alone.
    made : str
        When it was made, in words, where that is to be said.
    """
    record = DecisionRecord.model_validate_json(record.to_json())
    parts = folds(record, Sentences.of_record(record, lang))
    drawn = pictures(record, lang)
    return {
        "record.html": render_html(record, drawn, lang=lang, embed=embed, made=made, parts=parts),
        "record.md": render_markdown(record, lang=lang, parts=parts),
    }


def pictures(record: DecisionRecord, lang: str) -> dict[str, Figure]:
    """The charts of a record that have something to show."""
    says, sections = Sentences.of_record(record, lang), sections_of(record)
    simulated = is_simulated(record)
    drawn = {
        name: chart.draw(sections, says, simulated=simulated) for name, chart in CHARTS.items()
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}
