"""Where a desk's socket is, and how it is bound and reached although addresses of sockets must be short."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "desk.sock"
MOST_PATH = 103
"""Bytes of an address that every system takes: Linux has room for 107, others for 103."""
BACKLOG = 16
_DESCRIPTORS = Path("/proc/self/fd")


class CannotListen(Exception):
    """Why there can be no socket, in a sentence."""


class Listening:
    """A bound socket that takes its file away when it is closed. Only for who holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        """Bind in a folder. Raises: CannotListen."""
        self._path = folder / NAME
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _check_folder(folder)
            _remove_stale(self._path)
            with short_path(folder) as path:
                self.socket.bind(path)
            found = self._path.lstat()
            self._file = found.st_dev, found.st_ino
            # Nobody can connect before `listen`. The umask is left as it is: it belongs to all threads.
            self._path.chmod(0o600)
            self.socket.listen(BACKLOG)
            self.socket.setblocking(False)
        except OSError as error:
            self.socket.close()
            raise CannotListen(f"{self._path}: {error.strerror or error}") from None
        except BaseException:
            self.socket.close()
            raise

    def close(self) -> None:
        """Stop listening. The file goes too, unless another desk has put its own there."""
        self.socket.close()
        with contextlib.suppress(OSError):
            found = self._path.lstat()
            if (found.st_dev, found.st_ino) == self._file:
                self._path.unlink()


def _check_folder(folder: Path) -> None:
    """Where the system does not say who connects, the folder alone keeps others out."""
    if not hasattr(socket, "SO_PEERCRED") and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise CannotListen(f"others may enter {folder}: chmod 700 it")


def _remove_stale(path: Path) -> None:
    """Take away what a desk that was killed left behind."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise CannotListen(f"{path} is in the way, and it is not a socket")
    path.unlink()


@contextmanager
def short_path(folder: Path) -> Iterator[str]:
    """Lend a path of the socket that fits into an address. Raises: OSError where there is none."""
    path = os.fspath(folder / NAME)
    if len(os.fsencode(path)) <= MOST_PATH:
        yield path
        return
    if not _DESCRIPTORS.is_dir():
        raise OSError(errno.ENAMETOOLONG, f"a path of more than {MOST_PATH} bytes cannot be a socket's here")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield str(_DESCRIPTORS / str(descriptor) / NAME)
    finally:
        os.close(descriptor)
