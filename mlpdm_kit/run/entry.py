"""What papermill finds under ``papermill.engine``: it loads this with itself, so it is light."""

from __future__ import annotations

from typing import Any


class Named:
    """The kit's engine, imported when papermill asks something of it."""

    def __getattr__(self, name: str) -> Any:
        from mlpdm_kit.run.engine import Forking

        return getattr(Forking, name)


engine = Named()

__all__ = ["engine"]
