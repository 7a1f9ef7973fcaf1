"""Callers to talk with."""

import pytest

from tests.edge.dialogue.talk import Caller


@pytest.fixture
def caller() -> Caller:
    """One who talks to the home-services company."""
    return Caller()


@pytest.fixture
def make_caller() -> type[Caller]:
    return Caller
