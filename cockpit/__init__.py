"""A terminal cockpit for trading two-outcome markets."""

__version__ = "0.1.0"
