"""How many shares stand before a resting order of ours, as far as the public data tell. Pure.

What was at its level when it arrived is ahead. A trade at the level takes from the front. What else leaves the level
was cancelled somewhere in it: it is spread proportionally, and remembered as a range, for all of it may have stood
before us or behind us. A trade may be told before the level's change that it explains, or after it: then what was
taken for cancelled is counted as traded after all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LATE_MS = 2_000
"""A trade and its level's change are told within so long of each other; later one does not explain the other."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One resting order's place. Shares in 1/1,000,000."""

    arrived: int
    """Shares of others ahead when it arrived."""
    ahead: int
    """Estimate of the shares ahead now."""
    least: int
    """If everything that was cancelled had stood before it."""
    untraded: int
    """If nothing of it had: what was ahead on arrival, less every trade since."""
    held: int
    """No more than the level holds can be ahead: its total of others, less the trades behind that."""
    others: int
    """Shares of others at the level, as of its last change."""
    traded: int = 0
    """Traded at the level, and not seen in its total yet."""
    cancelled: int = 0
    """Of what was taken for cancelled, what a late trade may still explain."""
    cancelled_ahead: int = 0
    """How much of that was taken off `ahead`."""
    left_before: int = 0
    """What left the level before we were there, which a late trade may still explain."""
    own: int = 0
    """Other orders of ours at the level traded so much, and the trade is not told yet."""
    is_shown: bool = False
    """The level's total is known to hold our own shares."""
    is_first: bool = False
    """A part of it has traded: nobody is ahead any more."""
    told_ms: int = 0
    """When something came that other news may still explain."""

    @property
    def most(self) -> int:
        """The most there can be ahead."""
        return min(self.untraded, self.held)

    @property
    def confidence(self) -> int:
        """How narrow the range is against what was ahead on arrival, in 1/10,000: all of it when nothing was."""
        span = self.most - self.least
        return 10_000 if not span else max(0, 10_000 - span * 10_000 // max(self.arrived, span))


def joined(others: int) -> Queue:
    """Return the place of an order that is sent now, behind `others`."""
    return Queue(others, others, others, others, others, others)


def shown(queue: Queue, others: int, *, is_sure: bool) -> Queue:
    """Return the place once the level shows our shares too, `others` beside them.

    Whoever is there is ahead, whoever came while we were on our way too. Not sure: more than our own shares have come
    since we looked, and they may stand before us or not.
    """
    if queue.is_first:
        return replace(queue, others=others, is_shown=True)
    there = max(0, others - queue.traded)
    least = there if is_sure else min(max(0, queue.others - queue.traded), there)
    return replace(
        joined(others),
        arrived=there,
        ahead=least,
        least=least,
        untraded=there,
        held=there,
        traded=queue.traded,
        left_before=queue.cancelled + queue.left_before,
        own=queue.own,
        is_shown=True,
        told_ms=queue.told_ms,
    )


def trade(queue: Queue, shares: int, at_ms: int) -> Queue:
    """Return the place after a trade at the level."""
    if queue.is_first:
        return queue
    queue = _current(queue, at_ms)
    mine = min(shares, queue.own)
    before = min(shares - mine, queue.left_before)
    late = min(shares - mine - before, queue.cancelled)
    new = shares - mine - before - late
    # The level has shrunk by `late` already, and part of that was taken for cancels behind us.
    was_ahead = queue.cancelled_ahead * late // queue.cancelled if late else 0
    return _tidy(
        replace(
            queue,
            ahead=max(0, queue.ahead - new - (late - was_ahead)),
            least=max(0, queue.least - new),
            untraded=max(0, queue.untraded - new - late),
            held=max(0, queue.held - new),
            traded=queue.traded + new,
            cancelled=queue.cancelled - late,
            cancelled_ahead=queue.cancelled_ahead - was_ahead,
            left_before=queue.left_before - before,
            own=queue.own - mine,
            told_ms=at_ms if new else queue.told_ms,
        )
    )


def level(queue: Queue, others: int, at_ms: int) -> Queue:
    """Return the place after the level's total of others has changed to `others`."""
    gone = queue.others - others
    if queue.is_first or gone <= 0:
        return replace(queue, others=others)
    queue = _current(queue, at_ms)
    traded = min(gone, queue.traded)
    cancelled = gone - traded
    was_ahead = min(queue.ahead, cancelled * queue.ahead // max(queue.others - traded, 1))
    return _tidy(
        replace(
            queue,
            ahead=queue.ahead - was_ahead,
            least=max(0, queue.least - cancelled),
            held=min(queue.held, others),
            others=others,
            traded=queue.traded - traded,
            cancelled=queue.cancelled + cancelled,
            cancelled_ahead=queue.cancelled_ahead + was_ahead,
            told_ms=at_ms if cancelled else queue.told_ms,
        )
    )


def filled(queue: Queue) -> Queue:
    """Return the place once the order itself has traded: nobody is ahead any more."""
    none = replace(joined(0), arrived=queue.arrived, others=queue.others)
    return replace(none, is_shown=queue.is_shown, is_first=True)


def own_traded(queue: Queue, shares: int, at_ms: int) -> Queue:
    """Return the place once another order of ours at the level has traded: so much of a trade was not others'."""
    queue = _current(queue, at_ms)
    return queue if queue.is_first else replace(queue, own=queue.own + shares, told_ms=at_ms)


def lost(queue: Queue) -> Queue:
    """Return the place after a gap: nobody knows who has left meanwhile, and who has come behind us instead."""
    if queue.is_first:
        return queue
    return replace(queue, least=0, traded=0, cancelled=0, cancelled_ahead=0, left_before=0, own=0)


def _current(queue: Queue, at_ms: int) -> Queue:
    """Return the place without what is too old to explain anything."""
    if at_ms - queue.told_ms <= LATE_MS:
        return queue
    return replace(queue, traded=0, cancelled=0, cancelled_ahead=0, left_before=0, own=0)


def _tidy(queue: Queue) -> Queue:
    """Return the place with its numbers in order."""
    ahead = min(queue.ahead, queue.most)
    return replace(queue, ahead=ahead, least=min(queue.least, ahead))
