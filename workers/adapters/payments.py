"""Invoices and payments in PostgreSQL. Every method is one short transaction and may run twice."""

import asyncpg

from workflows.ports import Claim, ClaimOutcome, Invoice, Settlement

Pool = asyncpg.Pool

FIND = """
SELECT invoices.*, paid.status FROM invoices
LEFT JOIN payments paid ON paid.invoice_id = invoices.invoice_id AND paid.status IN ('held', 'paid')
WHERE invoices.invoice_id = $1
"""
HOLD = """
INSERT INTO payments (payment_key, call_id, invoice_id, reference, amount, currency, status)
VALUES ($1, $2, $3, $4, $5, $6, 'held')
ON CONFLICT DO NOTHING
RETURNING status
"""
SETTLE = """
UPDATE payments
SET status = 'paid', gateway_payment = $2, brand = $3, last4 = $4, changed = now(),
    receipt = coalesce(receipt, 'R' || nextval('receipts'))
WHERE payment_key = $1 AND status IN ('held', 'paid')
RETURNING receipt
"""
RELEASE = """
INSERT INTO payments (payment_key, call_id, invoice_id, reference, amount, currency, status)
VALUES ($1, $2, $3, $4, $5, $6, 'released')
ON CONFLICT (payment_key) DO UPDATE
SET status = CASE payments.status WHEN 'paid' THEN 'refunded' WHEN 'held' THEN 'released' ELSE payments.status END,
    changed = now()
"""


class PostgresPayments:
    """``PaymentStore`` on the tables ``invoices`` and ``payments``."""

    def __init__(self, pool: "Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def find(self, invoice: str) -> Invoice | None:
        row = await self._pool.fetchrow(FIND, invoice)
        if row is None:
            return None
        state = "cancelled" if row["cancelled"] else {"held": "paying", "paid": "paid"}.get(row["status"], "open")
        return Invoice(
            id=row["invoice_id"],
            customer=row["customer"],
            about=row["about"],
            amount=row["amount"],
            currency=row["currency"],
            state=state,
        )

    async def claim(self, claim: Claim) -> ClaimOutcome:
        async with self._pool.acquire() as connection, connection.transaction():
            if claim.invoice is not None:
                # The invoice's row is the lock: whoever changes or cancels it waits, or is seen here.
                invoice = await connection.fetchrow(
                    "SELECT * FROM invoices WHERE invoice_id = $1 FOR SHARE", claim.invoice
                )
                if invoice is None or invoice["cancelled"]:
                    return "gone"
                if (invoice["amount"], invoice["currency"]) != (claim.amount, claim.currency):
                    return "changed"
            if await connection.fetchval(HOLD, *_row(claim)):
                return "held"
            mine = await connection.fetchval("SELECT status FROM payments WHERE payment_key = $1", claim.key)
            if mine is not None:
                return "held" if mine in ("held", "paid") else "gone"
            other = await connection.fetchval(
                "SELECT status FROM payments WHERE invoice_id = $1 AND status IN ('held', 'paid')", claim.invoice
            )
            return "paid" if other == "paid" else "paying"

    async def settle(self, settlement: Settlement) -> str:
        receipt = await self._pool.fetchval(
            SETTLE, settlement.key, settlement.payment, settlement.brand, settlement.last4
        )
        if receipt is None:
            raise LookupError(f"Nothing is held for payment {settlement.key}.")
        return str(receipt)

    async def release(self, claim: Claim) -> None:
        await self._pool.execute(RELEASE, *_row(claim))


def _row(claim: Claim) -> tuple[object, ...]:
    return claim.key, claim.call_id, claim.invoice, claim.reference, claim.amount, claim.currency
