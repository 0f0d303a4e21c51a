"""Desks broken on purpose, each in one way that has cost somebody money: the drill must catch every one of them.

A breakage replaces one function of the desk for as long as a universe runs. Its text says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Patch = Callable[[Any, str, Any], None]
Break = Callable[[Patch], None]
BROKEN: dict[str, Breakage] = {}


@dataclass(frozen=True, slots=True)
class Breakage:
    """One way to break a desk."""

    name: str
    text: str
    apply: Break


def broken(function: Break) -> Break:
    """Register a breakage under its function's name."""
    name = function.__name__
    BROKEN[name] = Breakage(name, function.__doc__ or "", function)
    return function


@contextmanager
def applied(name: str) -> Iterator[None]:
    """Break the desk inside the block."""
    undo: list[tuple[Any, str, Any]] = []

    def patch(owner: Any, attribute: str, new: Any) -> None:
        undo.append((owner, attribute, owner.__dict__[attribute]))
        setattr(owner, attribute, new)

    try:
        if name:
            BROKEN[name].apply(patch)
        yield
    finally:
        for owner, attribute, old in reversed(undo):
            setattr(owner, attribute, old)
