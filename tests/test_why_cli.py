"""`cockpit why` in another terminal: for people and for programs, beside a desk and without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.gates import Measured
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order
from cockpit.core.units import SHARE
from cockpit.place import JOURNAL
from cockpit.storage.journal import DirectJournal
from cockpit.storage.store import Store
from tests.link.served import FakeDesk, serving
from tests.said import Said
from tests.ui.explained import ORDER, PAIR


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FakeDesk]:
    with serving(tmp_path / "state" / "practice", FakeDesk()) as served:
        yield served


def test_people_read_the_rule_what_blocks_and_what_would_change_it(desk: FakeDesk, said: Said) -> None:
    desk.why = PAIR
    code, out, err = said("why", "eth")
    assert (code, err) == (0, "")
    assert desk.asked == ["eth"]
    lines = out.splitlines()
    assert lines[0] == "m-eth  eth-5k-2026"
    assert "first gate closed       gain a share: -0.005, at least 0.02" in lines
    assert "would change it         a gain of 0.02 a share or more (is -0.005)" in lines
    assert "  bid / ask Yes         0.3 / 0.31, 1.2s old" in lines
    assert [line.split()[0] for line in lines if line.startswith(("  BLOCKS", "  closed"))] == ["BLOCKS", "closed"]
    desk.why = ORDER
    assert "decided                 23s ago" in said("why", "c-0022")[1].splitlines()


def test_programs_read_one_object(desk: FakeDesk, said: Said) -> None:
    desk.why = PAIR
    found = json.loads(said("why", "eth", "--json")[1])
    assert (found["kind"], found["first_blocking"], found["decided_ms"]) == ("pair", "gain a share", None)
    assert found["inputs"][2] == {"name": "bid / ask Yes", "value": "0.3 / 0.31", "age_ms": 1200}
    assert [gate["name"] for gate in found["gates"] if not gate["open"]] == ["gain a share", "approved by the rule"]
    desk.why = ORDER
    assert json.loads(said("why", "c-0022", "--json")[1])["first_blocking"] is None


def test_what_is_not_known_is_one_sentence_that_names_it_and_exit_code_2(desk: FakeDesk, said: Said) -> None:
    desk.why = replace(ORDER, problem="there is no such thing; there are P-0001")
    assert said("why", "P-0009") == (2, "", "cockpit: ID P-0009: there is no such thing; there are P-0001\n")


def test_what_nobody_should_store_or_show_never_reaches_the_desk(desk: FakeDesk, said: Said) -> None:
    for text in ("x" * 500, "a\x1bb"):
        code, out, err = said("why", text)
        assert (code, out) == (2, "")
        assert err.endswith("give an id, a label or a name of at most 200 characters that can be shown\n")
    assert not desk.asked


def test_without_a_desk_and_a_journal_the_exit_code_is_4(said: Said, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "practice"
    assert said("why", "c-0001") == (4, "", f"cockpit: no desk runs on {folder}; start cockpit or cockpit serve\n")
    assert not folder.exists()


def test_without_a_desk_the_journal_tells_what_was_decided_and_is_left_as_it_was(said: Said, tmp_path: Path) -> None:
    path = tmp_path / "state" / "practice" / JOURNAL
    journal = DirectJournal(Store(path))
    for fact in (
        ev.MarketListed(1, Market("m", "harbour", "Harbour", ("1", "2"))),
        ev.Decided(2, "0xabcd", "order", "m", "sent", (Measured("order size", True, SHARE, 2 * SHARE),)),
        ev.OrderSending(2, Order("0xabcd", "c-0001", "", "m", Leg.YES, Side.BUY, 4800, SHARE)),
    ):
        journal.append(fact)
    journal.close()
    before = path.read_bytes()
    code, out, err = said("why", "c-0001")
    assert code == 0
    assert "buy 1 Yes harbour" in out
    assert "order size              1 shares, limit 2 shares" in out
    assert err.endswith("this is what its journal says\n")
    assert said("why", "c-0002")[0] == 2
    assert said("why", "harbour")[0] == 4, "what holds now only a desk knows"
    assert path.read_bytes() == before
