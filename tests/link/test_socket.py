"""A desk's socket: commands get their answers, each once, and nothing a client does hurts the desk."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.core.commands import Command, Enter, Place
from cockpit.core.entry import EntryKind
from cockpit.core.errors import FailedError
from cockpit.core.frame_orders import Receipt
from cockpit.core.market import Leg, Side
from cockpit.core.units import SHARE
from cockpit.link import wire
from cockpit.link.client import DeskClient
from cockpit.link.socket import MOST_CLIENTS, Patience
from tests.frames import MAIN
from tests.link.served import FakeDesk, Raw, is_served, serving, until

ORDER = Place("p-1", "m-1", Leg.NO, Side.BUY, 20 * SHARE, 3100)
QUICK = Patience(idle=0.3, message=0.3, answer=0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "account"


@pytest.fixture
def desk(folder: Path) -> Iterator[FakeDesk]:
    with serving(folder, FakeDesk()) as served:
        yield served


def _ask(command_id: str = "a-1", kind: str = "Cancel", **fields: Any) -> dict[str, Any]:
    return {"kind": "command", "id": command_id, "type": kind, "fields": fields or {"target_id": "P-0001"}}


# ---- answers ----


def test_a_command_arrives_as_it_was_sent_and_its_receipt_comes_back(folder: Path, desk: FakeDesk) -> None:
    with DeskClient(folder) as client:
        assert client.send(ORDER) == Receipt("p-1", True, "", "done")
        entry = Enter("e-1", "m-1", EntryKind.MAKER_TAKER, Leg.NO, (3000, 6000), budget=5)
        assert client.send(entry).command_id == "e-1"
    assert desk.taken == [replace(ORDER, id="socket-p-1"), replace(entry, id="socket-e-1")]


def test_a_refusal_comes_back_with_its_reason_and_the_field_it_is_about(folder: Path, desk: FakeDesk) -> None:
    desk.refuse("BAD_PRICE", "price 0.555 is not a multiple of 0.01", "limit")
    with DeskClient(folder) as client:
        assert client.send(ORDER) == Receipt(
            "p-1", False, "BAD_PRICE", "price 0.555 is not a multiple of 0.01", "limit"
        )


def test_the_same_id_is_done_once_and_its_receipt_can_be_asked_for_again(folder: Path, desk: FakeDesk) -> None:
    with DeskClient(folder) as client:
        first = client.send(ORDER)
        assert client.send(ORDER) == first
    desk.receipts.clear()
    with DeskClient(folder) as client:
        assert client.send(ORDER) == client.receipt("p-1") == first
        assert client.receipt("p-2") is None
    assert len(desk.taken) == 1


def test_what_an_earlier_life_of_the_desk_has_done_is_not_done_again(folder: Path, desk: FakeDesk) -> None:
    desk.state.commands_done.add("socket-p-1")
    with DeskClient(folder) as client:
        assert client.send(ORDER).is_done
    assert not desk.taken


def test_an_answer_that_takes_its_time_is_waited_for(folder: Path) -> None:
    asked = threading.Event()

    def slowly(command: Command) -> None:
        asked.set()

    desk = FakeDesk()
    desk.on_command = slowly
    with serving(folder, desk, QUICK), Raw(folder, says_hello=True) as raw:
        assert raw.ask(_ask()) == {"kind": "pending", "id": "a-1"}
        assert asked.is_set()
        desk.receipts.append(Receipt("socket-a-1", True, "", "late"))
        assert raw.ask({"kind": "receipt", "id": "a-1"})["receipt"]["text"] == "late"


def test_a_preview_says_what_would_be_done_and_nothing_is(folder: Path, desk: FakeDesk) -> None:
    with DeskClient(folder) as client:
        assert client.preview(ORDER).words == "as typed"
        assert client.preview(replace(ORDER, shares=1)).money == "costs at most 46 USD"
    assert [type(command) for command in desk.weighed] == [Place, Place]
    assert not desk.taken


def test_a_picture_has_the_parts_that_were_asked_for_and_no_ladders(folder: Path, desk: FakeDesk) -> None:
    with DeskClient(folder) as client:
        whole, part = client.picture(), client.picture("pairs")
        with pytest.raises(FailedError, match="there is no part 'ladders'; there are header, pairs"):
            client.picture("ladders")
    assert (whole.header, whole.pairs, whole.parents) == (MAIN.header, MAIN.pairs, MAIN.parents)
    assert (whole.suggestions, whole.limits, whole.at_ms) == (MAIN.suggestions, MAIN.limits, MAIN.at_ms)
    assert (part.pairs, part.header, part.parents) == (MAIN.pairs, None, ())


# ---- what makes no sense ----


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"kind": "command"', "cannot be read"),
        ({"kind": "trade"}, "'trade'"),
        ({"kind": "picture", "parts": [], "more": 1}, "`more`"),
        ({"kind": "hello", "protocol": 1}, "hello already"),
        (_ask(kind="Steal", what="all"), "there is no command 'Steal'; there are Approve"),
        (_ask(kind="Preview", command={}), "there is no command 'Preview'"),
        (_ask(target_id="P-1", id="auto-1"), "Cancel has no field 'id'"),
        (_ask(target="P-1"), "Cancel has no field 'target'"),
        (_ask(target_id=7), "Expected `str`, got `int` - at `$.target_id`"),
        (_ask(target_id="\x1b[2J"), "Cancel: target_id must be a text"),
        (_ask(target_id="x" * 201), "at most 200 characters"),
        (_ask(command_id=""), "a command needs an id"),
        (_ask(command_id="\n"), "Cancel: id must be a text"),
        (_ask(kind="Amend", parent_id="P-1", limit=0.5), "Expected `int`, got `float`"),
        (_ask(kind="Amend", parent_id="P-1", limit=True), "Expected `int`, got `bool`"),
        (_ask(kind="Amend", parent_id="P-1", limit=10**30), "Amend: limit is too large a number"),
        (_ask(kind="Enter", market_id="m", kind_="x"), "Enter has no field 'kind_'"),
        (_ask(kind="Amend", parent_id="P-1"), "missing required field `limit`"),
        ({"kind": "preview", "type": "Halt", "fields": {}}, "there is no command 'Halt'; there are Place"),
        ({"kind": "receipt", "id": "never"}, "no command 'never' came"),
    ],
)
def test_what_makes_no_sense_is_answered_with_a_sentence_and_the_conversation_goes_on(
    folder: Path, desk: FakeDesk, message: Any, words: str
) -> None:
    with Raw(folder, says_hello=True) as raw:
        answer = raw.ask(message)
        assert answer["kind"] == "problem"
        assert words in answer["text"]
        assert not desk.taken
        assert raw.ask(_ask("good"))["receipt"]["is_done"]
    assert not desk.notes


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ({"kind": "hello", "protocol": 99}, "the desk speaks protocol 1, not 99"),
        (_ask(), "say hello first"),
        (b"GET / HTTP/1.1\r\n", "cannot be read"),
    ],
)
def test_who_does_not_begin_with_a_hello_of_this_protocol_is_told_and_dropped(
    folder: Path, desk: FakeDesk, first: Any, words: str
) -> None:
    with Raw(folder) as raw:
        assert words in raw.ask(first)["text"]
        assert raw.is_dropped()
    assert not desk.taken


def test_a_message_that_is_too_long_is_not_even_read(folder: Path, desk: FakeDesk) -> None:
    with Raw(folder, says_hello=True) as raw:
        raw.socket.sendall(wire.LENGTH.pack(wire.MOST_REQUEST + 1))
        assert "too long" in raw.hear()["text"]
        assert raw.is_dropped()
    assert is_served(folder)


# ---- clients that stall, leave or crowd ----


@pytest.mark.parametrize("said", [b"", b"\x00", wire.LENGTH.pack(50) + b'{"kind": '])
def test_who_says_half_a_message_is_dropped_in_time_and_others_are_served(folder: Path, said: bytes) -> None:
    desk = FakeDesk()
    with serving(folder, desk, QUICK), Raw(folder) as raw, Raw(folder, says_hello=True) as welcome:
        raw.socket.sendall(said)
        welcome.socket.sendall(said)
        assert is_served(folder)
        assert raw.is_dropped()
        assert welcome.is_dropped()
    assert not desk.notes


@pytest.mark.parametrize("said", [b"", b"\x00", wire.LENGTH.pack(50) + b"{", wire.LENGTH.pack(2**32 - 1)])
def test_who_hangs_up_in_the_middle_leaves_no_trace(folder: Path, desk: FakeDesk, said: bytes) -> None:
    with Raw(folder, says_hello=True) as raw:
        raw.socket.sendall(said)
    assert is_served(folder)
    assert not desk.notes


def test_who_hangs_up_before_the_answer_has_the_command_done_all_the_same(folder: Path, desk: FakeDesk) -> None:
    with Raw(folder, says_hello=True) as raw:
        body = wire.packed(wire.Ask("a-1", "Cancel", {"target_id": "P-0001"}))
        raw.socket.sendall(body)
    until(lambda: desk.taken, "command")
    with DeskClient(folder) as client:
        assert client.receipt("a-1") == Receipt("a-1", True, "", "done")


def test_who_does_not_read_its_answers_is_dropped_and_others_are_served(folder: Path) -> None:
    large = FakeDesk(replace(MAIN, pairs=MAIN.pairs * 400))
    with serving(folder, large, QUICK), Raw(folder, says_hello=True) as raw:
        raw.socket.sendall(wire.packed(wire.AskPicture()))
        assert is_served(folder)
        until(raw.is_hung_up, "end of patience")
        assert is_served(folder)
    assert large.drawn == 1
    assert not large.notes


def test_no_more_than_so_many_clients_are_served_at_a_time(folder: Path, desk: FakeDesk) -> None:
    clients = [Raw(folder, says_hello=True) for _ in range(MOST_CLIENTS)]
    with pytest.raises(FailedError, match="talks to 16 other terminals: try again"):
        DeskClient(folder)
    clients.pop().close()
    until(lambda: _is_free(folder), "place")
    for client in clients:
        client.close()


def _is_free(folder: Path) -> bool:
    try:
        return is_served(folder)
    except FailedError:
        return False


def test_a_process_of_another_user_is_hung_up_on(folder: Path) -> None:
    with serving(folder, FakeDesk(), uid=lambda: os.getuid() + 1) as desk:
        with Raw(folder) as raw:
            assert raw.is_dropped()
        assert not desk.taken


def test_a_mistake_in_answering_one_client_is_told_and_hurts_no_other(folder: Path) -> None:
    desk = FakeDesk()

    def broken(command: Command) -> Receipt | None:
        raise ZeroDivisionError("planted")

    with serving(folder, desk, replace(QUICK, idle=10)), Raw(folder, says_hello=True) as other:
        desk.on_command = broken
        with DeskClient(folder, 0.3) as client, pytest.raises(FailedError, match="look with cockpit orders"):
            client.send(ORDER)
        desk.on_command = lambda command: Receipt(command.id, True, "", "done")
        assert other.ask(_ask())["receipt"]["is_done"]
    assert desk.notes == ["alarm: a terminal was dropped: ZeroDivisionError: planted"]
    assert [command.id for command in desk.taken] == ["socket-p-1", "socket-a-1"], "what was asked again is done once"
