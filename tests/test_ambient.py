"""Nothing in the engine reads a clock, draws a number or starts a task but in the modules made for it.

The drill is only repeatable as long as this holds: the whole desk runs in virtual time from a seed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "cockpit"
ENGINE = sorted(
    path for folder in ("core", "desk", "drill", "venues/practice") for path in (ROOT / folder).rglob("*.py")
)
ALLOWED = {
    "desk/clock.py": {"time"},
    "desk/ids.py": {"random", "secrets"},
    "desk/supervisor.py": {"create_task"},
    "drill/report.py": {"time", "multiprocessing"},
    "drill/virtual_time.py": {"random"},
    "drill/plan.py": {"random"},
    "drill/person.py": {"random"},
    "drill/harness.py": {"random"},
    "venues/practice/draws.py": {"random"},
    "venues/practice/rig.py": {"create_task"},
}
AMBIENT = {"time", "random", "secrets", "threading", "multiprocessing", "uuid"}


def _found(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name in AMBIENT)
        elif isinstance(node, ast.ImportFrom) and node.module in AMBIENT:
            yield str(node.module), node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in ("create_task", "to_thread"):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date"):
                yield f"datetime.{node.attr}", node.lineno
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Set | ast.SetComp):
            yield "the order of a set", getattr(node, "lineno", node.iter.lineno)


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_engine_uses_only_what_is_passed_in(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    allowed = ALLOWED.get(name, set())
    used = [(what, line) for what, line in _found(path) if what not in allowed]
    # For a type only: what it draws is still passed in.
    text = path.read_text()
    used = [(what, line) for what, line in used if what != "random" or "random.Random(" in text]
    assert not used, f"{name} uses {used}"
