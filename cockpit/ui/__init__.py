"""The screen: reads frames, sends commands, holds no trading state. It knows `cockpit.core` and `cockpit.link.base`."""
