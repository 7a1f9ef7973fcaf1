"""What an utterance says of a request's slots: values in the schema's own form, and what is wrong with the others."""

from edge.dialogue import counting, moments, picking, telling, times
from edge.dialogue.reading import Context, Gathered, Work
from edge.dialogue.schema import Slot
from edge.dialogue.words import Words

_STEPS = (
    telling.told_names,
    picking.pick,
    moments.from_now,
    moments.days,
    telling.coded,
    moments.hours,
    moments.stays,
    moments.moments,
    counting.sums,
    counting.counts,
    telling.bare_names,
    telling.strings,
    telling.booleans,
    telling.nothings,
)
"""Each uses up the words it understands, so the surest come first."""


def gather(words: Words, slots: tuple[Slot, ...], context: Context) -> Gathered:
    """Everything the words say of the slots. Never raises; what cannot be read is not there."""
    work = Work(words, slots, context)
    for step in _STEPS:
        step(work)
    work.out.part = times.part_of_day(words)
    return work.out
