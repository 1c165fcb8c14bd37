"""What a command is doing while it works, for whoever waits for it.

Whatever takes seconds says so on the logger `cce.stage`, in words without a value. On a terminal
there is one line that counts the seconds; elsewhere, in a log, one line for each stage with its
seconds.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
import time
from collections.abc import Iterator
from typing import TextIO

LOGGER = logging.getLogger("cce.stage")
# Shorter ones are not told in a log.
SECONDS_WORTH_TELLING = 1.0
CLEAR = "\r\x1b[K"


class _Stages(logging.Handler):
    """Shows the stage that goes on, and ends it when the next begins."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(logging.INFO)
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._words = ""
        self._began = 0.0
        self._is_shown = False
        self._turn = threading.RLock()
        self._is_over = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """The next stage."""
        with self._turn:
            self._end()
            self._words = record.getMessage()
            self._began = time.monotonic()
            self._show()

    def tick(self) -> None:
        """Count the seconds until it is over."""
        while not self._is_over.wait(1.0):
            with self._turn:
                self._show()

    def finish(self) -> None:
        """End the last stage and the counting."""
        self._is_over.set()
        with self._turn:
            self._end()

    def _show(self) -> None:
        if self._is_terminal and self._words:
            seconds = time.monotonic() - self._began
            self._write(f"{CLEAR}  {self._words} … {seconds:.0f} s")
            self._is_shown = True

    def clear(self) -> None:
        """Take the line away, for something else to be written; it comes again with the next
        second.
        """
        with self._turn:
            if self._is_shown:
                self._write(CLEAR)
                self._is_shown = False

    def _end(self) -> None:
        seconds = time.monotonic() - self._began
        if self._is_terminal:
            self.clear()
        elif self._words and seconds >= SECONDS_WORTH_TELLING:
            self._write(f"  {self._words}: {seconds:.0f} s\n")
        self._words = ""

    def _write(self, text: str) -> None:
        # Somebody may have closed the terminal; the work goes on.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


class _Shared(io.TextIOBase):
    """A terminal on which the line of the stage makes way for whatever else is written."""

    def __init__(self, stream: TextIO, stages: _Stages) -> None:
        self._stream = stream
        self._stages = stages

    def write(self, text: str) -> int:
        """As the terminal's own."""
        self._stages.clear()
        return self._stream.write(text)

    def flush(self) -> None:
        """As the terminal's own."""
        self._stream.flush()

    def isatty(self) -> bool:
        """It is a terminal."""
        return True

    def fileno(self) -> int:
        """The terminal's own."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The terminal's own."""
        return self._stream.encoding


@contextlib.contextmanager
def shown(stream: TextIO | None = None) -> Iterator[None]:
    """Show the stages of what is done within, on standard error."""
    terminal = stream or sys.stderr
    handler = _Stages(terminal)
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    if stream is None and terminal.isatty():
        sys.stderr = _Shared(terminal, handler)
        threading.Thread(target=handler.tick, daemon=True).start()
    try:
        yield
    finally:
        handler.finish()
        sys.stderr = terminal if stream is None else sys.stderr
        LOGGER.removeHandler(handler)
