"""Answers one request of a client after the other: commands with their receipts, previews, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from cockpit.core.commands import Command, Explain, Preview
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import PreviewRow, Receipt
from cockpit.core.state import State
from cockpit.core.why import Why
from cockpit.link import wire

MOST_RECEIPTS = 1_000
"""Answers kept for clients that ask again."""
PREVIEWS_AT_ONCE = 4
"""The desk keeps only the newest previews: no more than these are waited for at a time."""
LOOK_S = 0.02
"""How often an answer is looked for while somebody waits for one."""
PICTURE_S = 0.1
"""Least time between two pictures: however many ask, the desk draws no more."""
PREFIX = "socket-"
"""Before the ids that clients choose: none can pass for one of the screen's or a rule's."""
NO_MARKET = ("",)
"""What a picture of ours watches: no ladder, and nothing that would hide news from a screen beside us."""
_Found = TypeVar("_Found")


class Served(Protocol):
    """What the socket needs of a desk; it is given one, it does not know where from."""

    @property
    def state(self) -> State:
        """What the desk knows."""
        ...

    @property
    def receipts(self) -> Iterable[Receipt]:
        """The newest answers."""
        ...

    @property
    def previews(self) -> Iterable[PreviewRow]:
        """The newest previews."""
        ...

    @property
    def whys(self) -> Iterable[Why]:
        """The newest answers to why."""
        ...

    def submit(self, command: Command) -> None:
        """Take a command."""
        ...

    def picture(self, watch: Iterable[str], before: Frame | None, *, is_due: bool = False) -> Frame | None:
        """Return a new frame."""
        ...

    def note(self, level: str, text: str) -> None:
        """Write a line for people."""
        ...


class Answering:
    """What all clients of one desk share: which commands came, and the newest picture."""

    def __init__(self, desk: Served, wait_s: float) -> None:
        self._desk, self._wait_s = desk, wait_s
        self._receipts: dict[str, Receipt | None] = {}
        """Answers by the desk's ids, None for those that are not there yet."""
        self._preview_count = 0
        self._previewing = asyncio.Semaphore(PREVIEWS_AT_ONCE)
        self._drawing = asyncio.Lock()
        self._frame: Frame | None = None
        self._drawn_at = 0.0

    def welcome(self, request: wire.Request) -> wire.Answer:
        """Return the answer to the first message of a client; anything but a `Welcome` ends the conversation."""
        if not isinstance(request, wire.Hello):
            return wire.Problem("protocol", "say hello first")
        if request.protocol != wire.PROTOCOL:
            words = f"the desk speaks protocol {wire.PROTOCOL}, not {request.protocol}: use the same cockpit for both"
            return wire.Problem("protocol", words)
        return wire.Welcome(wire.PROTOCOL, self._desk.state.account, self._desk.state.mode)

    async def answer(self, request: wire.Request) -> wire.Answer:
        """Return the answer to any later message. Raises: WireError for one that makes no sense."""
        match request:
            case wire.Ask():
                return await self._do(request)
            case wire.AskPreview():
                return await self._preview(request)
            case wire.AskWhy():
                return await self._why(request)
            case wire.AskReceipt():
                return await self._receipt(request.id)
            case wire.AskPicture():
                return await self._picture(request)
            case wire.Hello():
                raise wire.WireError("there was a hello already")

    async def _do(self, request: wire.Ask) -> wire.Answer:
        """Hand a command over, unless it came before, and return what became of it."""
        if not request.id:
            raise wire.WireError("a command needs an id")
        desk_id = PREFIX + request.id
        command = wire.command_of(request.type, request.fields, desk_id)
        if desk_id not in self._receipts:
            if desk_id in self._desk.state.commands_done:
                return wire.Answered(Receipt(request.id, is_done=True, reason="", text="done before the desk started"))
            self._receipts[desk_id] = None
            while len(self._receipts) > MOST_RECEIPTS:
                self._receipts.pop(next(iter(self._receipts)))
            self._desk.submit(command)
        return await self._receipt(request.id)

    async def _receipt(self, client_id: str) -> wire.Answer:
        desk_id = PREFIX + client_id
        if desk_id not in self._receipts:
            return wire.Problem("unknown id", f"no command {client_id[:40]!r} came since the desk started")
        found = await self._until(lambda: self._look(desk_id))
        if found is None:
            return wire.Pending(client_id)
        return wire.Answered(Receipt(client_id, found.is_done, found.reason, found.text, found.field))

    def _look(self, desk_id: str) -> Receipt | None:
        for receipt in self._desk.receipts:
            if receipt.command_id in self._receipts:
                self._receipts[receipt.command_id] = receipt
        return self._receipts.get(desk_id)

    async def _preview(self, request: wire.AskPreview) -> wire.Answer:
        self._preview_count += 1
        preview_id = f"{PREFIX}preview-{self._preview_count}"
        wanted = wire.wanted_of(request.type, request.fields, preview_id)

        def look() -> PreviewRow | None:
            return next((row for row in self._desk.previews if row.command_id == preview_id), None)

        async with self._previewing:
            self._desk.submit(Preview(preview_id, wanted))
            row = await self._until(look)
        return wire.Previewed(row) if row else wire.Problem("no answer", "the desk has not answered yet: try again")

    async def _why(self, request: wire.AskWhy) -> wire.Answer:
        wire.check_value("why: target", request.target)
        self._preview_count += 1
        request_id = f"{PREFIX}why-{self._preview_count}"

        def look() -> Why | None:
            return next((why for why in self._desk.whys if why.request_id == request_id), None)

        async with self._previewing:
            self._desk.submit(Explain(request_id, request.target))
            found = await self._until(look)
        return wire.Explained(found) if found else wire.Problem("no answer", "the desk has not answered yet: try again")

    async def _picture(self, request: wire.AskPicture) -> wire.Answer:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        async with self._drawing:
            # One that was drawn for somebody else while we waited is as new as ours would be.
            if self._frame is None or self._drawn_at <= asked_at:
                await asyncio.sleep(max(0.0, self._drawn_at + PICTURE_S - loop.time()))
                self._frame = self._desk.picture(NO_MARKET, self._frame, is_due=True) or self._frame
                self._drawn_at = loop.time()
            frame = self._frame
        if frame is None:
            return wire.Problem("no answer", "the desk has nothing to show yet: try again")
        return wire.picture_of(frame, request.parts)

    async def _until(self, look: Callable[[], _Found | None]) -> _Found | None:
        """Look until there is something, or the time for an answer is over."""
        loop = asyncio.get_running_loop()
        over = loop.time() + self._wait_s
        while (found := look()) is None and loop.time() < over:  # noqa: ASYNC110 - the desk has no event for it
            await asyncio.sleep(LOOK_S)
        return found
