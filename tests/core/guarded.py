"""An account, a book and short ways to ask the guard about one order."""

from __future__ import annotations

from cockpit.core.book import Book
from cockpit.core.checks import check
from cockpit.core.limits import Account, Approved, Limits, Reason, Refused
from cockpit.core.market import Market
from cockpit.core.order import Order, OrderState
from cockpit.core.position import Position
from cockpit.core.units import USD
from tests.core.builders import NOW, book, levels, market, order

ACCOUNT = Account(
    now_ms=NOW, is_ready=True, halted="", pair_halted="", cash=1_000 * USD, exposure=0, unhedged=0, day_pnl=0
)
BOOK = book(levels(("0.48", "100")), levels(("0.52", "100")))


def verdict(
    candidate: Order,
    *,
    listed: Market | None = None,
    book_now: Book | None = BOOK,
    position: Position | None = None,
    own: tuple[Order, ...] = (),
    account: Account = ACCOUNT,
    limits: Limits | None = None,
    approved_limit: int | None = None,
) -> Approved[Order] | Refused:
    """Return the guard's answer; what is not given is in order."""
    limit = candidate.price if approved_limit is None else approved_limit
    return check(
        candidate, listed or market(), book_now, position or Position("m"), own, account, limits or Limits(), limit
    )


def refusal(candidate: Order, reason: Reason, **context: object) -> str:
    """Return the sentence of a refusal that must have this reason."""
    answer = verdict(candidate, **context)  # type: ignore[arg-type]
    assert isinstance(answer, Refused)
    assert answer.reason is reason, answer
    return answer.detail


def approved(candidate: Order, **context: object) -> None:
    """See that the order passes, as it is."""
    answer = verdict(candidate, **context)  # type: ignore[arg-type]
    assert isinstance(answer, Approved), answer
    assert answer.value is candidate


def resting(order_id: str, **fields: object) -> Order:
    """Return an order of ours that rests in the book."""
    return order(order_id, state=OrderState.OPEN, **fields)  # type: ignore[arg-type]
