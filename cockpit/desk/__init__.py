"""The running engine: one writer of state, and the workers it wakes."""
