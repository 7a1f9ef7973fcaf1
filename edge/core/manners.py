"""The numbers of turn-taking, in one place. Seconds of call audio unless said otherwise."""

from dataclasses import dataclass, field

from edge.core.endpointing import Waits


@dataclass(frozen=True, slots=True)
class Manners:
    """How this agent behaves in conversation."""

    waits: Waits = field(default_factory=Waits)
    speculations: int = 3
    """Speculative replies for one turn, at most."""
    decode_patience: float = 1.5
    """How long a turn waits for its words, after the last sound, before it is given up."""
    stirring: float = 0.096
    """How much longer a pause is waited out where there is something that may be speech."""
    acts_after: float = 0.5
    """Seconds after the caller's last sound before what their turn asks for is done. The reply is heard before that;
    but who goes on ("yes, but …") has asked for nothing yet."""
    frozen_after: float = 10.0
    """Once a turn's audio is this long, words before a pause are kept and not decoded again."""
    longest_stretch: float = 20.0
    """Speech without any pause is decoded in pieces of this length, so that no decode grows without bound."""
    stretches: int = 3
    """After so many pieces the turn is taken for ended: it is a television, or somebody who does not pause."""
    unheard: float = 1.5
    """A sound this long without words is asked about, once."""
    filler_after: float = 0.9
    """A committed turn without audio gets a filler after this."""
    reply_patience: float = 8.0
    """A reply without audio is given up after this, with an apology."""
    weigh_words: float = 0.25
    """Sound over the agent is first decoded once it has lasted this long."""
    weigh_again: float = 0.15
    """It is decoded again after each further stretch of this length, while it lasts."""
    weigh_hold: float = 0.38
    """So much of a sound that lasts must have been decoded, and be "mhm" or no words, before the agent goes on, and
    listens on: "okay" may become "okay, but"."""
    laughter: float = 0.80
    """Sound over the agent that is laughter with this probability takes the floor with many words, or with one that
    always does."""
    sure_laughter: float = 0.95
    """With this one, only words that always take it do."""
    weigh_laughs: float = 3.0
    """Who makes words for so long has the floor, however they sound."""
    weigh_longest: float = 1.00
    """Where no words come at all, because nobody decodes them, sound that lasts this long takes the floor."""
    weigh_patience: float = 0.70
    """After a sound over the agent has ended, how long its words are waited for."""
    cough: float = 0.25
    """A sound over the agent shorter than this, without words in time, was not meant for it."""
    resumes: float = 1.0
    """Sound over the agent that begins so soon after the caller's last one is more of what they said."""
    announce_gap: float = 0.35
    """Silence before an announcement when the agent has asked nothing."""
    answer_gap: float = 2.5
    """Silence before an announcement when the caller has been asked something."""
    heard_enough: float = 0.75
    """Part of an announcement that must be heard for it to count as spoken."""
    announce_attempts: int = 3
    """How often an announcement that is cut off is begun."""
    key_gap: float = 1.5
    """Silence after the last key that ends an entry."""
    still_there_after: float = 8.0
    """Silence after which the agent asks whether the caller is there."""
    goodbye_after: float = 12.0
    """Further silence after which it says goodbye."""
    patience: float = 45.0
    """Silence allowed once the caller has asked us to hold on."""
    still_there: str = "Are you still there?"
    goodbye: str = "I can't hear you any more, so I'll hang up now. Goodbye."
    go_on: str = "Sorry, I didn't catch that. Could you say it again?"
    apology: str = "Sorry, something went wrong on my side. Could you say that again?"
