"""The sandbox's ledger: every effect once, whatever is asked twice, at once, late, or after it was undone."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from schemas.base import new_id
from trunkline.gateway.cards import Known
from trunkline.gateway.ledger import Conflict, Ledger

if TYPE_CHECKING:
    from tests.trunkline.gateway.conftest import Sandbox


@pytest.fixture
def ledger(sandbox: "Sandbox") -> Ledger:
    return Ledger(sandbox.database)


async def token(ledger: Ledger, behaviour: str = "approve") -> str:
    return await ledger.tokenise(Known("6467", "visa", behaviour), new_id("key"))  # type: ignore[arg-type]


async def test_ten_at_once_under_one_key_are_one_payment(ledger: Ledger, sandbox: "Sandbox") -> None:
    key, card = new_id("key"), await token(ledger)
    made = await asyncio.gather(*(ledger.authorise(key, card, 12000, "USD", "1042") for _ in range(10)))
    assert len({payment.payment for payment in made}) == 1
    assert sum(payment.fresh for payment in made) == 1
    await asyncio.gather(*(ledger.capture(key) for _ in range(10)))
    await asyncio.gather(*(ledger.reverse(key) for _ in range(10)))
    assert await sandbox.effects(key) == ["authorise", "capture", "refund"]


async def test_what_was_undone_before_it_came_never_comes(ledger: Ledger, sandbox: "Sandbox") -> None:
    key, card = new_id("key"), await token(ledger)
    assert (await ledger.reverse(key)).status == "barred"
    assert (await ledger.authorise(key, card, 12000, "USD", "1042")).status == "barred"
    with pytest.raises(Conflict):
        await ledger.capture(key)
    assert await sandbox.effects(key) == []


async def test_an_authorisation_is_voided_and_not_captured_after(ledger: Ledger, sandbox: "Sandbox") -> None:
    key, card = new_id("key"), await token(ledger)
    await ledger.authorise(key, card, 12000, "USD", "1042")
    assert (await ledger.reverse(key)).status == "voided"
    with pytest.raises(Conflict):
        await ledger.capture(key)
    assert await sandbox.effects(key) == ["authorise", "void"]


async def test_one_key_is_one_payment_and_no_other(ledger: Ledger) -> None:
    key, card = new_id("key"), await token(ledger)
    await ledger.authorise(key, card, 12000, "USD", "1042")
    with pytest.raises(Conflict, match="another payment"):
        await ledger.authorise(key, card, 12001, "USD", "1042")
    with pytest.raises(Conflict, match="no such token"):
        await ledger.authorise(new_id("key"), "tok_" + "0" * 32, 1, "USD", "1042")


@pytest.mark.parametrize(("behaviour", "reason"), [("decline", "do_not_honour"), ("insufficient_funds",) * 2])
async def test_a_card_that_declines_is_charged_nothing(
    ledger: Ledger, sandbox: "Sandbox", behaviour: str, reason: str
) -> None:
    key = new_id("key")
    payment = await ledger.authorise(key, await token(ledger, behaviour), 12000, "USD", "1042")
    assert (payment.status, payment.reason) == ("declined", reason)
    assert (await ledger.reverse(key)).status == "declined"
    assert await sandbox.effects(key) == []
