"""Tests see no settings of the person who runs them, and no secret."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from cockpit.settings import Settings
from tests.said import said as said

# How long something takes is measured in benchmarks: here another process may have the machine.
hypothesis.settings.register_profile("untimed", deadline=None, max_examples=30)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = {name.upper() for name in Settings.model_fields}
    for variable in list(os.environ):
        if variable in names or variable.startswith("COCKPIT_") or variable in ("NO_COLOR", "TEXTUAL_THEME"):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("COCKPIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def shared() -> Path:
    """The folder of recorded data beside the project; the test is skipped where it is not there."""
    folder = Path(__file__).parent.parent.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the recorded data in ../shared is not here")
    return folder
