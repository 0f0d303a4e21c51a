"""What one action of the exchange did: told and written by the venue, read by whoever checks it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cockpit.core import events as ev
from cockpit.core.order import FillKey


@dataclass(slots=True)
class Touched:
    """What of the account must be written: names in the order they changed."""

    orders: dict[str, None] = field(default_factory=dict)
    fills: dict[FillKey, None] = field(default_factory=dict)
    conversions: dict[str, None] = field(default_factory=dict)
    balances: bool = False


@dataclass(slots=True)
class Changes:
    """Events in the order they must leave, and what the ledger must hold before that."""

    events: list[ev.Event] = field(default_factory=list)
    account: Touched = field(default_factory=Touched)
    markets: dict[str, None] = field(default_factory=dict)

    @property
    def is_durable(self) -> bool:
        """Whether anything of it must be written."""
        account = self.account
        return bool(account.orders or account.fills or account.conversions or account.balances or self.markets)
