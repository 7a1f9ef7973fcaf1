"""``trunkline timeline``: a picture of a recorded call."""

from pathlib import Path

import click

from trunkline.errors import TrunklineError
from trunkline.replay.library import find_one, load
from trunkline.replay.page import page
from trunkline.replay.picture import SECONDS, draw
from trunkline.replay.scene import scene

KINDS = (".html", ".htm", ".svg")
"""How a picture's file may end."""
OURS = (b'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Call ', b"<svg ")
"""How pages and pictures of ours begin: a file that begins otherwise is not written over."""


@click.command()
@click.argument("call", default="", metavar="CALL")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder [default: .trunkline].")
@click.option(
    "-o",
    "--out",
    "output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Where to; .svg gives the picture alone, - prints the page [default: CALL.html in this folder].",
)
@click.option(
    "--row",
    type=click.IntRange(5, 120),
    default=SECONDS,
    show_default=True,
    help="Seconds of the call in one row of the picture.",
)
def timeline(call: str, data: Path | None, output: Path | None, row: int) -> None:
    """Draw a recorded call.

    CALL is a call's id or a tape's file; of a call that was carried in parts, the file of one of them. The picture
    shows the speech of both sides with its words, the states of turn-taking, its decisions, the latency of each answer
    and the spans of tools. It is one HTML or SVG file that needs nothing else, for dark and light screens; hovering
    shows details.
    """
    printed = output == Path("-")
    if output and not printed and output.suffix not in KINDS:
        raise click.UsageError(f"{output} has to end in {', '.join(KINDS)}: a picture is one of these.")
    seen = scene(load(find_one(call, data)))
    if printed:
        click.echo(page(seen, row), nl=False)
        return
    path = output or Path(f"{_plain(seen.call)}.html")
    _write(path, draw(seen, row) if path.suffix == ".svg" else page(seen, row))
    click.echo(f"The picture is {path}; a browser shows it.")


def _write(path: Path, text: str) -> None:
    """Write the picture, if need be over an older one, and never over something else.

    Raises:
        TrunklineError: it cannot be written there; the message says what to do.
    """
    try:
        if path.exists() and not path.read_bytes().startswith(OURS):
            raise TrunklineError(f"{path} is there already and is no picture of a call; give another place with -o.")
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TrunklineError(f"{path} cannot be written ({error.strerror}); give another place with -o.") from error


def _plain(name: str) -> str:
    """A call's id as a file's name; a tape that somebody else wrote may name anything."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name)[:96] or "call"
