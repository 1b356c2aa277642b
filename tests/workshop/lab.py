"""JupyterLab in a real browser, as a product manager has it before them.

Nothing here waits for time: it waits for words on the page, for a saved file, or for the
kernel to have come up.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--no-first-run"]  # fmt: skip
LONG = 120_000  # milliseconds; the machine may be busy

_READY = """() => {
  const app = window.jupyterapp;
  if (!app) return false;
  if (!window.seen) { window.seen = true; app.restored.then(() => { window.restored = true }) }
  const now = app.shell.currentWidget;
  if (!window.restored || !now || !now.context || !now.context.isReady) return false;
  const kernel = now.sessionContext && now.sessionContext.session
    && now.sessionContext.session.kernel;
  return !!kernel && kernel.status === 'idle' && kernel.connectionStatus === 'connected';
}"""


class Lab:
    """One window of JupyterLab.

    ``errors`` are what the page itself has complained of.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address, _, self.token = address.partition("/lab")
        self.token = re.search(r"token=(\w+)", address)[1] if "token=" in address else ""
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        page.set_default_timeout(LONG)

    def open(self, notebook: str, *, run: bool = True) -> None:
        """Open a notebook of the working folder, and run all its cells."""
        self.page.goto(f"{self.address}/lab/tree/{notebook}?token={self.token}&reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(_READY)
        if run:
            self.run_all()

    def run_all(self) -> None:
        """Run > Run All Cells."""
        run = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
        self.page.evaluate(run)

    def field(self, label: str) -> Locator:
        """The field of a label, as a screen reader finds it."""
        return self.page.get_by_label(label, exact=True)

    def type(self, label: str, value: str) -> None:
        """Type into a field and go on to the next."""
        field = self.field(label)
        field.scroll_into_view_if_needed()
        field.fill(value)
        field.press("Tab")

    def choose(self, label: str, value: str) -> None:
        """Choose from a list by what it says."""
        self.field(label).select_option(label=value)

    def unfold(self, title: str) -> None:
        """Open what is folded away."""
        self.page.locator(".jupyter-widget-Collapse-header", has_text=title).first.click()

    def said(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page says something."""
        self.page.get_by_text(text).first.wait_for()

    def nameless(self) -> list[str]:
        """Fields of the forms that have no name for a screen reader."""
        fields = self.page.locator(".mlpdm-form :is(input, select, textarea)").all()
        named = self.page.evaluate(
            """() => [...document.querySelectorAll('.mlpdm-form :is(input, select, textarea)')]
              .filter(f => !(f.labels && f.labels.length && f.labels[0].textContent.trim())
                && !f.getAttribute('aria-label') && !f.title)
              .map(f => f.outerHTML.slice(0, 120))"""
        )
        assert fields
        return list(named)

    def shut(self) -> None:
        """End the kernel, so that none is left behind."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def until(holds: Any, *, seconds: float = 60.0) -> None:
    """Wait until something holds of the files."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def picture(page: Page, path: Path) -> None:
    """A picture of the whole notebook as far as the window shows it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
