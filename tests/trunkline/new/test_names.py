"""Names of tools."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.errors import TrunklineError
from trunkline.new.names import RESERVED, camel, checked, words


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("CallBack", "call_back would do"),
        ("call-back", "call_back would do"),
        ("call__back", "call_back would do"),
        ("2fast", "beginning with a letter"),
        ("x", "2 to 40"),
        ("a" * 41, "2 to 40"),
        ("../evil", "evil would do"),
        ("", "2 to 40"),
        ("class", "something else already"),
        ("true", "something else already"),
        ("match", "something else already"),
        ("end_call", "something else already"),
        ("test_it", "something else already"),
        ("book_visit", "already"),
    ],
)
def test_a_name_that_will_not_do_is_explained(name: str, complaint: str) -> None:
    with pytest.raises(TrunklineError, match=complaint):
        checked(name, {"book_visit"})


@given(st.text(max_size=50))
def test_what_passes_is_fit_for_a_file_a_class_and_a_subject(name: str) -> None:
    try:
        checked(name, ())
    except TrunklineError:
        return
    assert name.isidentifier()
    assert camel(name).isidentifier()
    assert not keyword.iskeyword(camel(name))
    assert name not in RESERVED
    assert words(name).replace(" ", "_") == name
