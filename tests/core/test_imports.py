"""The core loads nothing outside the standard library, and does nothing but compute."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cockpit.core

FOLDER = Path(cockpit.core.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
MODULES = [f"cockpit.core.{path.stem}" for path in FILES if path.stem != "__init__"]
FORBIDDEN_MODULES = {
    "time",
    "datetime",
    "random",
    "secrets",
    "asyncio",
    "threading",
    "logging",
    "os",
    "io",
    "pathlib",
    "socket",
    "subprocess",
    "sys",
    "uuid",
}
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval", "__import__", "globals", "id"}


def test_importing_every_module_of_the_core_loads_only_the_standard_library() -> None:
    program = f"""
import sys
before = set(sys.modules)
import importlib
for name in {MODULES!r}:
    importlib.import_module(name)
loaded = {{name.partition('.')[0] for name in set(sys.modules) - before}}
print(sorted(loaded - set(sys.stdlib_module_names) - {{'cockpit'}}))
print(sorted(name for name in sys.modules if name.startswith('cockpit.') and not name.startswith('cockpit.core')))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(FOLDER.parents[1])!r})\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["[]", "[]"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_clock_chance_input_or_output(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported = {(node.module or "").partition(".")[0]}
        else:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in FORBIDDEN_CALLS, f"{path.name}:{node.lineno}"
            assert not isinstance(node, ast.Global | ast.AsyncFunctionDef | ast.Await), f"{path.name}:{node.lineno}"
            continue
        assert not imported & FORBIDDEN_MODULES, f"{path.name}:{node.lineno}"


STATISTICS = {"arrivals", "profile", "randomised", "vwap"}
"""What is expected or drawn is a float; what is sent is made of it in whole lots, and its sum is checked."""


def test_no_float_literal_in_what_counts_money_or_shares() -> None:
    for path in FILES:
        if path.stem in {"market_data", "commands"}:  # the speed of a replay is a float
            continue
        if path.stem in STATISTICS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_division = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            where = f"{path.name}:{getattr(node, 'lineno', 0)}"
            assert not is_float or path.stem == "delta", where
            assert not is_division or (path.stem in {"check_words", "gates"} and _is_seconds(node)), where


def _is_seconds(node: ast.AST) -> bool:
    """Return whether milliseconds are divided to be printed as seconds: neither money nor shares."""
    return isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value == 1000


def test_errors_carry_their_exit_codes() -> None:
    from cockpit.core.errors import CockpitError, FailedError, RefusedError, UsageError

    assert [error.exit_code for error in (CockpitError, FailedError, UsageError, RefusedError)] == [1, 1, 2, 3]
    assert all(issubclass(error, CockpitError) for error in (FailedError, UsageError, RefusedError))
