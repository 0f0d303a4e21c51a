"""The simulation that the tables of docs/rebalancing.md come from, on books made by hand."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
