from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pairfills import Bids, Entry, entry, fills_of
from pairpaths import Event, Path_
from pairplay import Outcome, play
from pairrules import RULES, BestPrice, Hold, Ours
from pairtables import shortfall

from cockpit.core import events as ev
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import market

T0 = 1_700_000_000_000
ENDS = T0 + 600_000
BIDS = Bids(5_000, 4_900)
"""Of 25 USD at 0.50 + 0.49 each leg gets 25.25 shares."""
BID = 0


def book(after_ms: int, bid: int, bid_size: int, ask: int, ask_size: int = 100) -> ev.BookSnapshot:
    at = T0 + after_ms
    return ev.BookSnapshot(at, "m", ((bid, bid_size * SHARE),), ((ask, ask_size * SHARE),), at)


def level(after_ms: int, side: int, price: int, size: int) -> ev.LevelsChanged:
    at = T0 + after_ms
    return ev.LevelsChanged(at, "m", ((side, price, size * SHARE),), at)


def path(*events: Event, fee: int = 0, payout: int | None = 0) -> Path_:
    listed = market("m", fees=FeeSchedule(fee), closes_at_ms=ENDS)
    return Path_("m", listed, events, T0, ENDS, payout)


def begun(part: float = 0.0, after_ms: int = 0) -> Entry:
    """25.25 YES at 0.50, of NO at 0.49 only a part."""
    return Entry(T0 + after_ms, fills_of("m", BIDS, Leg.YES, part, T0 + after_ms))


def played(walked: Path_, begin: Entry) -> dict[str, Outcome]:
    found = play(walked, begin, (Hold(), BestPrice(), Ours("ours")), walked.last())
    return {outcome.rule: outcome for outcome in found}


def test_holding_pays_what_the_market_pays() -> None:
    quiet = (book(0, 5_000, 100, 5_100),)
    lost = played(path(*quiet, payout=0), begun(0.4))["hold"]
    # 25.25 x 0.50 and 10.10 x 0.49 were paid; NO pays for 10.10.
    assert lost.result == pytest.approx(10.10 - 12.625 - 4.949)
    won = played(path(*quiet, payout=PRICE_ONE), begun(0.4))["hold"]
    assert won.result == pytest.approx(25.25 - 12.625 - 4.949)
    assert lost.was_open
    assert not played(path(*quiet), begun(0.9))["hold"].was_open


def test_our_rule_walks_the_depth_and_pays_the_fee_where_the_best_price_alone_is_seen_without() -> None:
    rises = (book(0, 5_000, 100, 6_000), level(5_000, BID, 5_300, 6), level(6_000, BID, 5_800, 6))
    found = played(path(*rises, level(7_000, BID, 4_000, 1), fee=700), begun())
    # At 0.53 the fee of 0.0174 leaves too little. The other rule sells there, as much as there is; then at 0.58.
    fees = {price: FeeSchedule(700).taker(6 * SHARE, price) / 1e6 for price in (5_300, 5_800)}
    assert found["best price"].trades == 2
    assert found["best price"].filled == pytest.approx(12)
    assert found["best price"].result == pytest.approx(6 * 0.53 + 6 * 0.58 - sum(fees.values()) - 12.625)
    assert (found["ours"].trades, found["ours"].filled) == (1, 6)
    assert found["ours"].gain == pytest.approx(6 * 0.08 - fees[5_800])
    assert found["ours"].balanced_s is None


def test_an_order_meets_the_book_as_it_is_when_it_arrives() -> None:
    gone = (book(0, 5_000, 100, 6_000), level(5_000, BID, 5_600, 50), level(5_050, BID, 5_600, 0))
    assert played(path(*gone, level(5_300, BID, 4_000, 1)), begun())["ours"].trades == 0
    stays = (book(0, 5_000, 100, 6_000), level(5_000, BID, 5_600, 50), level(5_150, BID, 5_600, 0))
    found = played(path(*stays), begun())["ours"]
    assert (found.trades, found.filled) == (1, 25.25)
    assert found.balanced_s == pytest.approx(5.1)
    assert found.result == pytest.approx(25.25 * 0.06)
    assert found.spread == pytest.approx(25.25 * (0.58 - 0.56))


def test_what_was_taken_is_there_again_only_when_the_level_changes() -> None:
    thin = (book(0, 5_000, 100, 6_000), level(5_000, BID, 5_600, 10))
    noise = tuple(level(6_000 + 1_000 * n, BID, 4_000, n) for n in range(1, 20))
    once = played(path(*thin, *noise), begun())
    assert {rule: found.filled for rule, found in once.items()} == {"hold": 0, "best price": 10, "ours": 10}
    again = played(path(*thin, *noise, level(30_000, BID, 5_600, 12), level(31_000, BID, 4_000, 1)), begun())
    assert again["ours"].filled == 22


def test_nothing_is_done_in_the_last_minute_and_not_before_fills_are_confirmed() -> None:
    late = (book(0, 5_000, 100, 5_100), level(541_000, BID, 5_900, 50), level(542_000, BID, 5_900, 60))
    assert played(path(*late), begun())["ours"].trades == played(path(*late), begun())["best price"].trades == 0
    soon = (book(0, 5_900, 50, 6_000), book(1_000, 5_900, 50, 6_000), book(1_900, 4_000, 50, 6_000))
    assert played(path(*soon, book(9_000, 4_000, 60, 6_000)), begun())["ours"].trades == 0


def test_an_excess_that_waited_too_long_is_closed_at_a_loss_only_where_that_is_allowed() -> None:
    falls = tuple(book(1_000 * n, 4_500, 100 + n, 4_600) for n in range(60))
    patient, hasty = Ours("patient"), Ours("hasty", replace(RULES, max_unhedged_ms=30_000, max_loss=500))
    kept, closed = play(path(*falls), begun(), (patient, hasty), path(*falls).last())
    assert kept.trades == 0
    assert closed.balanced_s == pytest.approx(31.1)
    assert closed.result == pytest.approx(25.25 * -0.05)


def test_without_a_winner_the_excess_is_worth_what_its_bids_pay() -> None:
    walked = path(book(0, 5_000, 100, 5_100), book(5_000, 4_000, 10, 6_000), payout=None)
    # The NO leg of 10.10 is matched; of 15.15 YES the only bid takes 10.
    assert played(walked, begun(0.4))["hold"].result == pytest.approx(10.10 + 10 * 0.40 - 12.625 - 4.949)


def test_the_leg_that_the_market_passes_is_the_one_that_filled() -> None:
    falls = path(*(book(1_000 * n, 5_000 - 100 * (n > 500), 100, 5_100 - 100 * (n > 500)) for n in range(530)))
    found = entry(falls, "passed", "any")
    assert found is not None
    assert found.at_ms == T0 + 501_000
    assert found.position.yes.shares == 25_250_000 > found.position.no.shares
    quiet = path(*(book(1_000 * n, 5_000, 100, 5_100) for n in range(530)))
    assert entry(quiet, "passed", "any") is None


def test_the_worst_twentieth_is_averaged() -> None:
    assert shortfall(np.arange(40.0)) == 0.5
