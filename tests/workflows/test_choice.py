"""A few answers to choose from."""

import pytest
from pydantic import ValidationError

from workflows.choice import NONE, choice_of
from workflows.schema import schema_of

OPTIONS = {"ten in the morning": ["ten"], "noon": ["twelve", "midday"]}


def test_the_schema_holds_the_options_and_other_words_for_them() -> None:
    field = schema_of(choice_of(OPTIONS, "When."))["properties"]["choice"]
    assert field["enum"] == ["ten in the morning", "noon", NONE]
    assert field["description"] == "When."
    assert field["synonyms"]["noon"] == ["twelve", "midday", "the second one"]


def test_an_answer_is_one_of_them() -> None:
    model = choice_of(OPTIONS, "When.")
    assert model.model_validate({"choice": "noon"}).choice == "noon"
    assert model.model_validate({"choice": NONE}).choice == NONE
    with pytest.raises(ValidationError):
        model.model_validate({"choice": "eleven"})
