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

LONG = 120_000  # milliseconds; the machine may be busy

PAGE = ".jp-NotebookPanel:not(.lm-mod-hidden)"
_SCROLLED = f"() => document.querySelector('{PAGE} .jp-WindowedPanel-outer').scrollTop"
TOO_WIDE = f"""() => [document.documentElement, ...document.querySelectorAll('{PAGE} *')]
  .filter(one => one.clientWidth > 0 && one.scrollWidth > one.clientWidth
    && (one === document.documentElement
      || ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)))
  .map(one => `${{one.tagName}}.${{one.className}} ${{one.scrollWidth}} > ${{one.clientWidth}}`)"""

_NAMELESS = """() => [...document.querySelectorAll('.mlpdm-form :is(input, select, textarea)')]
  .filter(one => one.type !== 'range')
  .filter(one => !([...(one.labels || [])].some(label => label.textContent.trim())
    || one.getAttribute('aria-label') || one.title))
  .map(one => one.outerHTML.slice(0, 120))"""


_FOCUSED = "() => [...(document.activeElement.labels || [])].map(l => l.textContent).join()"


class Lab:
    """One window of JupyterLab.

    ``errors`` are what the page itself has complained of.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address, _, rest = address.partition("/lab")
        self.token = rest.partition("token=")[2]
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        page.set_default_timeout(LONG)

    def open(self, notebook: str) -> None:
        """Open a notebook of the working folder; it fills itself."""
        self.page.goto(f"{self.address}/lab/tree/{notebook}?token={self.token}&reset")
        self.filled()

    def filled(self) -> None:
        """Wait until the page has filled itself."""
        self.page.wait_for_selector(f"{PAGE}[data-mlpdm=there]")

    def reload(self) -> None:
        """Load the browser's page anew."""
        self.page.reload()
        self.filled()

    @property
    def scrolled(self) -> float:
        """How far down the notebook is scrolled."""
        return float(self.page.evaluate(_SCROLLED))

    def run_all(self) -> None:
        """Run > Run All Cells, and wait until the last cell has run."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.filled()

    def field(self, label: str) -> Locator:
        """The field of a label, as a screen reader finds it."""
        return self.page.get_by_label(label, exact=True).filter(visible=True)

    def focused(self) -> str:
        """The label of the field that the keyboard is in."""
        return str(self.page.evaluate(_FOCUSED))

    def labels(self, ending: str) -> list[str]:
        """The labels of all visible fields that end so, from the top down."""
        found = self.page.locator(".mlpdm-form label").filter(visible=True).all_text_contents()
        return [label for label in found if label.endswith(ending)]

    def type(self, label: str, value: str) -> None:
        """Type into a field and go on to the next."""
        field = self.field(label)
        field.fill(value)
        field.press("Tab")

    def choose(self, label: str, value: str) -> None:
        """Choose from a list by what it says."""
        self.field(label).select_option(label=value)

    def press(self, name: str) -> None:
        """Press a button by what stands on it."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def unfold(self, title: str) -> None:
        """Open what is folded away."""
        self.page.get_by_role("button", name=f"▸ {title}", exact=True).first.click()

    def fold(self, title: str) -> None:
        """Fold away what stands open."""
        self.press(f"▾ {title}")
        self.page.get_by_role("button", name=f"▸ {title}", exact=True).wait_for()

    def said(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page says something."""
        self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def nameless(self) -> list[str]:
        """Fields of the forms that have no name for a screen reader."""
        found = self.page.evaluate(_NAMELESS)
        return list(found)

    def shut(self) -> None:
        """End all kernels, so that none is left behind."""
        ask, head = self.page.request, {"Authorization": f"token {self.token}"}
        for session in ask.get(f"{self.address}/api/sessions", headers=head).json():
            ask.delete(f"{self.address}/api/sessions/{session['id']}", headers=head)


def until(holds: Any, *, seconds: float = 240.0) -> None:
    """Wait until something holds of the files."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def picture(page: Page, path: Path) -> None:
    """A picture of the whole notebook as far as the window shows it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
