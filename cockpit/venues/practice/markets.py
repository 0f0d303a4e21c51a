"""Which markets there are. Each family lists one market after the other: a window that ends is followed by the next.

Windows are aligned to the wall clock, so a family's market at a moment is the same whoever asks. Titles and names are
invented; ids are hashes of the seed and the window, so they never meet those of another seed or of the real venue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Market
from cockpit.venues.practice import figures
from cockpit.venues.practice.figures import Kind

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
FINE_TICK = 10
"""The tick (0.001) of a market whose price has left 0.04 to 0.96."""

Names = tuple[str, str, str, tuple[str, str]]
"""(name, title, event, outcomes)."""


@dataclass(frozen=True, slots=True)
class Family:
    """A series of markets of one sort."""

    slug: str
    kind: Kind
    fee_rate: int
    """In 1/10,000."""
    period_ms: int
    min_left_ms: int
    """A market is listed with at least this long to go; its successor when no more than this is left."""
    names: Callable[[Window], Names]
    fair: tuple[float, float] = (0.4, 0.6)
    """Where the very first market of the family opens."""
    crowd: str = ""
    """Families with the same crowd get busy together; empty for one of its own."""
    walk: str = ""
    """Families or windows with the same walk follow the same underlying; empty for one per window."""
    lookback_s: float = 0.0
    """It settles by the mean of this long; 0 by the end alone."""


@dataclass(frozen=True, slots=True)
class Window:
    """One market of a family: when it counts from, and when it closes."""

    family: str
    starts_ms: int
    closes_ms: int

    @property
    def slug(self) -> str:
        """Return what the ids are hashed from."""
        return f"{self.family}-{self.starts_ms // 1000}"


def window_at(family: Family, now_ms: int) -> Window:
    """Return the family's first window with at least `min_left_ms` to go."""
    start = (now_ms + family.min_left_ms) // family.period_ms * family.period_ms
    return Window(family.slug, start, start + family.period_ms)


def window_after(family: Family, window: Window) -> Window:
    """Return the next window."""
    return Window(family.slug, window.closes_ms, window.closes_ms + family.period_ms)


def market_of(seed: int, family: Family, window: Window, tick: int = 100) -> Market:
    """Return a window's market."""
    name, title, event, outcomes = family.names(window)
    return Market(
        id="0x" + _hash(seed, window.slug, "condition"),
        name=name,
        title=title,
        tokens=(str(int(_hash(seed, window.slug, "0"), 16)), str(int(_hash(seed, window.slug, "1"), 16))),
        outcomes=outcomes,
        tick=tick,
        fees=FeeSchedule(family.fee_rate),
        closes_at_ms=window.closes_ms,
        event=event,
    )


def _hash(seed: int, slug: str, what: str) -> str:
    return hashlib.sha256(f"practice:{seed}:{slug}:{what}".encode()).hexdigest()


def _day(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%d %b %Y}"


def _yes_no(name: str, title: str) -> Callable[[Window], Names]:
    def names(window: Window) -> Names:
        return name, f"{title} by {_day(window.closes_ms)}?", window.slug, ("Yes", "No")

    return names


def _up_down(asset: str) -> Callable[[Window], Names]:
    def names(window: Window) -> Names:
        start, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (window.starts_ms, window.closes_ms))
        title = f"{asset} up or down, {_day(window.starts_ms)} {start:%H:%M} to {end:%H:%M} UTC"
        return f"{asset} 5m {start:%H:%M}", title, window.slug, ("Up", "Down")

    return names


_TEAMS = (
    ("Foxes", "Harbour Foxes"),
    ("Wolves", "Ridge Wolves"),
    ("Larks", "Mill Town Larks"),
    ("Otters", "Lake Otters"),
    ("Comets", "North Bay Comets"),
    ("Storks", "Delta Storks"),
)


def _teams(window: Window) -> tuple[tuple[str, str], tuple[str, str], str]:
    number = window.starts_ms // (window.closes_ms - window.starts_ms)
    home, away = _TEAMS[number % 6], _TEAMS[(number % 6 + 1 + number // 6 % 5) % 6]
    return home, away, f"match-{window.starts_ms // 1000}"


def _winner(window: Window) -> Names:
    home, away, event = _teams(window)
    title = f"{home[1]} against {away[1]}: who wins the match of {_day(window.starts_ms)}?"
    return f"{home[0]} v {away[0]}", title, event, (home[0], away[0])


def _goals(window: Window) -> Names:
    home, away, event = _teams(window)
    title = f"{home[1]} against {away[1]}: more than 5.5 goals on {_day(window.starts_ms)}?"
    return f"{home[0]} v {away[0]} goals", title, event, ("Over", "Under")


FAMILIES = (
    Family(
        "harbour-bill",
        figures.POLITICS,
        400,
        60 * _DAY,
        25 * _DAY,
        _yes_no("Harbour bill", "Will the harbour bill pass its second reading"),
        (0.308, 0.322),
    ),
    Family(
        "coast-vote",
        figures.POLITICS,
        400,
        20 * _DAY,
        5 * _DAY,
        _yes_no("Coast vote", "Will turnout in the coast vote be above 60 percent"),
        (0.44, 0.56),
    ),
    Family(
        "strait-treaty",
        figures.GEOPOLITICS,
        0,
        40 * _DAY,
        15 * _DAY,
        _yes_no("Strait treaty", "Will the strait treaty be signed"),
        (0.56, 0.6),
    ),
    Family("match", figures.SPORTS, 500, _HOUR, 20 * _MINUTE, _winner, (0.4, 0.6), crowd="match"),
    Family("match-goals", figures.SPORTS_SIDE, 500, _HOUR, 20 * _MINUTE, _goals, (0.35, 0.6), crowd="match"),
    Family(
        "rate-cut",
        figures.ECONOMICS,
        500,
        30 * _DAY,
        10 * _DAY,
        _yes_no("Rate cut", "Will the central bank of Norland cut its rate"),
        (0.33, 0.38),
    ),
    Family(
        "festival-prize",
        figures.CULTURE,
        500,
        30 * _DAY,
        10 * _DAY,
        _yes_no("Festival prize", "Will a first film win the lantern festival"),
        (0.15, 0.2),
    ),
    Family(
        "btc-updown-5m",
        figures.CRYPTO,
        700,
        5 * _MINUTE,
        _MINUTE,
        _up_down("BTC"),
        (0.35, 0.65),
        crowd="crypto",
        walk="btc",
        lookback_s=30.0,
    ),
    Family(
        "eth-updown-5m",
        figures.CRYPTO_QUIET,
        700,
        5 * _MINUTE,
        _MINUTE,
        _up_down("ETH"),
        (0.35, 0.65),
        crowd="crypto",
        walk="eth",
        lookback_s=30.0,
    ),
)
BY_SLUG = {family.slug: family for family in FAMILIES}
