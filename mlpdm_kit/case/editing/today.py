"""Whether a case that says how it is done today says which option that is."""

from __future__ import annotations

from mlpdm_kit.case.editing.file import State


def today_unmarked(state: State) -> str:
    """How it is done today, as it is written, where no option is marked as that.

    Doing nothing needs no mark: where it is among the options, it is today's way.
    """
    said = state.document.at(("framing", "status_quo"))
    options = state.document.at(("options",))
    known = [one for one in (options.values() if isinstance(options, dict) else ())
             if isinstance(one, dict)]  # fmt: skip
    marked = any(str(one.get("status_quo", "")).lower() in ("yes", "true") for one in known)
    if marked or any(one.get("kind") == "none" for one in known) or not isinstance(said, str):
        return ""
    return said.strip()
