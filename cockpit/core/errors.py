"""The tree of errors.

CockpitError            anything a person should read as one sentence
├── UsageError          typed or set wrongly: exit code 2
├── FailedError         the machine would not: unwritable folder, newer database: exit code 1
├── RefusedError        somebody else forbids it: a second desk on the account: exit code 3
└── NoDeskError         no desk runs that could be spoken to (`link.client`): exit code 4

Expected refusals inside the desk are values (`limits.Refused`), not exceptions.
"""

from __future__ import annotations


class CockpitError(Exception):
    """A sentence for a person; `exit_code` is what the command ends with."""

    exit_code = 1


class UsageError(CockpitError):
    """Names the field, the value and what is allowed."""

    exit_code = 2


class FailedError(CockpitError):
    """Says what could not be done, and what to do about it."""

    exit_code = 1


class RefusedError(CockpitError):
    """Says who refuses and why."""

    exit_code = 3
