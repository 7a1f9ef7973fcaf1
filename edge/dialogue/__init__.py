"""A dialogue policy in the language model's seat: driven by the tools' schemas, with no code for any one of them.

``decide`` is pure: a function of the conversation. Its memory travels in ``Done.state`` and comes back in history.
"""

from edge.dialogue.policy import Reply, decide
from edge.dialogue.state import State

__all__ = ["Reply", "State", "decide"]
