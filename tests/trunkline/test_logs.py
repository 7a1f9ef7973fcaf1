"""What roles print on standard error where it is no terminal."""

import json
import subprocess
import sys

_CODE = """
import logging, structlog
from trunkline import logs
logs.configure("edge", "info")
structlog.get_logger("ours").info("A call began.", call="c1")
structlog.get_logger("ours").debug("Too much.")
logging.getLogger("theirs").warning("A library says %s.", "this")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("ours").exception("It broke.")
"""


def test_lines_are_json_whoever_logs() -> None:
    run = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=True, timeout=60)
    ours, theirs, broke = (json.loads(line) for line in run.stderr.splitlines())
    assert run.stdout == ""
    assert (ours["event"], ours["call"], ours["role"], ours["level"]) == ("A call began.", "c1", "edge", "info")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("A library says this.", "theirs", "warning")
    assert "ZeroDivisionError" in broke["exception"]
