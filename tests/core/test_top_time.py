"""The share of time at the top, against a replay that looks at every millisecond."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.parent import Algorithm, How, Parent, ParentState, Style
from cockpit.core.state import State
from cockpit.core.top_time import TopTime
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import NOW, market, order

LED, BEHIND = 5_000, 4_900
looks = st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=15)


def replayed(seen: list[tuple[int, bool]]) -> tuple[int, int]:
    """Return (watched, at the top): every millisecond counts as the newest look at or before its beginning saw it."""
    if not seen:
        return 0, 0
    moments = range(seen[0][0], seen[-1][0])
    newest = {at_ms: is_top for at_ms, is_top in seen}  # of several looks in one moment the last one holds
    led, was_top = 0, False
    for moment in moments:
        was_top = newest.get(moment, was_top)
        led += was_top
    return len(moments), led


@given(looks)
def test_each_stretch_counts_as_its_beginning_was_seen(waits: list[tuple[int, bool]]) -> None:
    time, seen, now = TopTime(), list[tuple[int, bool]](), NOW
    for wait, is_top in waits:
        now += wait
        seen.append((now, is_top))
        time.look(now, is_top=is_top)
        assert (time.watched_ms, time.top_ms) == replayed(seen)
        assert 0 <= time.top_ms <= time.watched_ms


@given(looks, looks)
def test_looking_more_often_than_anything_changes_counts_the_same(
    waits: list[tuple[int, bool]], more: list[tuple[int, bool]]
) -> None:
    seldom, often, now = TopTime(), TopTime(), NOW
    for wait, is_top in waits:
        for moment in sorted({now + extra for extra, _ in more if extra < wait}) if seldom.seen_ms is not None else ():
            often.look(moment, is_top=often.is_top)
        now += wait
        seldom.look(now, is_top=is_top)
        often.look(now, is_top=is_top)
    assert (often.watched_ms, often.top_ms) == (seldom.watched_ms, seldom.top_ms)


# ---- through the fold ----


def parent(leg: Leg, side: Side, algorithm: Algorithm = Algorithm.TOP, threshold: int = 0) -> Parent:
    how = How(style=Style.TOP, threshold=threshold)
    limit = PRICE_ONE - 100 if side is Side.BUY else 100
    return Parent("p1", "m", leg, side, 50 * SHARE, limit, algorithm, (), NOW + 10**6, NOW, how=how)


def ours(leg: Leg, side: Side, yes_price: int, name: str = "o1", parent_id: str = "p1") -> Order:
    price = yes_price if leg is Leg.YES else PRICE_ONE - yes_price
    made = order(name, leg=leg, side=side, price=price, size="10", order_type=OrderType.GTC)
    return replace(made, parent_id=parent_id)


class Watch:
    """A YES bid of ours (or a NO sale: the same), and others around it; keeps what is true at each moment."""

    def __init__(self, leg: Leg, side: Side, algorithm: Algorithm = Algorithm.TOP) -> None:
        self.state, self.now = State(), NOW
        apply(self.state, ev.MarketListed(NOW, market()))
        apply(self.state, ev.BookSnapshot(NOW, "m", ((BEHIND, 9 * SHARE),), ((6_000, 9 * SHARE),), NOW))
        apply(self.state, ev.ParentStarted(NOW, parent(leg, side, algorithm)))
        apply(self.state, ev.OrderSending(NOW, ours(leg, side, LED)))
        self.is_open = self.is_lost = False
        self.others = 0
        self.seen: list[tuple[int, bool]] = []

    @property
    def is_top(self) -> bool:
        return self.is_open and not self.is_lost and not self.others

    def do(self, what: str, wait: int) -> None:
        self.now += wait
        if what == "open":
            apply(self.state, ev.OrderMoved(self.now, "o1", OrderState.OPEN))
            self.is_open = True
        elif what == "outbid" or what == "back":
            self.others = 9 * SHARE if what == "outbid" else 0
            apply(self.state, ev.LevelsChanged(self.now, "m", ((0, LED + 100, self.others),), self.now))
        elif what == "lost":
            apply(self.state, ev.BookLost(self.now, "m"))
            self.is_lost = True
        else:
            bids = ((BEHIND, 9 * SHARE), (LED, 10 * SHARE), (LED + 100, self.others))
            apply(self.state, ev.BookSnapshot(self.now, "m", bids, ((6_000, SHARE),), self.now))
            self.is_lost = False
        self.seen.append((self.now, self.is_top))


@given(
    st.sampled_from([(Leg.YES, Side.BUY), (Leg.NO, Side.SELL)]),
    st.sampled_from([Algorithm.TOP, Algorithm.TWAP, Algorithm.ICEBERG]),
    st.lists(
        st.tuples(st.sampled_from(["open", "outbid", "back", "lost", "found"]), st.integers(0, 900)),
        min_size=1,
        max_size=15,
    ),
    st.integers(0, 500),
)
def test_an_order_leads_while_it_is_there_nobody_is_before_it_and_the_book_is_whole(
    way: tuple[Leg, Side], algorithm: Algorithm, happens: list[tuple[str, int]], last: int
) -> None:
    watch = Watch(*way, algorithm)
    watch.do("found", 0)
    for what, wait in happens:
        watch.do(what, wait)
        time = watch.state.top_times["p1"]
        assert (time.watched_ms, time.top_ms) == replayed(watch.seen)
    end = watch.now + last
    apply(watch.state, ev.ParentMoved(end, "p1", ParentState.DONE, ""))
    time = watch.state.top_times["p1"]
    assert (time.watched_ms, time.top_ms) == replayed([*watch.seen, (end, False)])
    assert watch.state.pegged == {}
    apply(watch.state, ev.BookLost(end + 1_000, "m"))
    assert watch.state.top_times["p1"].watched_ms == time.watched_ms  # the end is the end


def test_others_below_the_threshold_take_nothing_from_the_lead_and_level_with_the_best_leads() -> None:
    for threshold, others_at, leads in ((0, LED + 100, False), (10 * SHARE, LED + 100, True), (0, LED, True)):
        state = State()
        apply(state, ev.MarketListed(NOW, market()))
        bids = ((others_at, 5 * SHARE + (10 * SHARE if others_at == LED else 0)),)
        apply(state, ev.BookSnapshot(NOW, "m", bids, ((6_000, SHARE),), NOW))
        apply(state, ev.ParentStarted(NOW, parent(Leg.YES, Side.BUY, threshold=threshold)))
        apply(state, ev.OrderSending(NOW, ours(Leg.YES, Side.BUY, LED)))
        apply(state, ev.OrderMoved(NOW, "o1", OrderState.OPEN))
        apply(state, ev.BookLost(NOW + 400, "m"))
        assert state.top_times["p1"].top_ms == (400 if leads else 0)


def test_another_order_of_ours_before_it_is_no_competition_and_no_lead_either() -> None:
    state = State()
    apply(state, ev.MarketListed(NOW, market()))
    apply(state, ev.BookSnapshot(NOW, "m", ((LED + 100, 10 * SHARE),), ((6_000, SHARE),), NOW))
    apply(state, ev.ParentStarted(NOW, parent(Leg.YES, Side.BUY)))
    apply(state, ev.OrderSending(NOW, ours(Leg.YES, Side.BUY, LED + 100, "else", "p9")))
    apply(state, ev.OrderMoved(NOW, "else", OrderState.OPEN))
    apply(state, ev.BookLost(NOW + 400, "m"))
    assert (state.top_times["p1"].watched_ms, state.top_times["p1"].top_ms) == (400, 0)


def test_what_is_not_pegged_is_not_watched() -> None:
    state = State()
    apply(state, ev.MarketListed(NOW, market()))
    plain = parent(Leg.YES, Side.BUY, Algorithm.LIMIT)
    apply(state, ev.ParentStarted(NOW, plain))
    apply(state, ev.BookSnapshot(NOW, "m", (), (), NOW))
    apply(state, ev.ParentMoved(NOW, "p1", ParentState.DONE, ""))
    assert not plain.is_pegged
    assert state.top_times == {}
