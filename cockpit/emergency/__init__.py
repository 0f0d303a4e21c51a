"""Halt, cancel all and release from a command line: what must work when nothing else does.

None of it needs the desk, the screen or a replay of the journal; only `release`, which is no emergency, reads it.
"""
