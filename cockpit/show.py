"""Runs a desk in a thread of this process with the screen on top."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from cockpit.cli_common import HALTED
from cockpit.core.errors import UsageError
from cockpit.desk.desk import Desk
from cockpit.emergency import signals
from cockpit.link.base import Link
from cockpit.link.local import LocalLink
from cockpit.settings import Settings
from cockpit.storage.latch import FileLatch


def show(settings: Settings, make_desk: Callable[[], Desk], latch: FileLatch | None = None) -> int:
    """Run a desk until the person at the screen leaves; return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "the screen needs a terminal for input, output and errors;"
            " without one use cockpit serve, or cockpit replay --no-screen"
        )
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        term = os.environ.get("TERM", "")
        raise UsageError(f"TERM is {term!r}: the screen needs a terminal that can move its cursor, like xterm-256color")
    from cockpit.ui.app import CockpitApp

    link = LocalLink(make_desk)
    link.open()
    # What was loaded so far lives for good: keep the collector from walking it.
    gc.freeze()
    screen = CockpitApp(
        link,
        theme=settings.cockpit_theme,
        rate=settings.cockpit_rate,
        mouse=settings.cockpit_mouse,
        keymap=settings.cockpit_keymap,
        themes_dir=Path(settings.cockpit_themes).expanduser() if settings.cockpit_themes else None,
    )
    _leave_in_order(link)
    signals.obey(link.send, latch)
    try:
        screen.run(mouse=settings.cockpit_mouse)
    finally:
        link.close()
    if link.failure is not None:
        raise link.failure
    return exit_code(link, screen.return_code or 0)


def exit_code(link: Link, code: int) -> int:
    """Return the exit code of a screen that was left with a code: 5 when halted, or when orders may still be open."""
    stop = link.frame.stop if link.frame is not None else None
    is_open = stop is not None and (stop.is_on or stop.own_orders > 0)
    # A desk that did not end in time may be sending still.
    return HALTED if is_open or link.closed is None else code


def _leave_in_order(link: LocalLink) -> None:
    """Let the desk cancel what rests when the terminal goes away or somebody ends us; the screen is past saving."""

    def leave(number: int, _frame: object) -> None:
        def end() -> None:
            link.close()
            os._exit(128 + number)

        threading.Thread(target=end, name="leave", daemon=True).start()

    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, leave)
