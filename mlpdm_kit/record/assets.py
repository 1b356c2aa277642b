"""What all records share: plotly's own script, written once."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from mlpdm_kit.case.files import write_atomically

PLOTLY = "plotly.min.js"


def plotly_script() -> bytes:
    """The script that comes inside the installed plotly package."""
    return (files("plotly") / "package_data" / PLOTLY).read_bytes()


def write_assets(out: Path) -> Path:
    """Put plotly's script into ``out/assets``, unless it is there already.

    Parameters
    ----------
    out : Path
        The folder of all records.

    Returns
    -------
    Path
        The folder of assets.
    """
    place = out / "assets" / PLOTLY
    script = plotly_script()
    same = place.is_file() and place.stat().st_size == len(script) and place.read_bytes() == script
    if not same:
        write_atomically(place, script)
    return place.parent
