"""What every test of the screen needs: an environment that says nothing about colours or the cockpit."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what changes pictures, and what a person has set."""
    for name in list(os.environ):
        if name in ("NO_COLOR", "TEXTUAL_THEME") or name.startswith("COCKPIT_"):
            monkeypatch.delenv(name)
