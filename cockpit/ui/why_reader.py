"""`WhyReader`: why a row is as it is, asked of the desk again while it is open."""

from __future__ import annotations

from cockpit.core.frame import Frame
from cockpit.core.why import Why
from cockpit.ui.desk_readers import Status
from cockpit.ui.hands import Hands
from cockpit.ui.readers import Reader
from cockpit.ui.why import why_rows

AGAIN_S = 1.0
"""How often the desk is asked: in between only ages grow."""


class WhyReader(Reader):
    """The answer to why about one target, live."""

    def __init__(self, hands: Hands, status: Status, frame: Frame, target: str) -> None:
        super().__init__(lambda frame, width: why_rows(self._why, frame, width - 1), status, frame)
        self._hands, self._target = hands, target
        self._why: Why | None = None
        self._before = ""
        """The request before this one: a slow desk may still answer it."""
        self._request_id, self._asked_at = hands.explain(target), hands.now()

    def show(self, frame: Frame) -> None:
        """Take a newer frame, and the answer if it is there; ask again when that has grown old."""
        # The answer may have come in a frame that was shown before this screen was there.
        for why in (*self._hands.whys, *frame.whys):
            if why.request_id in (self._request_id, self._before):
                self._why = why
        if self._hands.now() - self._asked_at >= AGAIN_S:
            self._before = self._request_id
            self._request_id, self._asked_at = self._hands.explain(self._target), self._hands.now()
        super().show(frame)
