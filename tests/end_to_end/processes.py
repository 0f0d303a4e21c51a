"""Real processes of the cockpit, each with its own folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """What a process sees: no settings of ours, no secret, its own state folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "COCKPIT_STATE_DIR": str(folder / "state"),
        "PYTHONWARNINGS": "error",
        **extra,
    }


def start(folder: Path, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    """Start a cockpit command with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "cockpit", *arguments],
        env=environment(folder, **extra),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], timeout_s: float = 60) -> tuple[int, list[dict[str, Any]], str]:
    """Wait; return the exit code, the JSON lines and standard error."""
    out, err = process.communicate(timeout=timeout_s)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err
