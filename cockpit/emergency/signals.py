"""Signals a desk obeys: SIGUSR1 is the kill switch, SIGUSR2 cancels everything of ours.

They come from `cockpit halt` and `cockpit cancel-all`, or from anybody who knows the process.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable

from cockpit.core.commands import CancelAll, Halt
from cockpit.storage.latch import FileLatch

HALT, CANCEL = signal.SIGUSR1, signal.SIGUSR2
Submit = Callable[[Halt | CancelAll], None]


def obey(submit: Submit, latch: FileLatch | None) -> None:
    """Turn both into commands from now on. `submit` is called in the main thread and hands them to the desk's loop.

    Who halts through the latch has written there why, and how much must end.
    """
    numbers = itertools.count(1)

    def command_id() -> str:
        return f"signal-{os.getpid()}-{next(numbers)}"

    def halt(_number: int, _frame: object) -> None:
        found = latch.read() if latch is not None else None
        if found is None:
            submit(Halt(command_id(), "by signal"))
        else:
            submit(Halt(command_id(), found.reason, everything=found.everything))

    signal.signal(HALT, halt)
    signal.signal(CANCEL, lambda _number, _frame: submit(CancelAll(command_id())))
