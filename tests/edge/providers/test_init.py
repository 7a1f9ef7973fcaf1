"""Tests of edge/providers/__init__.py."""

import pytest

from edge import providers
from edge.errors import ProviderError


def test_each_file_is_a_provider_of_its_name() -> None:
    found = providers.available()

    assert "moonshine" in found["ears"]
    assert "hibari" in found["voice"]
    assert "silero" in found["vad"]
    assert "openai" in found["mind"]


def test_finds_by_seat_and_name() -> None:
    assert providers.find("ears", "moonshine").name == "moonshine"


@pytest.mark.parametrize("name", ["nobody", "hibari", "", "../x", "os"])
def test_an_unknown_name_tells_the_known_ones(name: str) -> None:
    with pytest.raises(ProviderError, match=r"for the ears seat\. Known: .*moonshine") as caught:
        providers.find("ears", name)
    assert caught.value.code == "unknown_provider"
