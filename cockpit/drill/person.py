"""The person at the desk: approves, places, amends, cancels, halts and releases, in an order drawn from the seed.

What a person does by looking at the venue's own pages (signing an order off) is simulated by looking at the exchange.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core.parent import Parent
from cockpit.core.units import LOT, SHARE
from cockpit.drill.wishes import Wishes, near

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk
    from cockpit.drill.universe import Universe

_SIGN_OFF_AFTER_MS = 300_000
_HALTED_FOR_MS = 240_000


class Person:
    """Sends commands to whichever desk lives."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._draw = random.Random(f"person {universe.plan.seed}")  # noqa: S311 - repeatable on purpose
        self._numbers = itertools.count(1)
        self._halts = list(universe.plan.halts)
        self._wishes = Wishes(self._draw, self._id)
        self.is_quiet = False
        """The person only tidies up."""

    async def run(self) -> None:
        """Act now and then."""
        universe = self._universe
        while True:
            await universe.clock.sleep(self._draw.expovariate(1000 / universe.plan.act_every_ms))
            if universe.is_alive and not self.is_quiet:
                self._act(universe.desk)

    def settle(self, desk: Desk, *, patience_ms: int = 0) -> None:
        """Sign off what is unknown for long and really gone.

        Nothing is ever accepted: where the exchange is the truth, a difference that stays is an error of the desk.
        """
        for order in desk.state.all_live_orders():
            age = self._universe.now_ms() - order.created_ms
            if age > patience_ms and desk.proof.may_sign_off(order) and not self._is_at_exchange(order.id):
                desk.submit(cmd.SignOff(self._id(), order.id, "DEAD"))

    def _is_at_exchange(self, order_id: str) -> bool:
        truth = self._universe.checks.truth
        return order_id in self._universe.exchange.account.open or any(o.id == order_id for o in truth.wire())

    def _id(self) -> str:
        return f"p-{next(self._numbers)}"

    def _act(self, desk: Desk) -> None:
        now = self._universe.now_ms()
        if self._halts and now - self._universe.began_ms >= self._halts[0]:
            self._halts.pop(0)
            self._halt(desk)
            return
        self.settle(desk, patience_ms=_SIGN_OFF_AFTER_MS)
        if desk.state.halted:
            if now - desk.state.halted_ms > _HALTED_FOR_MS:
                desk.submit(cmd.Release(self._id(), "RELEASE"))
            return
        if desk.state.reducing and self._draw.random() < 0.2:
            desk.submit(cmd.Reduce(self._id(), is_on=False))
        actions = (self._approve, self._place, self._amend, self._cancel_parent, self._cancel_child)
        works = (self._wishes.split, self._wishes.bid, self._wishes.enter)
        rare = (self._cancel_all, self._pause, self._reduce, self._reconcile, self._convert, self._set_mode)
        weights = (6, 5, 3, 1, 1, 4, 2, 4, 0.2, 0.7, 0.1, 0.3, 4, 0.3)
        self._draw.choices((*actions, *works, *rare), weights)[0](desk)

    def _approve(self, desk: Desk) -> None:
        for market_id, (action, suggestion_id) in desk.state.suggestion_ids.items():
            weighed = desk.state.weighed.get(market_id)
            option = weighed.choice.chosen if weighed else None
            if weighed is not None and option is not None:
                desk.submit(cmd.Approve(self._id(), suggestion_id, action, option.shares, weighed.limit, option.price))
                return

    def _place(self, desk: Desk) -> None:
        self._wishes.place(desk)

    def _amend(self, desk: Desk) -> None:
        if opened := [p for p in self._open(desk) if not (p.suggestion_id or p.entry_id) or self._draw.random() < 0.1]:
            parent = self._draw.choice(opened)
            limit = near(self._draw, parent.limit, desk.state.markets[parent.market_id])
            desk.submit(cmd.Amend(self._id(), parent.id, limit))

    def _halt(self, desk: Desk) -> None:
        """Stop everything, in the middle of other things; one time in three the process dies during it."""
        self._place(desk)
        self._approve(desk)
        everything, pause_ms = self._draw.random() < 0.2, self._draw.choice((0, 1, 2, 3, 5, 60))
        if self._draw.random() < 0.3:
            self._universe.crash.soon(self._draw.randint(0, 60_000), "halting")

        def press() -> None:
            if self._universe.is_alive and self._universe.desk is desk:
                desk.submit(cmd.Halt(self._id(), "drill", everything=everything))

        asyncio.get_running_loop().call_later(pause_ms / 1000, press)

    def _open(self, desk: Desk) -> list[Parent]:
        return [parent for parent in desk.state.parents.values() if parent.is_open]

    def _names(self, desk: Desk) -> list[str]:
        """Return the ids of parents and entries that are open."""
        return [p.id for p in self._open(desk)] + [e.id for e in desk.state.entries.values() if e.is_open]

    def _cancel_parent(self, desk: Desk) -> None:
        if names := self._names(desk):
            desk.submit(cmd.Cancel(self._id(), self._draw.choice(names)))

    def _cancel_child(self, desk: Desk) -> None:
        if live := desk.state.all_live_orders():
            desk.submit(cmd.Cancel(self._id(), self._draw.choice(live).id))

    def _cancel_all(self, desk: Desk) -> None:
        desk.submit(cmd.CancelAll(self._id()))

    def _pause(self, desk: Desk) -> None:
        if names := self._names(desk):
            desk.submit(cmd.Pause(self._id(), self._draw.choice(names)))

    def _reduce(self, desk: Desk) -> None:
        desk.submit(cmd.Reduce(self._id(), is_on=not desk.state.reducing))

    def _reconcile(self, desk: Desk) -> None:
        desk.submit(cmd.Reconcile(self._id()))

    def _convert(self, desk: Desk) -> None:
        """Merge all that can be, or so much of a pair, also too much; redeem what a market owes, or owes no more."""
        if (claims := list(desk.state.claims)) and self._draw.random() < 0.3:
            desk.submit(cmd.Redeem(self._id(), self._draw.choice(claims)))
        elif held := [m for m, position in desk.state.positions.items() if position.matched > 0]:
            shares = self._draw.choice((0, self._draw.randrange(LOT, 40 * SHARE, LOT)))
            desk.submit(cmd.Merge(self._id(), self._draw.choice(held), shares))

    def _set_mode(self, desk: Desk) -> None:
        if held := list(desk.state.positions):
            desk.submit(cmd.SetMode(self._id(), self._draw.choice(held), self._draw.choice(("suggest", "auto", "off"))))
