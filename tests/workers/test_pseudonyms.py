"""Callers under another name."""

import pytest

from workers.pseudonyms import pseudonym


def test_the_same_caller_has_the_same_one_under_the_same_key() -> None:
    one = pseudonym("+15550100", "key")
    assert one == pseudonym("+15550100", "key")
    assert one not in (pseudonym("+15550101", "key"), pseudonym("+15550100", "another"), None)
    assert "5550100" not in str(one)


@pytest.mark.parametrize("address", [None, "", "anonymous", "Restricted", "+266696687", "sip:", "+0", "+1 555 0100"])
def test_callers_who_cannot_be_told_apart_have_none(address: str | None) -> None:
    assert pseudonym(address, "key") is None


def test_a_sip_address_will_do() -> None:
    assert pseudonym("sip:anna@example.com", "") is not None
