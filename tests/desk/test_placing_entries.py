"""Entries are accepted only if, as far as can be said, the leg that follows could be sent as well."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core.commands import Enter, Preview
from cockpit.core.entry import EntryKind
from cockpit.core.frame_orders import Receipt
from cockpit.core.limits import Approved, Limits, Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench
from tests.desk.floor import bench, floor_of
from tests.desk.scenes import ask, by_hand, frame, told

NAMED = "rates"
"""An event that both markets of the bench are put in."""
STARTS_MS = 1_790_000_000_000
"""When the clock of a bench begins."""


def enter(kind: EntryKind = EntryKind.MAKER_TAKER, **changes: object) -> Enter:
    """Let 20 YES rest at 0.27, and take as many NO at 0.70 as have filled."""
    wanted: dict[str, object] = {"prices": (2700, 7000), "shares": 20 * SHARE, "life_ms": 600_000}
    return Enter("enter-1", MARKET.id, kind, **(wanted | changes))  # type: ignore[arg-type]


def answer_to(made: Bench, command: Enter) -> Receipt:
    """Start, ask for one entry, and end; nothing may have been sent if it was refused."""
    found: list[Receipt] = []

    async def story() -> None:
        task = await made.start()
        found.append(await ask(made, command, 2))
        assert bool(made.venue.placed) == found[0].is_done
        await made.stop(task)

    run(story())
    return found[0]


@pytest.mark.parametrize(
    ("kind", "life_ms", "is_taken"),
    [
        (EntryKind.MAKER_MAKER, 120_000, True),
        (EntryKind.MAKER_MAKER, 119_999, False),
        (EntryKind.MAKER_TAKER, 119_999, False),
    ],
)
def test_a_leg_that_rests_lives_as_long_as_the_venue_needs(kind: EntryKind, life_ms: int, is_taken: bool) -> None:
    prices = (3000, 6700) if kind is EntryKind.MAKER_MAKER else (2700, 7000)
    answer = answer_to(bench(), enter(kind, prices=prices, life_ms=life_ms))
    assert answer.is_done == is_taken
    if not is_taken:
        assert (answer.reason, answer.field) == (Reason.BAD_LIFE, "life")
        assert "lives at least 2m" in answer.text


@pytest.mark.parametrize(("most", "is_taken"), [(19_400_000, True), (19_399_999, False)])
@pytest.mark.parametrize("kind", [EntryKind.MAKER_TAKER, EntryKind.MAKER_MAKER])
def test_the_money_at_risk_in_both_legs_is_held_against_the_limit_together(
    kind: EntryKind, most: int, is_taken: bool
) -> None:
    prices = (3000, 6700) if kind is EntryKind.MAKER_MAKER else (2700, 7000)
    answer = answer_to(bench(limits=Limits(max_total_exposure=most)), enter(kind, prices=prices))
    assert answer.is_done == is_taken
    if not is_taken:
        assert answer.reason == Reason.EXPOSURE
        assert "19.4 USD at risk" in answer.text


@pytest.mark.parametrize(("most", "is_taken"), [(19_400_000, True), (19_399_999, False)])
def test_the_money_at_risk_in_both_legs_is_held_against_the_limit_of_the_event_together(
    most: int, is_taken: bool
) -> None:
    made = bench(limits=Limits(max_event_exposure=most))
    made.venue.listed = [replace(MARKET, event=NAMED), replace(OTHER, event=NAMED)]
    answer = answer_to(made, enter())
    assert answer.is_done == is_taken
    assert answer.reason == ("" if is_taken else Reason.EVENT_EXPOSURE)


@pytest.mark.parametrize(("cash", "is_taken"), [(56, True), (55, False)])
def test_a_second_leg_that_would_be_too_large_a_part_of_the_equity_refuses_the_entry(cash: int, is_taken: bool) -> None:
    made = bench()
    made.venue.cash = cash * USD
    answer = answer_to(made, enter())
    assert answer.is_done == is_taken
    assert answer.reason == ("" if is_taken else Reason.FAT_FINGER), "14 USD are a quarter of 56"


def test_a_second_leg_is_weighed_at_the_largest_child_it_could_send_not_as_a_whole() -> None:
    made = bench(limits=Limits(max_order_size=10 * SHARE))
    made.venue.cash = 40 * USD
    assert answer_to(made, enter()).is_done, "ten shares at 0.70 are 7 of 40 USD"


def test_a_second_leg_further_from_the_middle_than_allowed_refuses_the_entry() -> None:
    made = bench()
    floor_of(made).theirs = (((1000, 400 * SHARE),), ((4000, 400 * SHARE),))
    answer = answer_to(made, enter(prices=(900, 8700)))
    assert answer.reason == Reason.COLLAR


@pytest.mark.parametrize(("life_ms", "is_taken"), [(279_000, True), (281_000, False)])
def test_a_leg_that_follows_has_its_time_before_the_market_closes(life_ms: int, is_taken: bool) -> None:
    made = bench()
    made.venue.listed = [replace(MARKET, closes_at_ms=STARTS_MS + 400_000), OTHER]
    answer = answer_to(made, enter(life_ms=life_ms))
    assert answer.is_done == is_taken
    if not is_taken:
        assert (answer.reason, answer.field) == (Reason.BAD_WINDOW, "life")
        assert "can be traded for another 4m" in answer.text
        assert "the last 1m are kept to complete it" in answer.text


def test_legs_that_both_rest_may_use_all_the_time_there_is() -> None:
    made = bench()
    made.venue.listed = [replace(MARKET, closes_at_ms=STARTS_MS + 400_000), OTHER]
    assert answer_to(made, enter(EntryKind.MAKER_MAKER, prices=(3100, 6700), life_ms=338_000)).is_done


# ---- the cash of the leg that follows ----


def _bid_of(market_id: str, shares: int, price: int, parent_id: str = "P-0009", leg: Leg = Leg.YES) -> Order:
    return Order("0xnew", "c-9", parent_id, market_id, leg, Side.BUY, price, shares * SHARE)


def test_what_a_leg_is_still_to_take_is_kept_from_everybody_else() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        made.venue.cash = 30 * USD
        task = await made.start()
        assert (await ask(made, enter(), 2)).is_done
        check = made.desk.guard.check
        # 30 less 5.40 that rests and 14 that are to be taken: 10.60
        for market_id, price, fits, beyond in ((OTHER.id, 5000, 21, 22), (MARKET.id, 2000, 53, 54)):
            assert isinstance(check(_bid_of(market_id, fits, price), price), Approved)
            refused = check(_bid_of(market_id, beyond, price), price)
            assert isinstance(refused, Refused)
            assert refused.reason is Reason.BALANCE
        own = _bid_of(MARKET.id, 20, 7000, "P-0002", Leg.NO)
        assert isinstance(check(own, 7000), Approved), "it is kept for this one"
        await made.stop(task)

    run(story())


def test_what_a_leg_is_still_to_take_counts_as_money_at_risk_for_everybody_else() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_total_exposure=20 * USD))
        task = await made.start()
        assert (await ask(made, enter(), 2)).is_done
        check = made.desk.guard.check
        refused = check(_bid_of(OTHER.id, 5, 5000), 5000)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.EXPOSURE
        assert "21.9 USD at risk" in refused.detail
        assert isinstance(check(_bid_of(MARKET.id, 20, 7000, "P-0002", Leg.NO), 7000), Approved)
        await made.stop(task)

    run(story())


def test_nothing_is_kept_any_more_once_the_leg_has_been_taken() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        venue = floor_of(made)
        venue.cash = 30 * USD
        task = await made.start()
        assert (await ask(made, enter(), 2)).is_done
        venue.hit(venue.placed[0], 20)
        await asyncio.sleep(5)
        check = made.desk.guard.check
        assert isinstance(check(_bid_of(OTHER.id, 21, 5000), 5000), Approved), "10.60 are free, as before"
        assert isinstance(check(_bid_of(OTHER.id, 22, 5000), 5000), Refused)
        await made.stop(task)

    run(story())


def test_an_order_that_would_spend_what_the_leg_needs_is_refused_and_the_entry_completes() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        venue = floor_of(made)
        venue.cash = 30 * USD
        task = await made.start()
        assert (await ask(made, enter(), 2)).is_done
        answer = await ask(made, by_hand(shares=60, limit=3000))
        assert answer.reason == Reason.BALANCE
        venue.hit(venue.placed[0], 20)
        await asyncio.sleep(5)
        position = made.desk.state.position(MARKET.id)
        assert (position.yes.shares, position.no.shares) == (20 * SHARE, 20 * SHARE)
        assert not [text for text in told(made, "warning") if "not sent" in text]
        await made.stop(task)

    run(story())


# ---- legs that leave as one ----


def test_legs_that_are_taken_as_one_are_no_larger_than_the_largest_order() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_size=100 * SHARE))
        task = await made.start()
        command = enter(EntryKind.TAKER_TAKER, prices=(3400, 6300), shares=250 * SHARE)
        made.desk.submit(Preview("look", command))
        await asyncio.sleep(0.2)
        row = next(row for row in frame(made).previews if row.command_id == "look")
        answer = await ask(made, command)
        for reason, text, field in ((answer.reason, answer.text, answer.field), (row.reason, row.problem, row.field)):
            assert (reason, field) == (Reason.ORDER_SIZE, "size")
            assert "250 shares" in text
            assert "100" in text
        assert not made.venue.placed
        assert not made.desk.state.entries
        await made.stop(task)

    run(story())


def test_a_budget_that_comes_to_more_than_the_largest_order_is_refused_as_well() -> None:
    answer = answer_to(bench(), enter(EntryKind.TAKER_TAKER, prices=(3400, 6300), shares=0, budget=200 * USD))
    assert (answer.reason, answer.field) == (Reason.ORDER_SIZE, "budget")


def test_legs_that_are_taken_as_one_may_be_as_large_as_the_largest_order() -> None:
    assert answer_to(bench(), enter(EntryKind.TAKER_TAKER, prices=(3400, 6300), shares=100 * SHARE)).is_done


@pytest.mark.parametrize(
    ("kind", "prices"), [(EntryKind.MAKER_MAKER, (3100, 6700)), (EntryKind.MAKER_TAKER, (2700, 7000))]
)
def test_legs_that_rest_or_follow_may_be_larger_for_they_are_sent_in_parts(
    kind: EntryKind, prices: tuple[int, int]
) -> None:
    assert answer_to(bench(), enter(kind, prices=prices, shares=250 * SHARE)).is_done
