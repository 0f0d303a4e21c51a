"""What is typed about orders in another terminal: what reaches the desk, what comes back, and the exit codes."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.core.commands import Amend, Bid, Cancel, Command, Enter, Pause, Place, Split
from cockpit.core.entry import EntryKind
from cockpit.core.frame_orders import EntryRow, LimitRow, PreviewRow, Receipt
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE, USD
from cockpit.link.client import DeskClient
from tests.frames import AT, CPI, GAME, MAIN, RATES, SNOW, WORKING
from tests.link.served import FakeDesk, serving
from tests.said import Said

TOKENS = {"m-rates": ("111", "112"), "m-cpi": ("211", "212"), "m-game": ("311", "312"), "m-snow": ("411", "412")}
PAIRS = tuple(replace(pair, tokens=TOKENS[pair.market_id]) for pair in (RATES, CPI, GAME, SNOW))
SPLIT = replace(
    WORKING, algorithm="TWAP", style="take", at_end="cross", vwap=3540, average=3530, arrival=3500, ends_at_ms=AT
)
ENTRY = EntryRow(
    *("E-0001", "m-rates", "rates-dec-cut", "maker-maker", 20 * SHARE, (4600, 5200), ("Yes", "No")),
    *((8 * SHARE, 0), 400_000, ParentState.WORKING, "", ("P-0002", "P-0003")),
)
FRAME = replace(MAIN, pairs=PAIRS, parents=(SPLIT, *MAIN.parents[1:]), entries=(ENTRY,))
PLACE = ["place", "--market", "rates-dec-cut", "--side", "buy", "--size", "20", "--limit", "0.31"]
SPLITS = ["split", "--market", "rates-dec-cut", "--side", "buy", "--total", "1000", "--limit", "0.55"]
ENTER = ["enter", "--market", "rates"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FakeDesk]:
    with serving(tmp_path / "state" / "practice", FakeDesk(FRAME)) as served:
        yield served


def _sent(desk: FakeDesk) -> Command:
    """Return the one command that arrived, without the id it was given."""
    (command,) = desk.taken
    assert command.id.startswith("socket-cli-")
    return replace(command, id="")


def _with(arguments: list[str], **options: str) -> list[str]:
    """Return a command line with some of its options changed, or added."""
    changed = list(arguments)
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if option in changed:
            changed[changed.index(option) + 1] = value
        else:
            changed += [option, value]
    return changed


# ---- what reaches the desk ----


def test_an_order_is_placed_as_it_was_typed(desk: FakeDesk, said: Said) -> None:
    assert said(*_with(PLACE, leg="no", type="GTC", life="1h30m"), "--post-only") == (0, "done\n", "")
    assert _sent(desk) == Place(
        "", "m-rates", Leg.NO, Side.BUY, 20 * SHARE, 3100, OrderType.GTC, post_only=True, life_s=5400
    )


@pytest.mark.parametrize(
    ("market", "leg", "found"),
    [
        ("Rates-Dec-Cut", "", ("m-rates", Leg.YES)),
        ("rates", "", ("m-rates", Leg.YES)),
        ("m-rates", "NO", ("m-rates", Leg.NO)),
        ("112", "", ("m-rates", Leg.NO)),
        ("112", "no", ("m-rates", Leg.NO)),
        ("chiefs", "bills", ("m-game", Leg.NO)),
        ("chiefs", "yes", ("m-game", Leg.YES)),
        ("311", "", ("m-game", Leg.YES)),
    ],
)
def test_a_market_is_its_name_a_beginning_of_it_its_id_or_an_asset_id(
    desk: FakeDesk, said: Said, market: str, leg: str, found: tuple[str, Leg]
) -> None:
    assert said(*_with(PLACE, market=market, **({"leg": leg} if leg else {})))[0] == 0
    sent = _sent(desk)
    assert isinstance(sent, Place)
    assert (sent.market_id, sent.leg) == found


def test_a_split_takes_what_is_not_typed_from_the_settings(
    desk: FakeDesk, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(*SPLITS)[0] == 0
    base = Split("", "m-rates", Leg.YES, Side.BUY, 1000 * SHARE, 5500, Algorithm.TWAP, 3_600_000)
    assert _sent(desk) == replace(base, style=Style.TOP, at_end=AtEnd.CROSS)
    desk.taken.clear()
    for name, value in (
        ("SPLITTING_STRATEGY", "ICEBERG"),
        ("COCKPIT_SPLIT_MINUTES", "0.5"),
        ("ENABLE_TOP_BIDDER", "false"),
        ("COCKPIT_AT_END", "leave"),
    ):
        monkeypatch.setenv(name, value)
    assert said(*SPLITS)[0] == 0
    iceberg = replace(base, algorithm=Algorithm.ICEBERG, window_ms=30_000, style=Style.REST, at_end=AtEnd.LEAVE)
    assert _sent(desk) == iceberg
    desk.taken.clear()
    typed = _with(SPLITS, algo="random", window="20m", min="10", max="30.5", style="rest", at_end="cancel")
    assert said(*typed)[0] == 0
    assert _sent(desk) == replace(
        *(base,),
        algorithm=Algorithm.RANDOM,
        window_ms=1_200_000,
        min_size=10 * SHARE,
        max_size=30_500_000,
        style=Style.REST,
        at_end=AtEnd.CANCEL,
    )
    desk.taken.clear()
    assert said(*_with(SPLITS, algo="vwap"))[0] == 0
    taking = _sent(desk)
    assert isinstance(taking, Split)
    assert taking.style is Style.TAKE


def test_a_bid_is_what_the_settings_say_unless_it_is_typed(
    desk: FakeDesk, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_ID", "212")
    monkeypatch.setenv("SIDE", "SELL")
    assert said("bid")[0] == 0
    assert _sent(desk) == Bid("", "m-cpi", Leg.NO, Side.SELL, 1000 * SHARE, 5500, 100 * SHARE, 3_600_000)
    desk.taken.clear()
    typed = ["--market", "rates", "--side", "buy", "--total", "50", "--limit", "0.4", "--show", "5", "--life", "2h"]
    assert said("bid", *typed, "--beyond", "stop")[0] == 0
    assert _sent(desk) == Bid(
        "", "m-rates", Leg.YES, Side.BUY, 50 * SHARE, 4000, 5 * SHARE, 7_200_000, stops_beyond=True
    )


RISKY = PreviewRow(
    *("", "", "", "", "E-0001 enter rates-dec-cut", "both legs together 0.98", "costs 19.6 USD, fees 0"),
    risk=("Yes alone: -0.2 USD if sold back now", "No alone: -0.4 USD if sold back now"),
    prices=(4600, 5200),
    shares=20 * SHARE,
)


def test_an_entry_says_what_one_leg_alone_means_and_is_sent_as_it_was_seen(desk: FakeDesk, said: Said) -> None:
    desk.preview = RISKY
    code, out, err = said(*ENTER, "--kind", "maker-taker", "--first", "no", "--budget", "20", "--confirm")
    assert (code, err) == (0, "")
    assert "Yes alone: -0.2 USD" in out
    assert out.endswith("done\n")
    kind = EntryKind.MAKER_TAKER
    assert _sent(desk) == Enter("", "m-rates", kind, Leg.NO, (4600, 5200), 20 * SHARE, 0, 600_000)
    assert replace(desk.weighed[0], id="") == Enter("", "m-rates", kind, Leg.NO, (0, 0), 0, 20 * USD, 600_000)


def test_without_a_terminal_an_entry_that_is_not_confirmed_is_not_sent(desk: FakeDesk, said: Said) -> None:
    desk.preview = RISKY
    code, out, err = said(*ENTER)
    assert code == 2
    assert "No alone: -0.4 USD" in out
    assert err == "cockpit: an entry can fill one leg alone: read that above, and give --confirm to send it\n"
    assert not desk.taken


class Person(io.StringIO):
    """Somebody at a terminal who types one line."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("line", "code"), [("y\n", 0), ("Y\n", 0), ("n\n", 3), ("\n", 3), ("", 3), ("yes\n", 3)])
