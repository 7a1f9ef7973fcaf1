"""What passes between the parent and a child, over a pair of sockets that keeps messages apart.

The parent sends one letter with each connection; the child sends a report whenever something changed, and once a
second. The end of the pair is the end of either.
"""

import socket

import msgspec

CONNECTION = b"c"
ALIVE = 1.0
"""Seconds after which a child reports although nothing changed."""


class Report(msgspec.Struct, frozen=True):
    """How a child does.

    ``connections``: those it has, and places it promised. ``taken``: connections it ever took.
    """

    node: str
    reason: str | None
    """Why it takes no calls; None where it does."""
    calls: int
    capacity: int
    connections: int
    taken: int
    loop_lag_ms: float


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Report)


def pair() -> tuple[socket.socket, socket.socket]:
    """The parent's end, and the child's, which it may inherit."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    return ours, theirs


def hand_over(control: socket.socket, connection: socket.socket) -> bool:
    """Give a connection to the child; False where it does not take it. Ours is to be closed in either case."""
    try:
        socket.send_fds(control, [CONNECTION], [connection.fileno()])
    except OSError:  # It is gone, or so many wait for it that its end of the pair is full.
        return False
    return True


def take(control: socket.socket) -> socket.socket | None:
    """The next connection, not blocking; None where none waits.

    Raises:
        EOFError: the parent is gone.
        ConnectionError: one came and is lost, since this process has as many files open as it may.
    """
    try:
        data, fds, _, _ = socket.recv_fds(control, 16, 1)
    except BlockingIOError:
        return None
    except OSError as error:
        raise EOFError from error
    if not data:
        raise EOFError
    if not fds:
        raise ConnectionError("too many open files")
    connection = socket.socket(fileno=fds[0])
    connection.setblocking(False)
    return connection


def report(control: socket.socket, report: Report) -> bool:
    """Tell the parent; False where it does not listen just now."""
    try:
        control.send(_ENCODER.encode(report))
    except OSError:
        return False
    return True


def reports(control: socket.socket) -> list[Report]:
    """What the child told since the last time, not blocking.

    Raises:
        EOFError: the child is gone.
    """
    told: list[Report] = []
    while True:
        try:
            data = control.recv(4096)
        except BlockingIOError:
            return told
        except OSError as error:
            raise EOFError from error
        if not data:
            raise EOFError
        told.append(_DECODER.decode(data))
