"""The desk's state as a frame for its screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.frame import Frame
from cockpit.desk.view import Extras, frame_of
from cockpit.desk.view_stop import stop_row

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def picture_of(desk: Desk, watch: tuple[str, ...], before: Frame | None) -> Frame:
    """Return the state as the frame that follows the one `before`, with the books of the markets in `watch`."""
    stop, now, sums = stop_row(desk), desk.clock.now_ms(), desk.state.exposure
    return frame_of(
        desk.state,
        seq=before.seq + 1 if before else 1,
        now_ms=now,
        started_ms=desk.started_ms,
        is_ready=desk.is_ready,
        rules=desk.rules,
        watch=watch,
        receipts=tuple(desk.receipts),
        before=before,
        place=desk.place,
        speed=desk.clock.speed,
        previews=tuple(desk.previews),
        desk=Extras(
            stop=stop,
            offers=desk.scanner.best(),
            proposed=desk.converter.shown(),
            mode_of=desk.manager.mode_of,
            curve=desk.curve.points,
            telemetry=desk.telemetry.rows(),
            conflated=desk.intake.inbox.conflated,
            whys=tuple(desk.whys),
            may_sign_off=desk.proof.may_sign_off,
            worst_of=desk.guard.worst_of,
            worst_unhedged=stop.worst_unhedged,
            drifts=desk.curve.trail.drifts(now, sums.delta, sums.unhedged),
        ),
    )
