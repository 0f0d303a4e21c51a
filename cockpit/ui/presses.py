"""Keys act in the order they were pressed, however fast they come: at once, and not after a round through widgets.

Textual hands a key to a widget, and what nobody took comes back to the app, which then looks for its binding. Until it
has come back, the next key may have been taken by a widget: typed into the field before the one it was meant for.
"""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.widget import AwaitMount
from textual.widgets import Input


async def press(app: App[int], event: events.Key) -> bool:
    """Run what a key is bound to; return False where it is for a text field, or bound to nothing."""
    if not app.screen.is_mounted:
        await AwaitMount(app.screen, [app.screen])  # what the key before this one has opened
    if isinstance(app.focused, Input) and event.key != "escape":
        return False
    active = app.screen.active_bindings.get(event.key)
    return active is not None and active.enabled and await app.run_action(active.binding.action, active.node)
