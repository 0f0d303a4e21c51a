"""Which market, outcome or order a person means, by the desk's picture; or a sentence with those there are."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from cockpit.core.errors import UsageError
from cockpit.core.frame import PairRow
from cockpit.core.market import Leg
from cockpit.link.wire import Picture
from cockpit.ordering.typed import Typed

MOST_NAMES = 12
LEAST_PREFIX = 4
"""Characters of an order's id from which on a beginning is taken for it."""
_OF_DESK = re.compile(r"[PE]-\d+", re.ASCII)
"""Ids the desk gives: it knows more of them than its picture shows."""


def market_of(typed: Typed, picture: Picture, text: str) -> tuple[PairRow, Leg | None]:
    """Return the market that is meant by its name or a beginning of it, its id or an asset id, and the asset's leg.

    Raises: UsageError that names the markets there are.
    """
    pairs = picture.pairs
    for pair in pairs:
        if text and text in pair.tokens:
            return pair, Leg(pair.tokens.index(text))
        if text == pair.market_id:
            return pair, None
    wanted = text.casefold().strip()
    exact = [pair for pair in pairs if pair.name.casefold() == wanted]
    found = exact or [pair for pair in pairs if wanted and pair.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0], None
    if len(exact) > 1:
        raise typed.wrong("market", f"several are called that; give an id: {_listed(pair.market_id for pair in exact)}")
    if found:
        raise typed.wrong("market", f"that may be {_listed(_names(found), 'or')}")
    if not pairs:
        raise typed.wrong("market", "the desk knows no market yet")
    raise typed.wrong("market", f"there is no such market; there are {_listed(nearest(text, _names(pairs)))}")


def leg_of(typed: Typed, pair: PairRow, text: str | None, by_token: Leg | None, option: str = "leg") -> Leg:
    """Return the outcome that is meant: by its own name, as yes or no, or by an asset id.

    Without either it is the outcome called Yes. Raises: UsageError that names the outcomes there are.
    """
    outcomes = [leg.outcome for leg in pair.legs]
    listed = f"{pair.name} has {outcomes[0]} and {outcomes[1]}"
    if text is None:
        if by_token is not None:
            return by_token
        if outcomes[0].casefold() == "yes":
            return Leg.YES
        raise UsageError(f"--{option} is needed: {listed}")
    typed.note(option, text)
    wanted = text.casefold().strip()
    names = [outcome.casefold() for outcome in outcomes]
    if wanted not in names and wanted not in ("yes", "no"):
        raise typed.wrong(option, listed)
    leg = Leg(names.index(wanted)) if wanted in names else Leg[wanted.upper()]
    if by_token is not None and leg is not by_token:
        raise typed.wrong(option, f"the asset id of the market is {outcomes[by_token]}")
    return leg


def parent_of(typed: Typed, picture: Picture, text: str) -> str:
    """Return the parent or entry that is meant, or the parent of the order that is. Raises: UsageError."""
    found = target_of(typed, picture, text)
    return next((parent.id for parent in picture.parents for child in parent.children if child.id == found), found)


def target_of(typed: Typed, picture: Picture, text: str) -> str:
    """Return the parent, entry or order that is meant by its id, label or a beginning of its id. Raises: UsageError."""
    typed.note("ID", text)
    wanted = text.strip()
    if _OF_DESK.fullmatch(wanted.upper()):
        return wanted.upper()
    orders = [child for parent in picture.parents for child in parent.children]
    named = [order for order in orders if wanted and wanted in (order.id, order.label)]
    found = named or [order for order in orders if len(wanted) >= LEAST_PREFIX and order.id.startswith(wanted)]
    if not found:
        short = f"give {LEAST_PREFIX} characters of an order's id or more" if "0x".startswith(wanted[:2]) else ""
        raise typed.wrong("ID", f"{short or 'there is no such order'}; {_open_ids(picture)}")
    if len(found) > 1:
        raise typed.wrong("ID", f"that may be {_listed((order.label for order in found), 'or')}")
    if found[0].is_proven_dead:
        raise typed.wrong("ID", f"{found[0].label} is {found[0].state} already; {_open_ids(picture)}")
    return found[0].id


def _open_ids(picture: Picture) -> str:
    """Return the ids that could be given, the parents and entries before the single orders."""
    parents = [parent for parent in picture.parents if parent.state.is_open]
    ids = [entry.id for entry in picture.entries if entry.state.is_open] + [parent.id for parent in parents]
    ids += [child.label for parent in parents for child in parent.children if not child.is_proven_dead]
    return f"there are {_listed(ids)}" if ids else "none is open"


def nearest(text: str, names: Sequence[str]) -> list[str]:
    """Return names, those first that are most like a text."""
    wanted = text.casefold().strip()

    def likeness(name: str) -> tuple[bool, float]:
        ratio = difflib.SequenceMatcher(None, wanted, name.casefold()).ratio()
        return bool(wanted) and wanted in name.casefold(), ratio

    return sorted(dict.fromkeys(names), key=likeness, reverse=True)


def _names(pairs: Iterable[PairRow]) -> list[str]:
    return [pair.name for pair in pairs]


def _listed(names: Iterable[str], last: str = "") -> str:
    """Return at most `MOST_NAMES` of these, and how many more there are."""
    shown = list(names)
    more = len(shown) - MOST_NAMES
    if more > 0:
        return f"{', '.join(shown[:MOST_NAMES])} and {more} more"
    if last and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {last} {shown[-1]}"
    return ", ".join(shown)
