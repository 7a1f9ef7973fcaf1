"""A question with a few answers to choose from, as an answer model for ``caller.ask``."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

NONE = "none of these"


class Choice(BaseModel):
    """Which of the options the caller chose; ``NONE`` where they want none of them."""

    choice: str


def choice_of(options: Mapping[str, Sequence[str]], description: str) -> type[Choice]:
    """A model whose one field ``choice`` is one of ``options`` or NONE.

    ``options``: each as it is spoken, and in which other words a caller may choose it.
    """
    places = ("the first one", "the second one", "the third one", "the fourth one", "the fifth one")
    synonyms = {
        option: [*words, *places[index : index + 1]] for index, (option, words) in enumerate(options.items())
    } | {NONE: ["neither", "none", "no", "another time", "something else"]}
    extra: dict[str, Any] = {"synonyms": {option: list(words) for option, words in synonyms.items()}}
    chosen: Any = Literal[tuple(synonyms)]
    return create_model(
        "Choice",
        __base__=Choice,
        choice=(
            chosen,
            Field(description=description, examples=list(options), json_schema_extra=extra),
        ),
    )
