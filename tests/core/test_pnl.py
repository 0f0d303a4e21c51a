from __future__ import annotations

from fractions import Fraction

from hypothesis import given

from cockpit.core.book import Book
from cockpit.core.market import Leg, Side
from cockpit.core.pnl import Mark, mark
from cockpit.core.position import Position
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import book, books, held, levels, positions


def brute_force(position: Position, book_now: Book) -> tuple[Fraction, bool]:
    """Return the exact value and whether the bids take everything."""
    leg = Leg.YES if position.delta > 0 else Leg.NO
    left, value = abs(position.delta), Fraction(position.matched)
    bids = dict(book_now.bids) if leg is Leg.YES else {PRICE_ONE - price: size for price, size in book_now.asks.items()}
    while left and bids:
        best = max(bids)
        size = min(left, bids.pop(best))
        value, left = value + Fraction(size * best, PRICE_ONE), left - size
    return value, not left


@given(positions(), books())
def test_the_mark_is_what_selling_into_the_bids_would_bring_rounded_down(position: Position, book_now: Book) -> None:
    value, is_full = brute_force(position, book_now)
    assert mark(position, book_now) == Mark(int(value // 1), is_full)


@given(positions(), books())
def test_the_mark_lies_between_the_matched_pairs_and_every_share_winning(position: Position, book_now: Book) -> None:
    value = mark(position, book_now).value
    assert position.matched <= value <= max(position.yes.shares, position.no.shares)


@given(positions())
def test_without_a_usable_book_only_matched_pairs_are_worth_anything(position: Position) -> None:
    lost = book([(5_000, 10**12)], [(5_100, 10**12)])
    lost.lose()
    expected = Mark(position.matched, is_full=position.delta == 0)
    assert mark(position, None) == mark(position, lost) == mark(position, Book("m")) == expected


def test_no_bid_is_worth_nothing_and_is_flagged() -> None:
    excess_of_no = held("2", "0.5", "10", "0.5")
    no_no_bids = book(bids=levels(("0.4", "100")))
    assert no_no_bids.levels(Leg.NO, Side.BUY) == ()
    assert mark(excess_of_no, no_no_bids) == Mark(2 * USD, is_full=False)


def test_a_thin_book_counts_what_it_takes_and_flags_the_rest() -> None:
    excess_of_yes = held("10", "0.48", "6", "0.49")
    thin = book(bids=levels(("0.52", "1"), ("0.50", "2")))
    assert mark(excess_of_yes, thin) == Mark(6 * SHARE + 520_000 + 1_000_000, is_full=False)


def test_the_best_level_alone_and_several_levels_agree() -> None:
    excess_of_no = held("0", "0.5", "7", "0.5")
    one = book(asks=levels(("0.4", "7")))
    assert mark(excess_of_no, one) == Mark(4_200_000, is_full=True)
    two = book(asks=levels(("0.4", "3"), ("0.41", "4")))
    assert mark(excess_of_no, two) == Mark(3 * 600_000 + 4 * 590_000, is_full=True)


def test_an_even_pair_needs_no_book() -> None:
    assert mark(held("6", "0.5", "6", "0.4"), None) == Mark(6 * USD, is_full=True)
