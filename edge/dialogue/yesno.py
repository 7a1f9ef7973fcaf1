"""Yes and no in their many forms."""

import re
from typing import Literal

from edge.dialogue.words import Words, join

Verdict = Literal["yes", "no"]

_LEAD = re.compile(r"^(?:(?:uh|um|er|erm|ah|oh|hmm|well|so|and|but|you|okay so|i mean|i said|like|hey|the|sorry)\s+)+")
_NOT_A_NO = re.compile(
    r"^(?:no|not a?)\s*(?:problem|worries|trouble|that(?:'s| is| all sounds| sounds)? (?:all )?(?:fine|right|"
    r"correct|good|great|perfect))|^why not\b"
)
_NO = re.compile(
    r"^(?:(?:yeah|yes|okay|ok|right) (?:no|nope|but no)\b|no\b|nope|nah|know$|(?:know|now) (?:wait|weight|not|"
    r"make it|that's)\b|negative|never\b|"
    r"not (?:really|quite|at all|exactly|right|correct|that|yet|this|today|now|on)\b|not$|wrong|incorrect|"
    r"i don't (?:think so|want)|i do not\b|"
    r"i'd rather not|please don't|don't\b|neither\b|none of)"
    r"|\b(?:that's|that is|that isn't|that's not|is|it's|it is) (?:not |all )?(?:wrong|incorrect|not right|"
    r"not correct|not what)\b"
    r"|\b(?:isn't|is not|not) (?:right|correct)\b|\bi don't think so\b"
)
_YES = re.compile(
    r"^(?:yes|yeah|yah|ya|yep|yup|yea|yas|yet$|guess$|sure|surely|okay|ok|okey|alright|all right|right|correct|exactly|"
    r"absolutely|definitely|certainly|indeed|perfect|great|fine|good|lovely|wonderful|excellent|affirmative|totally|"
    r"uh huh|mm hmm|mhm|mmhm|mm|aha|of course|please do|go ahead|do it|do that|do so|book it|you got it|you bet|"
    r"i do\b|i am$|i would|"
    r"it is\b|it does|that is\b(?! (?:wrong|not))|that'?ll? (?:do|work)|sounds|works|confirm|confirmed|"
    r"by all means|that would be|that'd be|i think so|i guess so|"
    r"i suppose|yes'm|why not)\b"
    r"|\b(?:that's|that is|it's|is) (?:all )?(?:right|correct|fine|perfect|good|great|it|okay|ok)\b"
    r"|\b(?:sounds|looks) (?:good|great|right|fine|perfect)\b|\b(?:go ahead|that works|works for me|please do)\b"
)


def verdict(words: Words) -> Verdict | None:
    """What the words come to, where they say yes or no at all; a no outweighs a yes."""
    whole = join(words[:14])
    said = _LEAD.sub("", whole + " ").strip() or whole
    if whole in ("uh huh", "you bet", "you got it", "uh hum"):
        return "yes"
    if _NOT_A_NO.search(said):
        return "yes"
    if _NO.search(said):
        return "no"
    return "yes" if _YES.search(said) else None