def test_at_a_terminal_an_entry_is_sent_only_after_a_y(
    desk: FakeDesk, said: Said, monkeypatch: pytest.MonkeyPatch, line: str, code: int
) -> None:
    desk.preview = RISKY
    monkeypatch.setattr("sys.stdin", Person(line))
    found, out, err = said(*ENTER)
    assert found == code
    assert "type y to send it: " in out
    assert len(desk.taken) == (code == 0)
    assert err == ("" if code == 0 else "cockpit: not confirmed: nothing was sent\n")


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["cancel", "p-0007"], Cancel("", "P-0007")),
        (["cancel", "E-0001"], Cancel("", "E-0001")),
        (["cancel", "c-0023"], Cancel("", f"0x{23:064x}")),
        (["cancel", f"0x{22:064x}"], Cancel("", f"0x{22:064x}")),
        (["pause", "P-0007"], Pause("", "P-0007", is_on=True)),
        (["pause", "E-0001"], Pause("", "E-0001", is_on=True)),
        (["resume", "c-0022"], Pause("", "P-0007", is_on=False)),
        (["amend", "c-0022", "--limit", "0.36"], Amend("", "P-0007", 3600)),
        (["amend", "P-0123", "--limit", "0.36"], Amend("", "P-0123", 3600)),
    ],
)
def test_orders_are_changed_by_the_id_of_their_parent_their_label_or_their_own_id(
    desk: FakeDesk, said: Said, arguments: list[str], command: Command
) -> None:
    assert said(*arguments)[0] == 0
    assert _sent(desk) == command


