"""The latch: once set it holds through kills and broken disks, and nothing unreadable ever counts as clear."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.errors import FailedError
from cockpit.storage.latch import FileLatch, Latch, LatchFailed, LatchState, MemoryLatch

HALT = LatchState("by a person", 17, everything=True, is_proven=False, open_orders=3)
PROVEN = LatchState("by a person", 18, everything=True, is_proven=True)


def latch_in(folder: Path) -> FileLatch:
    return FileLatch(folder / "halt.json")


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_what_is_set_is_read_until_it_is_cleared(tmp_path: Path, kind: str) -> None:
    latch: Latch = latch_in(tmp_path / "new") if kind == "file" else MemoryLatch()

    async def story() -> None:
        assert latch.read() is None
        for state in (HALT, PROVEN):
            await latch.set(state)
            assert latch.read() == state
        await latch.clear()
        assert latch.read() is None
        await latch.clear()

    asyncio.run(story())


def test_the_file_is_the_owners_alone_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    latch = latch_in(tmp_path)
    latch.set_now(HALT)
    assert latch.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["halt.json"]
    assert latch_in(tmp_path).read() == HALT


def test_it_is_on_disk_before_set_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File contents, then the name: both are flushed, in this order."""
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flush(handle: int) -> None:
        done.append("folder" if os.path.isdir(handle) else "content")  # noqa: PTH112 - a handle, not a path
        fsync(handle)

    def rename(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "replace", rename)
    asyncio.run(latch_in(tmp_path).set(HALT))
    assert done == ["content", "name", "folder"]


def test_a_kill_before_the_rename_keeps_the_old_latch(tmp_path: Path) -> None:
    latch = latch_in(tmp_path)
    latch.set_now(HALT)
    for left_over in (b"", b'{"reason": "by a per', b'{"reason": "newer", "at_ms": 99}'):
        (tmp_path / "halt.json.new").write_bytes(left_over)
        assert latch.read() == HALT


@given(st.integers(0, 400))
def test_a_kill_at_any_byte_of_the_first_halt_counts_as_halted(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    folder = tmp_path_factory.mktemp("latch")
    latch_in(folder).set_now(HALT)
    content = (folder / "halt.json").read_bytes()
    (folder / "halt.json").unlink()
    (folder / "halt.json.new").write_bytes(content[:size])
    found = latch_in(folder).read()
    assert found is not None
    assert found == HALT if size >= len(content) else "cannot be read" in found.reason


def test_two_who_halt_at_the_same_moment_both_latch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, flush = latch_in(tmp_path), latch_in(tmp_path), os.fsync
    other = LatchState("somebody else", 2, everything=True)

    def meanwhile(handle: int) -> None:
        monkeypatch.setattr(os, "fsync", flush)
        second.set_now(other)
        flush(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    first.set_now(HALT)
    assert first.read() == HALT
    assert [path.name for path in tmp_path.iterdir()] == ["halt.json"]


def test_what_a_kill_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "halt.json.new").write_text("{")
    latch = latch_in(tmp_path)

    async def story() -> None:
        await latch.set(HALT)
        assert latch.read() == HALT
        (tmp_path / "halt.json.new").write_text("{")
        await latch.clear()
        assert latch.read() is None
        assert list(tmp_path.iterdir()) == []

    asyncio.run(story())


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b'{"reason": 1, "at_ms": 2}', b"\xff\xfe", b"halt"])
def test_a_latch_that_cannot_be_understood_counts_as_latched(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "halt.json").write_bytes(content)
    found = latch_in(tmp_path).read()
    assert found is not None
    assert "halt.json cannot be read" in found.reason
    assert not found.is_proven


def test_a_latch_that_cannot_be_opened_counts_as_latched(tmp_path: Path) -> None:
    (tmp_path / "halt.json").mkdir()
    found = latch_in(tmp_path).read()
    assert found is not None
    assert "cannot be read" in found.reason


def test_a_newer_cockpits_latch_is_read(tmp_path: Path) -> None:
    (tmp_path / "halt.json").write_text('{"reason": "why", "at_ms": 5, "colour": {"red": 1}}')
    assert latch_in(tmp_path).read() == LatchState("why", 5)


def test_no_reason_is_too_odd_to_be_latched(tmp_path: Path) -> None:
    latch = latch_in(tmp_path)
    latch.set_now(LatchState('\ud800 "quotes"\n\0', 1))
    assert latch.read() == LatchState('? "quotes"\n\0', 1)


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    latch = latch_in(tmp_path / "file")
    with pytest.raises(LatchFailed, match=r"the halt is not on disk: .*halt\.json"):
        asyncio.run(latch.set(HALT))
    with pytest.raises(LatchFailed):
        latch.set_now(HALT)
    with pytest.raises(FailedError):
        asyncio.run(latch.clear())


def join_latch_threads() -> None:
    for thread in threading.enumerate():
        if thread.name == "latch":
            thread.join()


def test_a_disk_that_hangs_holds_nobody_up_and_the_halt_is_there_when_it_comes_back(tmp_path: Path) -> None:
    latch = FileLatch(tmp_path / "halt.json", patience_s=0.01)
    with latch._lock, pytest.raises(LatchFailed, match="no answer"):  # as a write that does not return would
        asyncio.run(latch.set(HALT))
    join_latch_threads()
    assert latch.read() == HALT


class Queue:
    """A lock whose first caller gets it last."""

    def __init__(self) -> None:
        self.is_waiting, self.go = threading.Event(), threading.Event()

    def __enter__(self) -> None:
        if not self.is_waiting.is_set():
            self.is_waiting.set()
            self.go.wait()

    def __exit__(self, *_: object) -> None:
        pass


def test_a_release_that_comes_late_does_not_undo_a_newer_halt(tmp_path: Path) -> None:
    latch, lock = latch_in(tmp_path), Queue()
    latch._lock = lock  # type: ignore[assignment]

    async def story() -> None:
        late = asyncio.ensure_future(latch.clear())
        await asyncio.sleep(0)
        lock.is_waiting.wait(30)
        latch.set_now(HALT)
        lock.go.set()
        await late

    asyncio.run(story())
    assert latch.read() == HALT


def test_a_file_that_is_lost_on_its_way_is_a_failure_and_what_was_latched_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latch, replace = latch_in(tmp_path), Path.replace
    latch.set_now(HALT)

    def lost(path: Path, target: Path) -> Path:
        path.unlink()
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", lost)
    with pytest.raises(LatchFailed):
        latch.set_now(PROVEN)
    assert latch.read() == HALT


def test_a_drills_latch_fails_when_told_to() -> None:
    latch = MemoryLatch()
    latch.failure = "disk full"
    with pytest.raises(LatchFailed, match="disk full"):
        asyncio.run(latch.set(HALT))
    assert latch.read() is None
