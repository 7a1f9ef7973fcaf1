"""Looks for a card's number in whatever a stack has left, in every form that it might have taken there."""

import base64
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

_WORDS = "zero one two three four five six seven eight nine".split()
WINDOW = 9
"""So many of its digits in a row are its own: fewer may come up by themselves, more would miss a part of it."""


def forms(number: str) -> dict[str, bytes]:
    """Name → bytes: as it is, spaced, in words, encoded, hashed."""
    groups = [number[at : at + 4] for at in range(0, len(number), 4)]
    texts = {
        **{f"digits {at}": number[at : at + WINDOW] for at in range(len(number) - WINDOW + 1)},
        "spaced": " ".join(number[:WINDOW]),
        "commas": ",".join(number[:WINDOW]),
        "list": '","'.join(number[:WINDOW]),
        "groups": " ".join(groups),
        "dashes": "-".join(groups),
        "words": " ".join(_WORDS[int(digit)] for digit in number[:WINDOW]),
        "words with oh": " ".join(_WORDS[int(digit)] for digit in number[:WINDOW]).replace("zero", "oh"),
        "backwards": number[::-1],
        "hex": number.encode().hex(),
    }
    found = {name: text.encode() for name, text in texts.items()}
    for shift in range(3):
        # What comes before it moves it within base64's groups of three.
        encoded = base64.b64encode(b"." * shift + number.encode()).decode()
        found[f"base64 {shift}"] = encoded[4 * (shift > 0) + 2 : -4].encode()
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, number.encode())
        found |= {name: digest.hexdigest().encode(), f"{name} raw": digest.digest()}
        found[f"{name} base64"] = base64.b64encode(digest.digest())[:-2]
    found["utf-16"] = number.encode("utf-16-le")
    found["bcd"] = bytes.fromhex(number)
    return found


def traces(number: str, content: bytes) -> list[str]:
    """Which forms of the number are in the content; letters in any case."""
    content = content.lower()
    return [name for name, form in forms(number).items() if form.lower() in content]


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below, and what is packed in those that are; files that vanish meanwhile are left out."""
    for path in sorted(folder.rglob("*")):
        try:
            if not path.is_file():
                continue
            content = path.read_bytes()
        except (FileNotFoundError, PermissionError):
            continue
        yield path, content
        if content[:2] == b"\x1f\x8b":
            yield path, gzip.decompress(content)