def test_cancelling_works_whatever_else_is_set_wrong(
    desk: FakeDesk, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_DAILY_LOSS", "lots")
    code, out, err = said("cancel", "P-0007")
    assert (code, out) == (0, "done\n")
    assert "MAX_DAILY_LOSS" in err
    assert said(*PLACE)[0] == 2


# ---- what is typed wrong ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (_with(PLACE, market="rain"), "--market rain: there is no such market; there are"),
        (_with(PLACE, market="snow nyc"), "--market 'snow nyc': there is no such market; there are snow-nyc-nov, "),
        (_with(PLACE, market="c"), "--market c: that may be cpi-above-3 or chiefs-bills"),
        (_with(PLACE, market=""), "--market '': there is no such market"),
        (_with(PLACE, leg="Maybe"), "--leg Maybe: rates-dec-cut has Yes and No"),
        (_with(PLACE, market="chiefs"), "--leg is needed: chiefs-bills has Chiefs and Bills"),
        (_with(PLACE, market="112", leg="yes"), "--leg yes: the asset id of the market is No"),
        (_with(PLACE, side="hold"), "--side hold: give buy or sell"),
        (_with(PLACE, size="-20"), "--size -20: size '-20' must be above 0"),
        (_with(PLACE, size="nan"), "--size nan"),
        (_with(PLACE, size="1e3"), "--size 1e3"),
        (_with(PLACE, size="0"), "--size 0: give shares above 0"),
        (_with(PLACE, size="5.001"), "--size 5.001: give shares in hundredths, like 0.01"),
        (_with(PLACE, size="99999999999999"), "at most a billion"),
        (_with(PLACE, size="\x1b[2J"), "--size '\\x1b[2J'"),
        (_with(PLACE, limit="1.5"), "--limit 1.5: price '1.5' is above 1"),
        (_with(PLACE, limit="0.00001"), "finer than 4 decimals"),
        (_with(PLACE, type="ioc"), "--type ioc: give gtd, gtc, fak or fok"),
        (_with(PLACE, life="soon"), "--life soon: time 'soon' is not something like"),
        (_with(PLACE, life="0"), "--life 0: give a time above 0"),
        (_with(PLACE, life="5m", type="fak"), "--life 5m: a FAK order never rests: leave it out"),
        (PLACE[:-2], "--limit is needed; see cockpit place --help"),
        ([*PLACE, "now"], "place does not take 'now'; see cockpit place --help"),
        (_with(SPLITS, algo="pov"), "--algo pov: give twap, vwap, iceberg or random"),
        (_with(SPLITS, style="hide"), "--style hide: give take, rest or top"),
        (_with(SPLITS, at_end="wait"), "--at-end wait: give cross, leave or cancel"),
        (_with(SPLITS, min="0.001"), "--min 0.001"),
        (_with(SPLITS, window="1y"), "--window 1y"),
        (["bid"], "--market is needed, or an asset id in TOKEN_ID"),
        (["bid", "--market", "rates", "--beyond", "jump"], "--beyond jump: give rest or stop"),
        ([*ENTER, "--kind", "taker-maker"], "--kind taker-maker: give maker-maker"),
        ([*ENTER, "--budget", "5", "--size", "5"], "--budget and --size: give one of them"),
        ([*ENTER, "--budget", "0"], "--budget 0: give USD above 0"),
        ([*ENTER, "--first", "no"], "--first goes with --kind maker-taker"),
        ([*ENTER, "--kind", "maker-taker", "--first", "x"], "--first x: rates-dec-cut has Yes and No"),
        ([*ENTER, "--yes", "1.2"], "--yes 1.2"),
        ([*ENTER, "--no", ""], "--no ''"),
        (["cancel", "zzz"], "ID zzz: there is no such order; there are E-0001, P-0007, c-0022, c-0023"),
        (["cancel", "c-0021"], "ID c-0021: c-0021 is filled already; there are"),
        (["pause", "0x000"], "ID 0x000: that may be c-0021, c-0022 or c-0023"),
        (["cancel"], "ID is needed; see cockpit"),
        (["cancel", "0x"], "ID 0x: give 4 characters of an order's id or more; there are "),
        (["orders", "--seed", "7.5"], "--seed 7.5: give a whole number, 0 or more"),
        (
            [*SPLITS, "--window", "-5m"],
            "--window needs a value behind it; one that begins with - is written --window=VALUE",
        ),
        (_with(PLACE, size="1234567890123456"), "size '1234567890123456' has too many digits"),
        (["amend", "E-0001", "--limit", "0.4"], "ID E-0001: the prices of an entry stay as they were confirmed"),
        (["amend", "P-0007"], "--limit is needed; see cockpit amend --help"),
    ],
)
def test_whatever_is_typed_wrong_is_one_sentence_and_exit_code_2_and_nothing_is_sent(
    desk: FakeDesk, said: Said, arguments: list[str], words: str
) -> None:
    code, out, err = said(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert not desk.taken


def test_what_comes_from_a_setting_is_blamed_on_the_setting(
    desk: FakeDesk, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_ID", "999")
    assert "cockpit: TOKEN_ID 999: there is no such market; there are" in said("bid")[2]
    desk.refuse("BAD_PRICE", "price 0.555 is not a multiple of 0.01", "limit")
    monkeypatch.setenv("LIMIT_PRICE", "0.555")
    code, _, err = said("bid", "--market", "rates")
    assert (code, err) == (2, "cockpit: LIMIT_PRICE 0.555: price 0.555 is not a multiple of 0.01\n")


def test_at_most_twelve_markets_are_named_those_first_that_are_most_alike(desk: FakeDesk, said: Said) -> None:
    desk.frame = replace(FRAME, pairs=tuple(replace(SNOW, market_id=f"m-{n}", name=f"rain-{n}") for n in range(16)))
    err = said(*_with(PLACE, market="rain7"))[2]
    assert "there are rain-7, " in err
    assert err.endswith(" and 4 more\n")
    assert err.count("rain-") == 12


# ---- what the desk says ----


@pytest.mark.parametrize(
    ("reason", "field", "code", "sentence"),
    [
        ("BAD_PRICE", "limit", 2, "--limit 0.31: because"),
        ("BAD_SIZE", "size", 2, "--size 20: because"),
        ("BAD_LIFE", "life", 2, "--life 10m: because"),
        ("UNKNOWN_MARKET", "market", 2, "--market rates-dec-cut: because"),
        ("BELOW_MINIMUM", "", 2, "because"),
        ("BALANCE", "", 3, "BALANCE because"),
        ("ORDER_SIZE", "size", 3, "ORDER_SIZE because"),
        ("HALTED", "", 5, "HALTED because"),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_refusal_has_its_exit_code_whether_it_was_sent_or_only_weighed(
    desk: FakeDesk, said: Said, reason: str, field: str, code: int, sentence: str, dry: list[str]
) -> None:
    desk.refuse(reason, "because", field)
    assert said(*_with(PLACE, life="10m"), *dry) == (code, "", f"cockpit: {sentence}\n")
    assert bool(desk.taken) is not bool(dry)


def test_a_refusal_about_an_option_without_a_value_begins_with_it(desk: FakeDesk, said: Said) -> None:
    desk.refuse("BAD_TYPE", "a FOK order never rests", "post-only")
    assert said(*_with(PLACE, type="fok"), "--post-only") == (2, "", "cockpit: --post-only: a FOK order never rests\n")


def test_a_refusal_about_an_id_begins_with_it(desk: FakeDesk, said: Said) -> None:
    desk.refuse("UNKNOWN_ID", "no open parent P-0099", "id")
    assert said("pause", "P-0099") == (2, "", "cockpit: ID P-0099: no open parent P-0099\n")


def test_a_dry_run_says_what_would_be_done_and_sends_nothing(desk: FakeDesk, said: Said) -> None:
    limits = (LimitRow("one leg", 20 * SHARE, 5000 * SHARE, False), LimitRow("cash", 9 * USD, 8 * USD))
    desk.preview = replace(desk.preview, plan="10 children of 100", profile="volume profile: even", limits=limits)
    code, out, err = said(*SPLITS, "--dry-run")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "not sent: as typed",
        "  rests",
        "  costs at most 46 USD",
        "  10 children of 100",
        "  volume profile: even",
        "  limits it would use in the worst case:",
        "    one leg  20 of 5000 shares",
        "    cash     9 of 8 USD  OVER",
    ]
    assert not desk.taken
    found = json.loads(said(*SPLITS, "--dry-run", "--json")[1])
    assert (found["sent"], found["would_be_done"], found["plan"]) == (False, True, "10 children of 100")
    assert found["limits"][0] == {"name": "one leg", "used": "20", "limit": "5000", "unit": "shares"}


def test_for_programs_there_is_one_object_whatever_comes_of_it(desk: FakeDesk, said: Said) -> None:
    desk.on_command = lambda command: Receipt(command.id, True, "", "P-0009 buy 20 Yes")
    found = json.loads(said(*PLACE, "--json")[1])
    assert (found["done"], found["id"], found["text"]) == (True, "P-0009", "P-0009 buy 20 Yes")
    desk.preview = RISKY
    code, out, err = said(*ENTER, "--json", "--confirm")
    assert (code, json.loads(out)["risk"]) == (0, list(RISKY.risk))
    assert "Yes alone" in err
    desk.refuse("BAD_PRICE", "because", "limit")
    code, out, err = said(*PLACE, "--json")
    found = json.loads(out)
    assert (code, found["done"], found["reason"], found["field"]) == (2, False, "BAD_PRICE", "limit")
    assert err == "cockpit: --limit 0.31: because\n"


def test_orders_are_listed_with_progress_benchmarks_and_slices(desk: FakeDesk, said: Said) -> None:
    code, out, err = said("orders")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == (
        "E-0001  working  maker-maker rates-dec-cut: 8/20 Yes <= 0.46 + 0/20 No <= 0.52, locks 0.4 USD (P-0002, P-0003)"
    )
    assert re.split(" {2,}", lines[2]) == [
        *("P-0007", "buy No cpi-above-3 <= 0.37 TWAP take", "60/200", "0.353", "0.35", "0.354"),
        *("+0.003", "2 of 6", "13s", "working"),
    ]
    assert lines[3] == "  c-0022  partially filled  20/34 at 0.36"
    assert lines[5] == "ended:"
    desk.frame = replace(FRAME, parents=(), entries=(), header=replace(MAIN.header, halted="by a person"))
    assert said("orders")[1] == "HALTED: by a person\n"
    desk.frame = replace(FRAME, parents=(), entries=())
    assert said("orders")[1] == "no orders\n"


def test_orders_for_programs_are_decimal_texts(desk: FakeDesk, said: Said) -> None:
    found: dict[str, Any] = json.loads(said("orders", "--json")[1])
    parent, entry = found["parents"][0], found["entries"][0]
    assert {name: parent[name] for name in ("size", "filled", "average", "arrival", "vwap", "slippage")} == {
        "size": "200",
        "filled": "60",
        "average": "0.353",
        "arrival": "0.35",
        "vwap": "0.354",
        "slippage": "0.003",
    }
    assert (parent["slippage_to_vwap"], parent["slice"], parent["slices"]) == ("-0.001", 2, 6)
    assert (parent["next_slice_in_ms"], parent["state"]) == (13_000, "working")
    assert [order["label"] for order in parent["orders"]] == ["c-0021", "c-0022", "c-0023"]
    assert (entry["filled"], entry["limits"], entry["locks"]) == (["8", "0"], ["0.46", "0.52"], "0.4")


# ---- no desk ----


@pytest.mark.parametrize("arguments", [PLACE, ENTER, ["orders"], ["cancel", "P-0001"]])
def test_without_a_desk_the_exit_code_is_4_and_the_sentence_says_what_to_start(
    said: Said, tmp_path: Path, arguments: list[str]
) -> None:
    folder = tmp_path / "state" / "practice"
    assert said(*arguments) == (4, "", f"cockpit: no desk runs on {folder}; start cockpit or cockpit serve\n")


def test_a_desk_on_another_account_is_named(said: Said, tmp_path: Path) -> None:
    with serving(tmp_path / "state" / "practice-7", FakeDesk(FRAME)) as desk:
        assert said("orders")[2].endswith("; one runs on practice-7: give its --seed\n")
        assert said(*PLACE, "--seed", "7")[0] == 0
        assert len(desk.taken) == 1


def test_a_desk_that_has_no_socket_yet_is_told_from_none(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.place._is_cockpit", lambda pid: True)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "practice.holder").write_text(f"process {os.getppid()} (desk), since 12:00\n")
    code, _, err = said("orders")
    assert code == 4
    assert f"takes no commands (yet): process {os.getppid()} (desk), since 12:00" in err


def test_a_desk_that_does_not_answer_is_a_failure_that_says_what_may_have_happened(
    desk: FakeDesk, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.on_command = lambda command: None
    monkeypatch.setattr("cockpit.ordering.talk.DeskClient", lambda folder: DeskClient(folder, 0.2))
    code, out, err = said(*PLACE)
    assert (code, out) == (1, "")
    assert err == (
        "cockpit: the desk has not answered in 0.2 s; it may have been done all the same: look with cockpit orders\n"
    )
