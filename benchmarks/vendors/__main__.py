"""``python -m benchmarks.vendors [--port N] [--hearing 0.15] ...``: run the emulated vendors until stopped.

Prints one line of JSON, the environment an edge needs to meet them.
"""

import argparse
import asyncio
import dataclasses
import json

import uvloop

from benchmarks.vendors.latency import Latency
from benchmarks.vendors.server import Vendors


async def _run(port: int, latency: Latency) -> None:
    vendors = Vendors(latency=latency)
    await vendors.start(port)
    print(json.dumps(vendors.environment), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await vendors.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Emulated vendors of fixed latency.")
    parser.add_argument("--port", type=int, default=0, help="TCP port on loopback; 0 takes a free one")
    for field in dataclasses.fields(Latency):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default, help="seconds")
    given = vars(parser.parse_args())
    port = given.pop("port")
    uvloop.run(_run(port, Latency(**given)))


if __name__ == "__main__":
    main()
