"""A desk in a thread: frames come by reference, commands go in, and its end is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cockpit.core.commands import Halt
from cockpit.core.errors import RefusedError
from cockpit.core.frame import Frame
from cockpit.desk.desk import Desk
from cockpit.link.local import LocalLink
from tests.desk.fakes import MARKET, Bench


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for another thread; fails after ten seconds."""
    deadline = time.monotonic() + 10
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        pause.wait(0.01)
    raise AssertionError(f"still no {what}")


def _desk() -> Desk:
    desk = Bench().desk
    desk.recover()
    return desk


@pytest.fixture
def link() -> Iterator[LocalLink]:
    opened = LocalLink(_desk)
    opened.open()
    yield opened
    opened.close()


def _frame(link: LocalLink) -> Frame:
    frame: Frame = until(lambda: link.frame if link.frame and link.frame.suggestions else None, "suggestion")
    return frame


def test_frames_arrive_and_their_numbers_grow(link: LocalLink) -> None:
    first = _frame(link)
    assert first.header.desk == "running"
    later: Frame = until(lambda: link.frame if link.frame and link.frame.seq > first.seq else None, "newer frame")
    assert later.at_ms >= first.at_ms


def test_only_watched_markets_have_ladders(link: LocalLink) -> None:
    assert not _frame(link).ladders
    link.watch([MARKET.id])
    frame: Frame = until(lambda: link.frame if link.frame and link.frame.ladders else None, "ladder")
    assert list(frame.ladders) == [MARKET.id]


def test_a_command_is_answered_with_its_id(link: LocalLink) -> None:
    _frame(link)
    command = Halt(link.new_id())
    link.send(command)
    frame: Frame = until(lambda: link.frame if link.frame and link.frame.receipts else None, "receipt")
    assert frame.receipts[-1].command_id == command.id
    assert until(lambda: link.frame is not None and link.frame.header.desk == "HALTED", "halt")


def test_ids_are_never_used_twice(link: LocalLink) -> None:
    assert len({link.new_id() for _ in range(100)}) == 100


def test_stopping_ends_the_desk_without_a_complaint(link: LocalLink) -> None:
    _frame(link)
    link.stop()
    until(lambda: link.closed is not None, "end")
    assert link.closed == ""
    link.send(Halt("too late"))


def test_a_desk_that_cannot_start_raises_its_sentence_where_it_was_opened() -> None:
    def refuse() -> Desk:
        raise RefusedError("a desk already works here")

    link = LocalLink(refuse)
    with pytest.raises(RefusedError, match="already works here"):
        link.open()


def test_a_desk_that_dies_says_why() -> None:
    def make() -> Desk:
        desk = _desk()

        def broken() -> None:
            raise ZeroDivisionError("planted")

        desk.manager.weigh_dirty = broken  # type: ignore[method-assign]
        return desk

    link = LocalLink(make)
    link.open()
    until(lambda: link.closed is not None, "end")
    assert link.closed == "ZeroDivisionError: planted"
    assert isinstance(link.failure, ZeroDivisionError)
