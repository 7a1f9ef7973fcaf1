"""``python -m benchmarks``: every benchmark, on one stack, in one table."""

import asyncio
import json

import click

from benchmarks import tools, voice_to_voice
from benchmarks.figures import Figure, show
from benchmarks.stack import stack
from trunkline import logs


async def _run(turns: int, calls: int) -> list[Figure]:
    async with stack() as place:
        figures = await tools.measure(place, calls)
        return await voice_to_voice.measure(place, turns) + figures


@click.command()
@click.option("--turns", default=36, show_default=True, help="How many recorded turns are spoken.")
@click.option("--calls", default=100, show_default=True, help="How many tool calls are made.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def main(turns: int, calls: int, as_json: bool) -> None:
    """Measure Trunkline on the embedded stack. Takes some minutes: people speak in real time."""
    logs.configure("benchmark", "warning")
    figures = asyncio.run(_run(turns, calls))
    if as_json:
        click.echo(json.dumps([figure.to_dict() for figure in figures]))
    else:
        show("Trunkline on the embedded stack", figures)


if __name__ == "__main__":
    main()
