"""The log file: JSON lines, private, at the level asked for, and a sentence when it cannot be written."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.end_to_end.processes import finish, start


def test_notices_and_orders_are_logged_as_json_lines_that_only_the_owner_reads(tmp_path: Path) -> None:
    process = start(tmp_path, "serve", "--seed", "7", "--for", "4", "--json", "--speed", "8", COCKPIT_PAIR_MODE="auto")
    assert finish(process)[0] == 0
    path = tmp_path / "state" / "cockpit.log"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {"noted", "order sending", "order moved"} <= {line["event"] for line in lines}
    assert all(line["at"].endswith("+00:00") for line in lines)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("level", "least"), [("ERROR", 0), ("WARNING", 1)])
def test_the_level_decides_what_is_written(tmp_path: Path, level: str, least: int) -> None:
    target = tmp_path / "elsewhere" / "my.log"
    process = start(tmp_path, "serve", "--seed", "7", "--for", "1", LOG_LEVEL=level, LOG_FILE=str(target))
    process.communicate(timeout=30)
    lines = target.read_text().splitlines()
    assert len(lines) >= least
    assert all(json.loads(line)["level"] in ("WARNING", "ERROR") for line in lines)


def test_a_log_that_cannot_be_written_is_exit_code_1_and_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = start(tmp_path, "serve", "--for", "1", LOG_FILE=str(tmp_path / "file" / "my.log"))
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "cannot write the log" in err
