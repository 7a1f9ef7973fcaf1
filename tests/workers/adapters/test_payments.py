"""Invoices and payments on PostgreSQL: nobody pays twice, whatever comes at once, twice or late."""

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from schemas.base import new_id
from workers.adapters.payments import PostgresPayments
from workflows.ports import Claim, Settlement

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


def claim(amount: int = 12000, invoice: str | None = "1042") -> Claim:
    return Claim(
        key=new_id("pay"), call_id="call", invoice=invoice, reference="Invoice 1042", amount=amount, currency="USD"
    )


def settlement(of: Claim) -> Settlement:
    return Settlement(key=of.key, payment="pay_1", brand="visa", last4="6467")


@pytest_asyncio.fixture
async def payments(pool: "Pool") -> PostgresPayments:
    await pool.execute("DELETE FROM payments")
    return PostgresPayments(pool)


async def test_of_fifty_who_pay_at_once_one_holds_the_invoice(payments: PostgresPayments) -> None:
    outcomes = await asyncio.gather(*(payments.claim(claim()) for _ in range(50)))
    assert sorted(set(outcomes)) == ["held", "paying"]
    assert outcomes.count("held") == 1


async def test_what_is_done_twice_is_done_once(payments: PostgresPayments) -> None:
    mine = claim()
    assert [await payments.claim(mine) for _ in range(2)] == ["held", "held"]
    receipts = {await payments.settle(settlement(mine)) for _ in range(3)}
    assert len(receipts) == 1
    found = await payments.find("1042")
    assert found is not None
    assert found.state == "paid"
    assert await payments.claim(claim()) == "paid"


async def test_what_was_let_go_of_is_not_taken_up_again(payments: PostgresPayments) -> None:
    mine = claim()
    await payments.release(mine)
    assert await payments.claim(mine) == "gone"
    with pytest.raises(LookupError, match="Nothing is held"):
        await payments.settle(settlement(mine))
    other = claim()
    assert await payments.claim(other) == "held"
    await payments.settle(settlement(other))
    await payments.release(other)
    found = await payments.find("1042")
    assert found is not None
    assert found.state == "open", "A payment that was given back leaves the invoice open."


async def test_only_what_was_agreed_to_is_paid(payments: PostgresPayments) -> None:
    assert await payments.claim(claim(11999)) == "changed"
    assert await payments.claim(claim(invoice="9999")) == "gone"
    assert await payments.find("9999") is None
    assert [await payments.claim(claim(invoice=None)) for _ in range(2)] == ["held", "held"], "Deposits do not compete."
