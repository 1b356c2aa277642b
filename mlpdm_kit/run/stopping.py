"""How what runs long is stopped: by Ctrl-C, by who shuts the machine down, by a closed window."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SOON = 3.0  # seconds in which somebody presses Ctrl-C twice by impatience
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def ended_by_signals(*, once: bool = False) -> Iterator[None]:
    """Let each of these signals interrupt; not a closed window that we were told to outlive.

    Parameters
    ----------
    once : bool
        Whether those that come soon after the first are left alone, so that what is then left
        to do is done in peace. Then Ctrl-C too is left alone where we were told to outlive
        it; else it always ends us.
    """
    before = {}
    last = -math.inf

    def interrupt(*_: object) -> None:
        nonlocal last
        soon = time.monotonic() - last < SOON
        last = time.monotonic()
        if not (once and soon):
            raise KeyboardInterrupt

    with suppress(ValueError):  # not in the main thread: whoever calls us ends us
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is None:
                continue
            outlived = signal.getsignal(number) is signal.SIG_IGN
            if not (outlived and (once or name == "SIGHUP")):
                before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
