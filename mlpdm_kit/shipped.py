"""Where the notebooks and the case library are: in a checkout, or inside the installed kit."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_IN_WHEEL = _HERE / "_shipped"


def notebooks() -> Path:
    """Folder of the five notebooks.

    Examples
    --------
    >>> notebooks().name
    'notebooks'
    """
    return _folder("notebooks", "notebooks")


def cases() -> Path:
    """Folder of the case library, one folder a case.

    Examples
    --------
    >>> cases().name
    'cases'
    """
    return _folder("cases", "data/cases")


def import_root() -> Path | None:
    """Folder that Python must look in to import a kit that is not installed.

    None for an installed one: its folder holds other packages too, and put before the
    standard library they could hide parts of it.
    """
    return None if _IN_WHEEL.is_dir() else _HERE.parent


def _folder(in_wheel: str, in_checkout: str) -> Path:
    shipped = _IN_WHEEL / in_wheel
    return shipped if shipped.is_dir() else _HERE.parent / in_checkout
