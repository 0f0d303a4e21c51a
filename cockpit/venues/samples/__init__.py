"""A small recording that comes with the package, so that a replay needs no download; its licence is in NOTICE."""

from __future__ import annotations

import importlib.resources
from pathlib import Path


def sample_path() -> Path:
    """Return 34 seconds around a goal of a hockey final: four markets, 5,800 frames.

    The package is installed as files (a wheel is unpacked), so the resource is a path.
    """
    return Path(str(importlib.resources.files(__name__) / "hockey.jsonl.gz"))
