"""How the screen's process ends: its exit code says whether anything may still be open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame import Frame, StopRow
from cockpit.show import exit_code
from tests.frames import AT, FakeLink, header

NOTHING = StopRow(
    is_on=False,
    is_proven=False,
    since_ms=0,
    everything=False,
    own_orders=0,
    unknown_orders=0,
    foreign_orders=3,
    parents=0,
    zero_reads=0,
    first_cancel_ms=None,
    unhedged=0,
    worst_unhedged=0,
)


def _left(stop: StopRow | None, closed: str | None = "") -> int:
    link = FakeLink(Frame(seq=1, at_ms=AT, header=header(), stop=stop))
    link.gone = closed
    return exit_code(link, 0)


@pytest.mark.parametrize("stop", [NOTHING, None])
def test_a_desk_that_ended_with_nothing_open_is_0(stop: StopRow | None) -> None:
    assert _left(stop) == 0


@pytest.mark.parametrize(
    "stop", [replace(NOTHING, is_on=True), replace(NOTHING, is_on=True, is_proven=True), replace(NOTHING, own_orders=1)]
)
def test_a_halt_or_an_order_that_is_not_proven_dead_is_5(stop: StopRow) -> None:
    assert _left(stop) == 5


def test_a_desk_that_did_not_end_is_5() -> None:
    assert _left(NOTHING, closed=None) == 5


def test_before_there_was_a_picture_the_screens_own_code_counts() -> None:
    link = FakeLink()
    link.gone = ""
    assert exit_code(link, 1) == 1
