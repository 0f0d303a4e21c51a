"""The ids of our orders in a table of their own, filled from the journal."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    intents = op.create_table(
        "intents",
        sa.Column("order_id", sa.Text, primary_key=True),
        sa.Column("market_id", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    found: dict[str, dict[str, object]] = {}
    query = "SELECT at_ms, body FROM events WHERE type = 'OrderSending' ORDER BY seq"
    for at_ms, body in op.get_bind().execute(sa.text(query)):
        try:
            order = json.loads(body)["order"]
            order_id, market_id = str(order["id"]), str(order["market_id"])
        except (ValueError, KeyError, TypeError):
            # The start that follows names the fact it cannot read; the others' ids are worth having now.
            continue
        found.setdefault(order_id, {"order_id": order_id, "market_id": market_id, "at_ms": at_ms})
    op.bulk_insert(intents, list(found.values()))


def downgrade() -> None:
    op.drop_table("intents")
