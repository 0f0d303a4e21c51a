"""`OrderReader`: everything about one row of the orders pane, live."""

from __future__ import annotations

from cockpit.core.frame import Frame
from cockpit.ui.desk_readers import Status
from cockpit.ui.order_detail import order_rows
from cockpit.ui.readers import Reader
from cockpit.ui.rows import Rows


class OrderReader(Reader):
    """A parent, one of its orders, an entry, or what is not ours. The chart is as high as the screen allows."""

    def __init__(self, key: str, status: Status, frame: Frame) -> None:
        super().__init__(self._rows, status, frame)
        self._key = key

    def _rows(self, frame: Frame, width: int) -> Rows:
        return order_rows(self._key, frame, width - 1, self.size.height)
