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


@click.command()
@click.argument("call", default="", metavar="CALL")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder [default: .trunkline].")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to; .svg gives the picture alone [default: CALL.html here].",
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
    if output and output.suffix not in KINDS:
        raise click.UsageError(f"{output} has to end in {', '.join(KINDS)}: a picture is one of these.")
    seen = scene(load(find_one(call, data)))
    path = output or Path(f"{_plain(seen.call)}.html")
    text = draw(seen, row) if path.suffix == ".svg" else page(seen, row)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TrunklineError(f"{path} cannot be written ({error.strerror}); give another -o.") from error
    click.echo(path)


def _plain(name: str) -> str:
    """A call's id as a file's name; a tape that somebody else wrote may name anything."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name)[:96] or "call"
