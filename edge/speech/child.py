"""The child's side of a model process: load a model, then answer one request after another on stdin and stdout.

``python -m edge.speech.child PARENT_PID module:function ARGUMENTS`` where the function takes the JSON object ARGUMENTS
as keywords and returns what answers a request: ``bytes -> bytes``. Frames both ways are a 32-bit length, little-endian,
and as many bytes; the child's begin with one of the letters below. It ends when its parent does, whatever it is doing.
"""

import ctypes
import importlib
import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

READY, REPLY, ERROR, AGAIN = b"R", b"=", b"!", b"~"
"""How a frame from the child begins. Only a hub says AGAIN: the question may be answered on another try."""
LENGTH = struct.Struct("<I")
LIMIT = 16 * 1024 * 1024
"""Bytes that a frame may have; more means that the two sides have lost step."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until stdin ends."""
    parent, target, arguments = sys.argv[1:4]
    _die_with(int(parent))
    replies = _claim_stdout()
    try:
        answer = _load(target, json.loads(arguments))
    except Exception as error:
        _write(replies, ERROR, f"{type(error).__name__}: {error}".encode())
        raise SystemExit(1) from error
    _write(replies, READY)
    while (request := _read(sys.stdin.buffer)) is not None:
        try:
            reply = answer(request)
        except Exception as error:
            _write(replies, ERROR, f"{type(error).__name__}: {error}".encode())
        else:
            _write(replies, REPLY, reply)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent is gone, even by kill -9 and in the middle of an inference."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes us in its own time.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit("The parent was gone before its model process began.")


def _claim_stdout() -> BinaryIO:
    """Keep stdout for replies; whatever a model's library prints goes to stderr."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _load(target: str, arguments: dict[str, object]) -> Callable[[bytes], bytes]:
    module, _, function = target.partition(":")
    answer: Callable[[bytes], bytes] = getattr(importlib.import_module(module), function)(**arguments)
    return answer


def _read(requests: BinaryIO) -> bytes | None:
    head = requests.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = requests.read(length) if length <= LIMIT else b""
    return body if len(body) == length else None


def _write(replies: BinaryIO, kind: bytes, body: bytes = b"") -> None:
    replies.write(LENGTH.pack(len(kind) + len(body)) + kind + body)
    replies.flush()


if __name__ == "__main__":
    main()
