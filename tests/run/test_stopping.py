"""How a long run is stopped: once, in peace, and by force if it does not end."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from mlpdm_kit.run import stopping
from mlpdm_kit.run.stopping import ended_by_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("once", [True, False])
def test_each_signal_interrupts_and_all_is_as_before(number: int, once: bool) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(KeyboardInterrupt), ended_by_signals(once=once):
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_what_is_left_to_do_is_done_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with ended_by_signals(once=True):
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)  # pressed twice by impatience
            monkeypatch.setattr(stopping, "SOON", 0.0)
            with pytest.raises(KeyboardInterrupt):  # and again, as it does not end
                os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_we_were_told_to_outlive_is_outlived() -> None:
    kept = {n: signal.signal(n, signal.SIG_IGN) for n in (signal.SIGHUP, signal.SIGINT)}
    try:
        with ended_by_signals(once=True):
            os.kill(os.getpid(), signal.SIGHUP)  # nohup
            os.kill(os.getpid(), signal.SIGINT)  # in a shell's background
        with ended_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
