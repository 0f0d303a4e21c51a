"""Every fault the practice exchange can play, by name: what it does, and how often it does it in an ordinary drill.

A word of the kind `chance` is drawn on each occasion (a request, an event, a trade); one of the kind `time` happens by
itself, on average once in its interval. Durations in the meanings are bounds: each occurrence draws its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the rate of a word counts."""

    CHANCE = "chance"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Word:
    """One fault. `usual` is a rate as people write it: a chance from 0 to 1, or a mean interval."""

    name: str
    usual: str
    meaning: str

    @property
    def kind(self) -> Kind:
        """Return what its rate counts."""
        return Kind.TIME if self.usual[-1] in "smh" else Kind.CHANCE


WORDS: tuple[Word, ...] = (
    Word("post.lost", "0.03", "the order never reaches the exchange, and no answer comes"),
    Word("post.live_noack", "0.03", "the order is taken in, the answer is lost"),
    Word("post.late", "0.03", "no answer comes, and the order arrives 5 to 60 s after that"),
    Word("post.answer_500", "0.02", "the answer is 500, whether the order was taken in or not"),
    Word("post.answer_429", "0.02", "429 from the edge: the order did not get through, but nothing proves it"),
    Word("post.duplicated", "0.02", "the order is taken in, but the answer says it is a duplicate"),
    Word("post.surprising", "0.02", "the order is taken in, but the answer has a status nobody knows"),
    Word("post.reset", "0.02", "the connection breaks after the order was written; it may arrive shortly after"),
    Word("post.delayed", "0.03", "a marketable order is accepted, waits, and is matched 1 to 8 s later"),
    Word("post.slow", "0.03", "the order acts at once, its answer comes 1 to 6 s later: fills are told first"),
    Word("cancel.lost", "0.05", "the cancel never reaches the exchange, and no answer comes"),
    Word("cancel.done_noack", "0.05", "the cancel is carried out, the answer is lost"),
    Word("cancel.fill_race", "0.05", "an order fills, wholly or partly, just before its cancel; the answer is 200"),
    Word("cancel.answer_500", "0.04", "the answer is 500, whether the cancel was carried out or not"),
    Word("cancel.slow", "0.04", "the cancel arrives 2 to 7 s after it was sent"),
    Word("h2.goaway", "0.01", "the server closes the connection under any request, processed or not"),
    Word("get.lag", "0.05", "a read tells the state of up to 20 s ago"),
    Word("get.miss", "0.03", "looking up an order that exists finds nothing, for up to 30 s while it is new"),
    Word("get.page_shift", "0.05", "the list of fills misses one row, or repeats some, once"),
    Word("get.slow", "0.03", "a read takes 2 to 7 s"),
    Word("get.code", "0.03", "a read fails; one time in six all reads fail for 10 to 120 s, as without name service"),
    Word("ws.mute", "10m", "one market's events stop for 10 to 90 s, the connection stays up; then a fresh snapshot"),
    Word("ws.mute_all", "20m", "all events stop for 10 to 90 s, the connection stays up; then fresh snapshots"),
    Word("ws.drop", "0.01", "one event is lost; a lost change of a book is noticed and mended within 30 s"),
    Word("ws.dup", "0.02", "one event is told twice"),
    Word("ws.delay", "0.01", "one event is told up to 30 s late, others overtake it"),
    Word("ws.reorder", "0.02", "two events change places"),
    Word("ws.close", "15m", "the connection is down for 1 to 20 s; our own events of that time are told after it"),
    Word("ws.gap", "20m", "the connection is down for 2 to 30 s, what happened is never told; an order may fill"),
    Word("ws.half_open", "30m", "nothing arrives for 20 to 90 s, then the connection is found dead and comes up again"),
    Word("ws.flood", "20m", "a burst of 1,000 to 3,000 changes of levels that change nothing in the end"),
    Word("ws.crossed", "20m", "a book is shown crossed for 1 to 5 s"),
    Word("ws.nonsense", "20m", "a book is shown with nothing but 0.01 and 0.99 for 1 to 10 s"),
    Word("ws.far_print", "15m", "a trade is told far from where the book stands"),
    Word("trade.fail", "0.06", "a match fails: its fill is taken back out of the account, also after it was mined"),
    Word("trade.retrying", "0.06", "a match is tried again before it settles, for up to 20 s"),
    Word("trade.stuck", "0.02", "a match stays matched until the faults end"),
    Word("relay.lost", "0.05", "a merge or redemption never reaches the relayer, and no answer comes"),
    Word("relay.live_noack", "0.05", "a merge or redemption is taken in, the answer is lost"),
    Word("relay.fail", "0.08", "a merge or redemption is carried out in vain: nothing moves, and it says so"),
    Word("relay.slow", "0.08", "a merge or redemption takes 20 to 180 s"),
    Word("mode.restart", "60m", "90 s of 425 to everything, then 120 s post-only"),
    Word("mode.post_only", "60m", "120 s in which only post-only orders and cancels are taken"),
    Word("mode.cancel_only", "60m", "20 to 180 s in which only cancels are taken"),
    Word("mode.disabled", "60m", "20 to 120 s in which orders and cancels are answered by 503"),
    Word("market.tick", "15m", "a market's tick becomes finer, or coarser again"),
    Word("market.pause", "20m", "a market takes no orders for 10 to 120 s"),
    Word("market.resolve", "60m", "a market resolves and falls silent; its end is told 5 to 120 s later"),
    Word("market.start", "30m", "the game starts: the venue cancels our resting orders of a market"),
    Word("market.void", "90m", "a market resolves at 0.50 each"),
    Word("acct.balance", "20m", "half or all of what is free cannot be used for up to 60 s, though it is shown"),
    Word("acct.closed_only", "60m", "30 to 120 s in which only sales are taken"),
    Word("acct.banned", "90m", "10 to 60 s in which every order is refused: address banned"),
    Word("acct.key_revoked", "60m", "10 to 90 s in which every private request is answered by 401"),
    Word("foreign.order", "20m", "an order rests on the account that is not of the desk; its owner cancels it later"),
    Word("foreign.fill", "20m", "somebody else trades on the account"),
    Word("foreign.cancel_all", "40m", "somebody cancels every order of the account"),
    Word("clock.skew", "30m", "the venue's clock is off by up to 5 min for 20 to 120 s"),
)
"""The closed list."""
BY_NAME = {word.name: word for word in WORDS}
