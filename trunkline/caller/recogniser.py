"""Recognises what the agent says, in a process of its own so that the line's pace never stalls.

``python -m trunkline.caller.recogniser`` is that process: length-prefixed 16-bit samples in, length-prefixed text out.
"""

import asyncio
import contextlib
import os
import re
import struct
import sys
from typing import BinaryIO

import numpy as np

from edge.core.audio import RATE, Pcm
from trunkline.caller.ear import voiced_span
from trunkline.caller.errors import CallerError

START_DEADLINE = 30.0
"""Seconds for the model to load, on a busy machine."""
DEADLINE = 20.0
"""Seconds for one utterance."""
_SHORTEST = 0.3
"""Seconds. Less is padded with silence: the model makes words of nothing otherwise."""


class Recogniser:
    """Moonshine in a process of its own. Answers one utterance after the other, in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls) -> "Recogniser":
        """Start the process and wait until its model is warm.

        Raises:
            CallerError: ``recogniser_failed``.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "trunkline.caller.recogniser",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        recogniser = cls(process)
        try:
            await recogniser._read(START_DEADLINE)
        except BaseException:
            await recogniser.close()
            raise
        return recogniser

    async def words(self, pcm: Pcm) -> str:
        """The words in 8 kHz audio, "" where there are none.

        Raises:
            CallerError: ``recogniser_failed``.
        """
        if voiced_span(pcm) is None:
            return ""  # the model makes words of silence
        async with self._turn:
            assert self._process.stdin
            try:
                self._process.stdin.write(struct.pack("<I", len(pcm)) + pcm.astype("<i2").tobytes())
                await self._process.stdin.drain()
            except ConnectionError as error:
                raise CallerError("recogniser_failed", "The caller's speech recognition stopped.") from error
            return await self._read(DEADLINE)

    async def close(self) -> None:
        """Stop the process."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    async def _read(self, deadline: float) -> str:
        assert self._process.stdout
        try:
            async with asyncio.timeout(deadline):
                length, ok = struct.unpack("<I?", await self._process.stdout.readexactly(5))
                text = (await self._process.stdout.readexactly(length)).decode()
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            raise CallerError(
                "recogniser_failed", "The caller's speech recognition stopped or does not answer."
            ) from error
        if not ok:
            raise CallerError("recogniser_failed", f"The caller's speech recognition failed: {text}")
        return text


def plain(words: str) -> str:
    """The words without the model's hyphens, so that a pattern need not know of them: 'boiler-service', 'good-by'."""
    words = re.sub(r"\b([Gg])ood-bye?\b", r"\1oodbye", words)
    return re.sub(r"(?<=\w)-(?=\w)", " ", words)


def _worker(source: BinaryIO, sink: BinaryIO) -> None:
    from moonshine_voice import ModelArch, get_assets_path
    from moonshine_voice.transcriber import Transcriber

    def reply(text: str, ok: bool = True) -> None:
        body = text.encode()
        sink.write(struct.pack("<I?", len(body), ok) + body)
        sink.flush()

    def words(pcm: Pcm) -> str:
        padded = np.pad(pcm, (0, max(0, int(_SHORTEST * RATE) - len(pcm)))).astype(np.float32) / 32768.0
        transcript = model.transcribe_without_streaming(padded.tolist(), RATE)
        return plain(" ".join(line.text.strip() for line in transcript.lines if line.text.strip()))

    try:
        # Audio comes as whole utterances; the voice detection inside would cut them, and hears words in the cuts.
        options = {"return_audio_data": "false", "vad_threshold": "0.0"}
        model = Transcriber(os.path.join(str(get_assets_path()), "tiny-en"), ModelArch.TINY, options=options)
        words(np.zeros(RATE, np.int16))
    except Exception as error:  # whatever it is, the caller is told
        reply(str(error), ok=False)
        return
    reply("ready")
    while head := source.read(4):
        (length,) = struct.unpack("<I", head)
        try:
            reply(words(np.frombuffer(source.read(2 * length), dtype="<i2").astype(np.int16)))
        except Exception as error:
            reply(str(error), ok=False)


def main() -> None:
    """Serve standard input. What the model's library prints goes to standard error, out of the way."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.nice(5)  # hearing must not take the processor from the edge it measures
    _worker(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
