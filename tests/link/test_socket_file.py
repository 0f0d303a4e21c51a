"""Where a desk's socket is: its file, who may use it, and a real desk behind it."""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core.commands import Halt, Place
from cockpit.core.errors import FailedError
from cockpit.core.market import Leg, Side
from cockpit.core.units import SHARE
from cockpit.desk.desk import Desk
from cockpit.drill.virtual_time import run
from cockpit.link.address import NAME
from cockpit.link.answering import NO_MARKET
from cockpit.link.client import DeskClient, NoDeskError
from cockpit.link.local import LocalLink
from cockpit.link.socket import DeskSocket
from tests.desk.fakes import MARKET, Bench
from tests.link.served import FakeDesk, is_served, serving, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "account"


def test_the_socket_is_ours_alone_and_gone_when_the_desk_ends(folder: Path) -> None:
    with serving(folder, FakeDesk()):
        assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert not (folder / NAME).exists()
    with pytest.raises(NoDeskError, match=f"no desk runs on {folder}; start cockpit or cockpit serve"):
        DeskClient(folder)


def test_what_a_killed_desk_left_behind_is_no_desk_and_makes_way_for_the_next(folder: Path) -> None:
    with serving(folder, FakeDesk()):
        os.link(folder / NAME, folder / "kept")
    (folder / "kept").rename(folder / NAME)
    with pytest.raises(NoDeskError):
        DeskClient(folder)
    with serving(folder, FakeDesk()):
        assert is_served(folder)


def test_a_desk_leaves_the_socket_of_its_successor_alone(folder: Path) -> None:
    with serving(folder, FakeDesk()):
        (folder / NAME).unlink()
        successor = FakeDesk()
        with serving(folder, successor):
            pass
        with serving(folder, successor):
            (folder / NAME).rename(folder / "other")
            (folder / "other").rename(folder / NAME)
    assert not (folder / NAME).exists()


def test_a_file_in_the_way_is_left_alone_and_the_desk_runs_without_a_socket(folder: Path) -> None:
    folder.mkdir()
    (folder / NAME).write_text("mine")
    with serving(folder, FakeDesk()) as desk:
        assert desk.notes == [
            f"warning: no commands from other terminals: {folder / NAME} is in the way, and it is not a socket"
        ]
    assert (folder / NAME).read_text() == "mine"


def test_a_path_too_long_for_an_address_is_reached_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 100) / ("b" * 100)
    with serving(folder, FakeDesk()):
        assert is_served(folder)
        assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert not (folder / NAME).exists()
    with pytest.raises(NoDeskError):
        DeskClient(folder)
    with pytest.raises(NoDeskError):
        DeskClient(folder / "nowhere")


def test_where_a_long_path_cannot_be_reached_the_desk_runs_without_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.link.address._DESCRIPTORS", tmp_path / "nowhere")
    with serving(tmp_path / ("a" * 120), FakeDesk()) as desk:
        assert "a path of more than 103 bytes cannot be a socket's here" in desk.notes[0]
    with pytest.raises(FailedError, match="cannot be reached"):
        DeskClient(tmp_path / ("a" * 120))


# ---- a real desk ----


def test_a_real_desk_answers_over_its_socket_and_ends_with_it(folder: Path) -> None:
    def make() -> Desk:
        desk = Bench().desk
        desk.recover()
        desk.start_optional("socket", DeskSocket(desk, folder).run())
        return desk

    folder.mkdir()
    link = LocalLink(make)
    link.open()
    until(lambda: link.frame and link.frame.header.desk == "running" and link.frame.suggestions, "desk")
    with DeskClient(folder) as client:
        order = Place("p-1", MARKET.id, Leg.YES, Side.BUY, 20 * SHARE, 3000)
        assert client.preview(order).words == "P-0001 buy 20 Yes rates-cut at 0.3 GTD"
        assert client.send(order).text == "P-0001 buy 20 Yes rates-cut at 0.3 GTD"
        wrong = client.send(replace(order, id="p-2", limit=3050))
        assert (wrong.reason, wrong.field) == ("BAD_PRICE", "limit")
        pair = client.picture("pairs").pairs[0]
        assert (pair.tokens, pair.min_size) == (MARKET.tokens, MARKET.min_size)
        assert client.send(Halt("h-1")).is_done
        assert client.send(replace(order, id="p-3")).reason == "HALTED"
    link.close()
    assert link.closed == ""
    assert not (folder / NAME).exists()


def test_a_socket_that_fails_is_told_and_the_desk_trades_on() -> None:
    async def broken() -> None:
        raise OSError("planted")

    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.start_optional("the socket for commands", broken())
        await asyncio.sleep(1)
        told = [notice.text for notice in bench.desk.state.notices if notice.level == "alarm"]
        assert told == ["the socket for commands has failed and is off: OSError: planted"]
        assert not task.done()
        await bench.stop(task)

    run(story())


def test_a_picture_for_a_terminal_hides_no_news_from_the_screen() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        shown = bench.desk.picture((), None)
        bench.desk.note("info", "news")
        bench.desk.picture(NO_MARKET, None, is_due=True)
        newer = bench.desk.picture((), shown)
        assert newer is not None
        assert newer.notices[-1].text == "news"
        await bench.stop(task)

    run(story())
