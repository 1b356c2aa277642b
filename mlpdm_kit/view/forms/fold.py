"""What is folded away until somebody wants it; opened by the keyboard as by the mouse.

The accordion of ipywidgets has no part that the keyboard reaches, so a fold is a button.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets


class Fold:
    """A heading that is a button, and what stands under it once it is opened.

    Parameters
    ----------
    title : str
    fill : callable
        What gives the widgets within, when it is opened for the first time.
    """

    def __init__(self, title: str, fill: Callable[[], list[Any]]) -> None:
        self.title, self._fill = title, fill
        self.button = widgets.ToggleButton(value=False)
        self.button.add_class("mlpdm-fold")
        self.body = widgets.VBox()
        self.body.add_class("mlpdm-folded")
        self.widget = widgets.VBox([self.button, self.body])
        self.button.observe(self._turn, names="value")
        self._turn(None)

    @property
    def opened(self) -> bool:
        """Whether it stands open."""
        return bool(self.button.value)

    def open(self) -> None:
        """Open it, as its button does."""
        self.button.value = True

    def _turn(self, _: Any) -> None:
        self.button.description = f"{'▾' if self.opened else '▸'} {self.title}"
        self.body.layout.display = None if self.opened else "none"
        if self.opened and not self.body.children:
            self.body.children = self._fill()
