import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from edge.spill import Record, Spill


def record(number: int, body: bytes = b'{"a": 1}') -> Record:
    return Record(
        f"evt_{number}", "tool_progressed", "trunkline.x", {"Nats-Msg-Id": f"evt_{number}"}, msgspec.Raw(body)
    )


def ids(records: list[Record]) -> list[int]:
    return [int(record.id.removeprefix("evt_")) for record in records]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "spill.jsonl"


def drain(spill: Spill) -> list[Record]:
    records: list[Record] = []
    while spill.waiting:
        records += spill.read()
        spill.done()
    return records


def test_what_goes_in_comes_out_in_order_in_batches_and_the_file_is_empty_then(path: Path) -> None:
    spill = Spill(path)
    assert spill.append([record(n) for n in range(700)]) == 700
    first = spill.read()
    assert 0 < len(first) < 700
    assert spill.read() == first  # Not done with: the same again.
    assert spill.append([record(700)], sync=True) == 1
    assert ids(drain(spill)) == list(range(701))
    assert path.stat().st_size == 0
    assert spill.read() == []
    assert path.stat().st_mode & 0o077 == 0
    spill.close()


def test_the_body_is_kept_byte_for_byte(path: Path) -> None:
    body = '{"text": "é\\n\\r  x",  "n": 1.0}'.encode()
    spill = Spill(path)
    spill.append([record(1, body)])
    assert bytes(spill.read()[0].body) == body
    spill.close()


def test_a_record_larger_than_a_batch_comes_out_whole(path: Path) -> None:
    spill = Spill(path)
    spill.append([record(0), record(1, b'"' + b"x" * 3_000_000 + b'"'), record(2)])
    assert ids(drain(spill)) == [0, 1, 2]
    spill.close()


def test_a_torn_last_line_is_left_out_and_a_bad_one_skipped(path: Path) -> None:
    spill = Spill(path)
    spill.append([record(1), record(2)])
    spill.close()
    with path.open("ab") as file:
        file.write(b'not json\n\xff\xfe\n{"id": "evt_3", "ki')
    spill = Spill(path)
    assert spill.waiting == 4
    spill.append([record(4)])
    assert ids(drain(spill)) == [1, 2, 4]
    assert spill.unreadable == 2
    assert spill.waiting == 0
    spill.close()


def test_it_is_bounded_and_keeps_a_reserve_for_what_was_promised(path: Path) -> None:
    spill = Spill(path, limit=4000)
    records = [record(n) for n in range(100)]
    written = spill.append(records)
    assert 0 < written < 100
    assert spill.append(records[written:]) == 0
    assert spill.append([records[written]], promised=True) == 1
    assert spill.append(records, promised=True) < 100
    assert path.stat().st_size <= 4000
    spill.close()


def test_two_cannot_have_it(path: Path) -> None:
    spill = Spill(path)
    with pytest.raises(BlockingIOError, match="of its own"):
        Spill(path)
    spill.close()
    Spill(path).close()


def test_what_others_left_behind_is_adopted_and_what_is_in_use_is_not(path: Path) -> None:
    gone, used = Spill(path.with_name("gone.jsonl")), Spill(path.with_name("used.jsonl"))
    gone.append([record(n) for n in range(300)])
    used.append([record(900)])
    gone.close()
    spill = Spill(path)
    spill.append([record(500)])
    assert spill.adopt() == 300
    assert ids(drain(spill)) == [500, *range(300)]
    assert sorted(os.listdir(path.parent)) == ["spill.jsonl", "used.jsonl"]
    assert spill.adopt() == 0
    spill.close()
    used.close()


def test_a_file_that_would_fill_ours_is_left_alone(path: Path) -> None:
    gone = Spill(path.with_name("gone.jsonl"))
    gone.append([record(n) for n in range(300)])
    gone.close()
    spill = Spill(path, limit=4000)
    assert spill.adopt() == 0
    spill.close()
    gone = Spill(path.with_name("gone.jsonl"))
    assert gone.waiting == 300
    gone.close()


def test_a_disk_that_is_full_leaves_the_file_as_it_was(path: Path) -> None:
    """The kernel refuses writes past a size limit, as a full disk does; in a process of its own, for its limit."""
    program = """
import resource, signal, sys
from pathlib import Path
from edge.spill import Spill
RECORD
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spill = Spill(Path(sys.argv[1]))
spill.append([record(1)])
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
try:
    spill.append([record(2), record(3)])
except OSError:
    assert Path(sys.argv[1]).stat().st_size == size and spill.waiting == 1
    sys.exit(7)
""".replace("RECORD", _RECORD)
    done = subprocess.run([sys.executable, "-c", program, str(path)], timeout=60, check=False, capture_output=True)
    assert done.returncode == 7, done.stderr
    spill = Spill(path)
    assert ids(drain(spill)) == [1]
    spill.close()


def test_it_survives_the_death_of_its_process(path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from edge.spill import Spill
RECORD
spill = Spill(Path(sys.argv[1]))
for number in range(50):
    spill.append([record(number)])
os.kill(os.getpid(), signal.SIGKILL)
""".replace("RECORD", _RECORD)
    done = subprocess.run([sys.executable, "-c", program, str(path)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    spill = Spill(path)
    assert ids(drain(spill)) == list(range(50))
    spill.close()


_RECORD = """
import msgspec
from edge.spill import Record
def record(number):
    return Record(f"evt_{number}", "k", "s", {}, msgspec.Raw(b"{}"))
"""


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Spill(tmp_path / "file" / "spill.jsonl")
    assert os.listdir(tmp_path) == ["file"]
