"""A conversation as a language model gets it, for the tests of those who put it in a vendor's form."""

from datetime import UTC, datetime

from edge.core.conversation import CallerSaid, Conversation, Entry, Question, Tool

BOOK = Tool(
    "book_visit", "book a visit", "Book a visit.", {"type": "object", "properties": {"day": {"type": "string"}}}
)


def conversation(*entries: Entry, questions: tuple[Question, ...] = ()) -> Conversation:
    """These entries, or the caller's hello, with one tool."""
    return Conversation(
        call_id="call_1",
        instructions="You are Ada.",
        business="Harbor Home Services",
        now=datetime(2026, 11, 20, 10, 5, tzinfo=UTC),
        tools=(BOOK,),
        entries=entries or (CallerSaid(1, "Hello."),),
        questions=questions,
        caller="+12125550142",
    )
