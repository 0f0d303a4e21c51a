"""What the commands say: sentences for people, one object for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cockpit.core.frame_orders import LimitRow, PreviewRow, Receipt
from cockpit.core.units import money_text, price_text, shares_text


def preview_text(row: PreviewRow) -> str:
    """Return the lines of a preview: what it is, what it would do and cost, its plan and risk, the limits it uses."""
    lines = [f"not sent: {row.words}"]
    lines += [f"  {line}" for line in (row.effect, row.money, row.plan, row.profile) if line]
    lines += risk_lines(row)
    lines.append("  limits it would use in the worst case:")
    names = [limit.name for limit in row.limits]
    width = max(map(len, names), default=0)
    lines += [f"    {limit.name:<{width}}  {_used(limit)}" for limit in row.limits]
    return "\n".join(lines)


def risk_lines(row: PreviewRow) -> list[str]:
    """Return what it means if one leg of an entry fills alone; nothing for anything else."""
    return ["  if one leg fills alone:", *(f"    {line}" for line in row.risk)] if row.risk else []


def _used(limit: LimitRow) -> str:
    text, unit = (money_text, "USD") if limit.is_money else (shares_text, "shares")
    over = "" if limit.used <= limit.limit else "  OVER"
    return f"{text(limit.used)} of {text(limit.limit)} {unit}{over}"


def preview_json(row: PreviewRow) -> dict[str, Any]:
    """Return a preview as plain values; numbers are decimal texts, so that nothing is rounded."""
    found: dict[str, Any] = {
        "sent": False,
        "would_be_done": not row.reason,
        "reason": row.reason,
        "text": row.problem,
        "field": row.field,
        "words": row.words,
        "effect": row.effect,
        "money": row.money,
        "plan": row.plan,
        "profile": row.profile,
        "risk": list(row.risk),
        "limits": [_limit_json(limit) for limit in row.limits],
    }
    if row.shares:
        found |= {"size": shares_text(row.shares), "prices": [price_text(price) for price in row.prices]}
    return found


def _limit_json(limit: LimitRow) -> dict[str, str]:
    text = money_text if limit.is_money else shares_text
    unit = "USD" if limit.is_money else "shares"
    return {"name": limit.name, "used": text(limit.used), "limit": text(limit.limit), "unit": unit}


def receipt_json(receipt: Receipt, risk: Iterable[str] = ()) -> dict[str, Any]:
    """Return the answer to a command as plain values; `id` is the parent or entry that was started, if one was."""
    first = receipt.text.split(" ", 1)[0]
    found: dict[str, Any] = {
        "sent": True,
        "done": receipt.is_done,
        "id": first if receipt.is_done and first[:2] in ("P-", "E-") else "",
        "reason": receipt.reason,
        "text": receipt.text,
        "field": receipt.field,
        "command": receipt.command_id,
    }
    return found | {"risk": list(risk)} if risk else found
