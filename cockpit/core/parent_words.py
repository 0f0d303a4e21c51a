"""The gates of what is worked by name, and their words: what a parent waits for, and what its next child must meet."""

from __future__ import annotations

from cockpit.core.gates import Kind, flag, price, seconds_text, shares

OPEN = flag("still open", "it is", "it has ended", "nothing: a new order")
WORKING = flag("not paused", "it is not", "it is paused", "going on with it (space)")
LEFT = Kind(
    "shares to send",
    lambda have, _need: f"{shares(max(have, 0))} are neither filled nor out",
    lambda _have, _need: "an order of it that ends unfilled: all of it is filled or out",
)
ANSWERED = flag("no request under way", "there is none", "the venue has not answered yet", "the venue's answer")
DUE = Kind(
    "next slice is due",
    lambda have, _need: f"in {seconds_text(have)}" if have > 0 else "it is",
    lambda have, _need: f"its time, in {seconds_text(have)}",
)
MATCHED = Kind(
    "other leg has filled",
    lambda have, need: f"{shares(have)} to match, the venue takes {shares(need)}",
    lambda have, need: f"{shares(need - have)} more filled of the leg that rests",
)
TOP = flag("a top to be at", "the book can be used", "the book cannot be used", "a book that is whole and not crossed")
IN_REACH = Kind(
    "something to take",
    lambda have, need: f"best price {price(have)}, limit {price(need)}",
    lambda have, need: f"a best price of {price(need)} or better (is {price(have)})",
)
ANY_DUE = Kind(
    "something is due",
    lambda have, _need: shares(max(have, 0)),
    lambda _have, _need: "earlier children that end unfilled, or the next slice",
)
KINDS = (OPEN, WORKING, LEFT, ANSWERED, DUE, MATCHED, TOP, IN_REACH, ANY_DUE)
