"""The queue at one price as an exchange knows it: whoever comes first is served first."""

from __future__ import annotations

from dataclasses import dataclass, field

US = -1


@dataclass
class Level:
    """The queue at one price as the exchange knows it: (owner, shares), first come first."""

    orders: list[tuple[int, int]] = field(default_factory=list)

    @property
    def others(self) -> int:
        return sum(shares for owner, shares in self.orders if owner != US)

    @property
    def ours(self) -> int:
        return sum(shares for owner, shares in self.orders if owner == US)

    @property
    def ahead(self) -> int:
        """Return the shares of others before the first share of ours."""
        found = 0
        for owner, shares in self.orders:
            if owner == US:
                return found
            found += shares
        return found

    def add(self, owner: int, shares: int) -> None:
        self.orders.append((owner, shares))

    def trade(self, shares: int) -> tuple[int, int]:
        """Take from the front; return the shares that traded in all, and ours among them."""
        left, ours = shares, 0
        while left and self.orders:
            owner, size = self.orders[0]
            step = min(left, size)
            left -= step
            ours += step if owner == US else 0
            self.orders[0:1] = [(owner, size - step)] if size > step else []
        return shares - left, ours

    def cancel(self, where: int, shares: int) -> None:
        """Take so many shares out of one order of the others."""
        found = [index for index, (owner, _) in enumerate(self.orders) if owner != US]
        if found:
            index = found[where % len(found)]
            owner, size = self.orders[index]
            self.orders[index : index + 1] = [(owner, size - shares)] if size > shares else []
