"""How many shares stand before a resting order of ours, as far as the public data tell. Pure.

What was there when it arrived is ahead. A trade at the level takes from the front. What else leaves the level was
cancelled somewhere in it: it is spread proportionally, and remembered as a range, for all of it may have stood before
us or behind us. A trade may be told after the level's change that it explains: then what was taken for cancelled is
counted as traded after all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Queue:
    """One resting order's place. Shares in 1/1,000,000."""

    arrived: int
    """Shares of others ahead when it arrived."""
    ahead: int
    """Estimate of the shares ahead now."""
    least: int
    """If everything that was cancelled had stood before it ..."""
    most: int
    """... and if none of it had."""
    others: int
    """Shares of others at the level, as of its last change."""
    traded: int = 0
    """Traded at the level, and not seen in its total yet."""
    cancelled: int = 0
    """Of what was taken for cancelled last, what a late trade may still explain."""
    cancelled_ahead: int = 0
    """How much of that was taken off `ahead`."""
    is_shown: bool = False
    """The level's total is known to hold our own shares."""

    @property
    def confidence(self) -> int:
        """How narrow the range is against what was ahead on arrival, in 1/10,000: all of it when nothing was."""
        span = self.most - self.least
        return 10_000 if not span else max(0, 10_000 - span * 10_000 // max(self.arrived, span))


def joined(others: int) -> Queue:
    """Return the place of an order that is sent now, behind `others`."""
    return Queue(others, others, others, others, others)


def shown(queue: Queue, others: int, *, is_sure: bool) -> Queue:
    """Return the place once the level shows our shares too, `others` beside them.

    Not sure: it has changed by more than our own shares since we saw it, so what has come may stand before us or not.
    """
    if is_sure:
        return _tidy(replace(queue, others=others, is_shown=True))
    most = max(others, queue.most)
    return _tidy(replace(queue, others=others, most=most, least=min(queue.least, others), is_shown=True))


def trade(queue: Queue, shares: int) -> Queue:
    """Return the place after a trade at the level."""
    late = min(shares, queue.cancelled)
    if late:
        # The level has shrunk by it already, and part of that was taken for cancels behind us.
        was_ahead = queue.cancelled_ahead * late // queue.cancelled
        queue = replace(
            queue,
            ahead=max(0, queue.ahead - (late - was_ahead)),
            most=max(0, queue.most - late),
            cancelled=queue.cancelled - late,
            cancelled_ahead=queue.cancelled_ahead - was_ahead,
        )
        shares -= late
    return _tidy(replace(queue, traded=queue.traded + shares)) if shares else _tidy(queue)


def level(queue: Queue, others: int) -> Queue:
    """Return the place after the level's total of others has changed to `others`."""
    gone = queue.others - others
    if gone <= 0:
        return _tidy(replace(queue, others=others))
    traded = min(gone, queue.traded)
    cancelled = gone - traded
    ahead = max(0, queue.ahead - traded)
    there = max(queue.others - traded, 1)
    was_ahead = min(ahead, cancelled * ahead // there)
    queue = replace(
        queue,
        ahead=ahead - was_ahead,
        least=max(0, queue.least - gone),
        most=max(0, queue.most - traded),
        others=others,
        traded=queue.traded - traded,
        cancelled=cancelled,
        cancelled_ahead=was_ahead,
    )
    return _tidy(queue)


def filled(queue: Queue) -> Queue:
    """Return the place once the order itself has traded: nobody is ahead any more."""
    return replace(queue, ahead=0, least=0, most=0, cancelled=0, cancelled_ahead=0)


def _tidy(queue: Queue) -> Queue:
    """Return the place with its numbers in order: nobody can stand before us who is not there."""
    most = min(queue.most, queue.others)
    ahead = min(queue.ahead, most)
    return replace(queue, most=most, ahead=ahead, least=min(queue.least, ahead))
