"""What all records share: plotly's own script, written once; and where a browser finds pages."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from mlpdm_kit.case.files import write_atomically

ASSETS = "assets"
PLOTLY = "plotly.min.js"
FILES = "MLPDM_FILES"  # in the environment of a workshop's kernels: where its files are served


def address(path: str) -> str:
    """Where a browser finds a page of the working folder.

    In a workshop that is outside of JupyterLab, whose own viewer runs no script and so shows
    no picture and no clock.

    Examples
    --------
    >>> address("records/mail/record.html")
    'records/mail/record.html'
    """
    base = os.environ.get(FILES, "")
    return path if not base or os.path.isabs(path) else base + quote(path)


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
    place = out / ASSETS / PLOTLY
    script = plotly_script()
    if place.parent.is_symlink():
        place.parent.unlink()  # else it would be written elsewhere
    same = place.is_file() and place.stat().st_size == len(script) and place.read_bytes() == script
    if not same:
        write_atomically(place, script)
    return place.parent
