"""What each pane says, as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame import Frame
from cockpit.core.market import Leg, Side
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.ui.details import detail_rows
from cockpit.ui.differences import difference_rows
from cockpit.ui.panes import book, delta, orders, positions, suggestions
from cockpit.ui.readers import help_rows, journal_rows
from cockpit.ui.rows import Rows, plain, width_of
from tests import frames as f
from tests.ui import trouble as t
from tests.ui import wanted as n
from tests.ui.stage import Stage, play


def lines(rows: Rows) -> list[str]:
    return plain(rows).split("\n")


def test_positions_show_the_venues_outcomes_and_every_sign() -> None:
    assert lines(positions.rows(f.MAIN, 78)) == [
        "positions 4 pairs held",
        "PAIR                 FIRST LEG   SECOND LEG    DELTA  COST   LOCKED      P&L",
        "rates-dec-cut        Yes     400 No      400       0  0.97   +12.00   +12.00",
        "cpi-above-3          Yes     250 No      110    +140  0.97    +3.30    -1.75 !",
        "eth-5k-2026          Yes       0 No      300    -300    --  -264.00    +6.00 !",
        "chiefs-bills         Chi…  120.5 Bil…  120.5       0 0.985    -1.81    +2.40",
        "snow-nyc-nov         Yes  @ 0.13 No   @ 0.88",
        "total of 4                                      -160        -250.51   +18.65",
    ]


def test_what_is_wrong_with_a_pair_is_a_sign_or_words() -> None:
    narrow = [line[-1] for line in lines(positions.rows(f.ODD, 78))[2:7]]
    assert narrow == ["S", "X", "H", "~", "="]
    wide = plain(positions.rows(f.ODD, 118))
    for said in ("STALE 7s", "CROSSED", "HALTED", "~ no bids", "Yes won", "400 @ 0.46"):
        assert said in wide


def test_empty_panes_say_what_to_do_next() -> None:
    assert positions.rows(f.NOTHING, 78).empty == "no markets yet - the desk is asking the venue for them"
    assert positions.rows(f.EMPTY, 78).note == "no pair is held"
    assert suggestions.rows(f.EMPTY, 78).empty == "no pair is held, so none is out of balance"
    assert "nothing working" in orders.rows(f.EMPTY, 78).empty
    assert "no positions" in delta.rows(f.EMPTY, 78, 2).empty
    assert book.rows(f.NOTHING, "", 78, 20).empty == "choose a pair: 1, then j and k"
    assert "no book yet" in book.rows(f.EMPTY, "m-snow", 78, 20).empty
    balanced = replace(f.MAIN, suggestions=())
    assert suggestions.rows(balanced, 78).empty == "balanced: worst delta -300 (eth-5k-2026), soft limit 150"
    after = replace(balanced, pairs=(f.RATES, f.GAME))
    again = "balanced - nothing to do (cockpit --new starts a fresh practice market)"
    assert suggestions.rows(after, 78).empty == again
    for other in (replace(after, parents=()), replace(after, header=f.header(mode="live"))):
        assert suggestions.rows(other, 78).empty.startswith("balanced: worst")


def test_the_book_shows_both_legs_and_marks_our_orders() -> None:
    text = plain(book.rows(f.MAIN, "m-rates", 42, 15))
    assert text.split("\n") == [
        "book rates-dec-cut",
        "Yes      400 @ 0.46   No       400 @ 0.51",
        "   bid  price    ask     bid  price    ask",
        "         0.52 12,500           0.58     55",
        "         0.51  1,900           0.57    310",
        "         0.50    640           0.56  1,250",
        "         0.49    410     *40   0.55    700",
        "         0.48    100           0.54     90",
        "-- 2t  last 0.46 ---  -- 2t  last 0.54 ---",
        "    90   0.46            100   0.52",
        "   700   0.45 *40        410   0.51",
        " 1,250   0.44            640   0.50",
        "   310   0.43          1,900   0.49",
        "    55   0.42         12,500   0.48",
        "age 0.2s  in step    *40 our own orders",
    ]


def test_an_own_order_the_venue_does_not_show_has_a_line_all_the_same() -> None:
    ladder = replace(f.ETH_LADDER, own={(Leg.YES, Side.BUY, 850): 25 * SHARE})
    frame = replace(f.MAIN, ladders={"m-eth": ladder})
    assert "   0 0.085 *25   +10.50 L" in plain(book.rows(frame, "m-eth", 42, 15))
    even = replace(frame, pairs=(replace(f.ETH, completion=None),))
    assert "     0  0.085 *25" in plain(book.rows(even, "m-eth", 42, 15))


def test_ticks_of_a_tenth_of_a_cent_have_three_decimals() -> None:
    text = plain(book.rows(f.MAIN, "m-game", 78, 20))
    assert "0.311" in text
    assert "1t  last 0.310" in text
    assert "Chiefs" in text
    assert "Bills" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_stale": True, "book_age_ms": 7_300}, "STALE 7s"),
        ({"is_crossed": True}, "CROSSED"),
        ({}, "age 0.2s"),
    ],
)
def test_the_book_says_how_old_it_is(changes: dict[str, object], words: str) -> None:
    pair = replace(f.RATES, **changes)  # type: ignore[arg-type]
    frame = replace(f.MAIN, pairs=(pair,))
    assert lines(book.rows(frame, "m-rates", 42, 15))[-1].startswith(words)


def test_a_book_out_of_step_says_so() -> None:
    frame = replace(f.MAIN, ladders={"m-rates": replace(f.RATES_LADDER, synced=False)})
    assert "out of step" in lines(book.rows(frame, "m-rates", 78, 15))[-1]


def test_suggestions_say_what_and_why() -> None:
    text = lines(suggestions.rows(f.MAIN, 96))
    assert text[0] == "suggestions 1 open - a approves"
    assert text[1].split() == ["#", "PAIR", "ACTION", "WHY", "GAIN", "DELTA"]
    assert text[2:] == [
        " 1 eth-5k-2026        buy 300 Yes <= 0.11            Yes short 300         +5.88       -300 to 0",
        " 2 cpi-above-3        working as P-0007                                    +2.80       +140 to 0",
        " 3 chiefs-bills       hold                           gain -0.004 a sha…                        0",
    ]
    assert "hold: gain -0.004" in plain(suggestions.rows(f.MAIN, 78))
    held = replace(f.GAME_HOLD, option=f.ETH_BUY, delta_before=40 * SHARE)
    assert lines(suggestions.rows(replace(f.MAIN, suggestions=(held,)), 96))[2].endswith(" +40")
    assert suggestions.rows(f.HALTED, 96).note == "1 open - halted"
    assert suggestions.rows(f.MAIN, 96, is_gone=True).note == "1 open - the desk has stopped"


def test_a_suggestion_that_another_order_holds_up_says_which() -> None:
    waits = replace(f.CPI_WORKING, state="waiting", parent_id="P-0009")
    assert suggestions.action_words(waits) == "waits for P-0009"
    assert suggestions.why_nothing(f.MAIN, waits) == "waits for P-0009"
    assert suggestions.chosen(replace(f.MAIN, suggestions=(waits,)), waits.market_id, "") == waits


def test_orders_show_progress_and_their_children() -> None:
    text = lines(orders.rows(f.MAIN, 78, unfolded={"P-0007"}))
    assert text[0] == "orders 1 working  2 ended"
    assert text[2:5] == [
        "-P-0007  cpi-above-3 buy No      60 /   200 [#.....] +0.0030 2/6 next in 13s",
        "  c-0021 FAK         0.35        40 /    40 [######]         filled",
        "  c-0022 FAK         0.36        20 /    34 [###...]         partially filled",
    ]
    wide = plain(orders.rows(f.MAIN, 116))
    assert "2/6 next in 13s" in wide
    assert "stopped: the bid is below the limit" in plain(orders.rows(f.MAIN, 140))
    paused = replace(f.MAIN, parents=(replace(f.WORKING, state=ParentState.PAUSED),))
    assert "paused  space resumes" in plain(orders.rows(paused, 116))
    assert orders.rows(paused, 116).note == "0 working  1 paused"


def test_progress_is_full_only_when_all_is_filled() -> None:
    assert orders.progress(999, 1000, 12) == "[#########.]"
    assert orders.progress(1000, 1000, 12) == "[##########]"
    assert orders.progress(0, 0, 12) == "[..........]"


@pytest.mark.parametrize("frame", [f.MAIN, f.ODD, f.EMPTY, f.FIRST, f.REPLAY, t.UNPROVEN, t.DIFFERENT, n.ENTERING])
@pytest.mark.parametrize("width", [73, 78, 96, 107, 108, 118, 160])
def test_no_row_is_wider_than_its_pane(frame: Frame, width: int) -> None:
    built = [positions.rows(frame, width), suggestions.rows(frame, width), orders.rows(frame, width)]
    built.append(orders.rows(frame, width, unfolded={parent.id for parent in frame.parents}))
    built += [delta.rows(frame, width, 2), delta.rows(frame, width, 1)]
    built += [book.rows(frame, pair.market_id, width, 18) for pair in frame.pairs]
    built += [difference_rows(frame, width)]
    for rows in built:
        for row in (*rows.head, *(entry.row for entry in rows.body), *rows.foot):
            assert width_of(row) <= width


def test_hostile_names_stay_text() -> None:
    evil = "[red]\x1b[2Jx\u202e[/red]"
    legs = (replace(f.RATES.legs[0], outcome=evil), f.RATES.legs[1])
    frame = replace(f.MAIN, pairs=(replace(f.RATES, name=evil, title=evil, legs=legs),))
    frame = replace(frame, suggestions=(replace(f.ETH_OPEN, name=evil, words=evil, outcome=evil),))
    children = tuple(replace(child, label=evil, reason=evil, type=evil) for child in f.WORKING.children)
    worked = replace(f.WORKING, name=evil, outcome=evil, reason=evil, children=children)
    entry = replace(n.ENTRY, name=evil, outcomes=(evil, evil), reason=evil, kind=evil, parents=("P-0007",))
    ended = replace(entry, id="E-0009", state=ParentState.STOPPED)
    offer = replace(n.OFFER, name=evil, outcomes=(evil, evil), kind=evil)
    frame = replace(frame, parents=(worked,), entries=(entry, ended), offers=(offer,))
    built = [positions.rows(frame, 118), suggestions.rows(frame, 118)]
    built += [orders.rows(frame, width, unfolded={"P-0007"}) for width in (78, 118)]
    built += [detail_rows("suggestions", suggestions.offer_key(offer), frame, 78)]
    built += [book.rows(frame, "m-rates", 78, 20), detail_rows("positions", "m-rates", frame, 78)]
    built += [detail_rows("suggestions", "m-eth", frame, 78), detail_rows("orders", "P-0007", frame, 78)]
    for rows in built:
        text = plain(rows)
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "[red][2Jx[/" in plain(built[0])


def test_details_tell_what_the_frame_knows() -> None:
    pair = plain(detail_rows("positions", "m-rates", f.MAIN, 78))
    assert "Will the central bank cut rates in December?" in pair
    assert "ends                in 3d 00:00:00" in pair
    suggestion = plain(detail_rows("suggestions", "m-eth", f.MAIN, 78))
    assert "sell 300 No at 0.90" in suggestion
    assert "buy 300 Yes at 0.10   <- this one" in suggestion
    order = plain(detail_rows("orders", "P-0007", f.MAIN, 78))
    assert "no answer, being looked up" in order
    assert f.WORKING.children[0].id in order
    assert plain(detail_rows("orders", f.WORKING.children[1].id, f.MAIN, 78)).count("c-00") == 1
    assert detail_rows("orders", "gone", f.MAIN, 78).empty == "this row is gone"


def test_the_total_is_of_the_rows_that_a_filter_shows() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("slash", *"m", "backspace", *"c")
        assert stage.app.cockpit_screen.pane("positions").keys == ("m-rates", "m-cpi", "m-game", "m-snow")
        assert "total of 3" in stage.text()
        await stage.press("p")
        total = next(line for line in stage.text().split("\n") if "total of 1" in line)
        assert "+140" in total
        await stage.press(*["backspace"] * 2, *"snow")
        assert "total" not in stage.text()

    play(script)


def test_help_and_journal() -> None:
    text = plain(help_rows("orders", {}, f.MAIN, 76))
    assert "K          HALT" in text
    assert "replay" not in text
    assert "x20" not in plain(help_rows("orders", {"halt": "f9"}, f.MAIN, 76))
    assert "f9         HALT" in plain(help_rows("orders", {"halt": "f9"}, f.MAIN, 76))
    assert "+ =        Faster" in plain(help_rows("orders", {}, f.REPLAY, 76))
    assert lines(journal_rows(f.MAIN, 76))[1] == "14:31:58  info     fill c-0022 20 @ 0.36"
    assert journal_rows(f.NOTHING, 76).empty == "nothing happened yet"
