"""What an emergency command finds and does: filled in step by step, said at the end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.core.errors import FailedError
from cockpit.core.market import Market
from cockpit.core.order import Order
from cockpit.emergency.glance import Glance, glance
from cockpit.place import EXCHANGE, JOURNAL
from cockpit.storage.intents import read_intents
from cockpit.venues.base import Balances

NOT_PROVEN = "ORDERS NOT PROVEN ZERO"


@dataclass(slots=True)
class Outcome:
    """What a command found and did, for people and for programs."""

    what: str
    """`halt`, `cancel-all` or `preview`."""
    folder: Path
    everything: bool = False
    """Whether orders that are not the desk's must end, too."""
    latched: str = ""
    """Why it is halted; empty when it is not."""
    desk: str = ""
    """Who runs the desk that did it; empty when there was none."""
    ended: tuple[Order, ...] = ()
    """Orders that had to end and have, with their last state: some may have been filled before their cancel."""
    left: tuple[Order, ...] = ()
    """Orders that must end and still rest; in a preview those that would be cancelled."""
    foreign: tuple[Order, ...] = ()
    """Orders that are left alone: not the desk's."""
    is_proven: bool = False
    balances: Balances | None = None
    """None when the exchange cannot be read."""
    markets: dict[str, Market] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether everything that was asked for holds."""
        if self.what == "preview":
            return not self.troubles
        return self.is_proven and (self.what == "cancel-all" or bool(self.latched))

    def own(self) -> Collection[str] | None:
        """Return the ids of the desk's orders; None when they cannot be told from others'."""
        try:
            return read_intents(self.folder / JOURNAL)
        except FailedError as error:
            self.say(f"own orders cannot be told from others': {error}")
            return None

    def look(self) -> Glance | None:
        """Take over what the exchange's file says now; None when it cannot be read."""
        try:
            seen = glance(self.folder / EXCHANGE)
        except FailedError as error:
            self.balances = None
            self.say(str(error))
            return None
        self.balances, self.markets = seen.balances, seen.markets
        return seen

    def sort(self, orders: Collection[Order], own: Collection[str] | None) -> None:
        """Tell the orders that must end from those that are left alone."""
        ends = {order.id for order in orders if self.everything or (own is not None and order.id in own)}
        self.left = tuple(order for order in orders if order.id in ends)
        self.foreign = tuple(order for order in orders if order.id not in ends)

    def compare(self, before: Collection[Order]) -> None:
        """Take over what is left of the orders that rested before, and how the others ended."""
        after = self.look()
        if after is None:
            return
        self.sort(after.orders, self.own())
        still = {order.id for order in after.orders}
        self.ended = tuple(after.ended.get(order.id, order) for order in before if order.id not in still)

    def say(self, trouble: str) -> None:
        """Note what went wrong, once."""
        if trouble not in self.troubles:
            self.troubles.append(trouble)
