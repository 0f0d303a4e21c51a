"""The commands that change, list or explain what is worked, as they are typed."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from cyclopts import Parameter

from cockpit.cli_common import Seed
from cockpit.ordering.options import AsJson, Id, Limit, lenient_folder
from cockpit.ordering.typed import Typed


def pause(id_: Id, /, *, seed: Seed = None, json_: AsJson = False) -> int:
    """Pause what is worked: nothing of it rests in the book, and nothing is sent."""
    from cockpit.ordering import sending

    return sending.pause(Typed(), lenient_folder(seed), id_, is_on=True, is_json=json_)


def resume(id_: Id, /, *, seed: Seed = None, json_: AsJson = False) -> int:
    """Let go on what is paused."""
    from cockpit.ordering import sending

    return sending.pause(Typed(), lenient_folder(seed), id_, is_on=False, is_json=json_)


def cancel(id_: Id, /, *, seed: Seed = None, json_: AsJson = False) -> int:
    """Cancel a total with all its orders, an entry with both its legs, or a single order."""
    from cockpit.ordering import sending

    return sending.cancel(Typed(), lenient_folder(seed), id_, is_json=json_)


def amend(id_: Id, /, *, limit: Limit, seed: Seed = None, json_: AsJson = False) -> int:
    """Change the limit of what is worked."""
    from cockpit.ordering import sending

    typed = Typed()
    return sending.amend(typed, lenient_folder(seed), id_, typed.price("limit", limit), is_json=json_)


def why(
    id_: Annotated[str, Parameter(name="ID", help="c-0003, P-0001, P-0001/3, E-0001, S-1-1, a market, offer:market.")],
    /,
    *,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Say why: the inputs, the rule, every gate, the first that blocks, and what would change it."""
    from cockpit.looking_back import recorded_why
    from cockpit.ordering import why as asking
    from cockpit.place import JOURNAL

    folder = lenient_folder(seed)
    return asking.why(Typed(), folder, id_, partial(recorded_why, folder / JOURNAL), is_json=json_)


def orders(*, seed: Seed = None, json_: AsJson = False) -> int:
    """List what the desk works: filled, average, benchmarks, slices."""
    from cockpit.ordering import sending

    return sending.orders(lenient_folder(seed), is_json=json_)
