"""How a workshop's JupyterLab serves the files of its folder: records, agenda, clock.

JupyterLab loads this module by its name; nothing else does.
"""

from __future__ import annotations

from jupyter_server.base.handlers import AuthenticatedFileHandler

_TYPED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class Files(AuthenticatedFileHandler):
    """Files, also to those who open their address themselves.

    Jupyter serves a file only to who comes from one of its own pages, so that no other site
    can take it in; an address that somebody types, or a bookmark, is refused with it. A
    browser says of such a request that no site has begun it, which no site can claim, not
    even through a redirect. That alone is let through; who is not logged in is still asked
    to, and any other request is looked at as before.
    """

    def check_xsrf_cookie(self) -> None:
        """Let through what a person has opened; the rest as Jupyter does."""
        asks = self.request.headers
        typed = all(asks.get(name) == value for name, value in _TYPED.items())
        if not (typed and self.request.method in ("GET", "HEAD")):
            super().check_xsrf_cookie()
