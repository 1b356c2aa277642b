"""How what runs long is stopped: by Ctrl-C, by who shuts the machine down, by a closed window."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def ended_by_signals(*, once: bool = False) -> Iterator[None]:
    """Let each of these signals interrupt; not a closed window that we were told to outlive.

    Parameters
    ----------
    once : bool
        Whether only the first one does: what is then left to do is done in peace. Then
        Ctrl-C too is left alone where we were told to outlive it; else it always ends us.
    """
    before = {}
    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        if not (once and interrupted):
            interrupted = True
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
