"""Seeded randomness: every part draws from its own stream, so that one part's draws never shift another's."""

from __future__ import annotations

import random


def seeded(seed: int, *names: object) -> random.Random:
    """Return the stream of these names under a seed, the same in every process."""
    return random.Random(":".join(map(str, (seed, *names))))  # noqa: S311 - a market, not a secret
