"""Whoever waits is told what goes on: one line that counts on a terminal, a line for each stage in a log."""

from __future__ import annotations

import io
import os
import pty
import sys
import time

import pytest

from pipelines import stages
from pipelines.stages import LOGGER, shown


def test_in_a_log_each_stage_is_a_line_with_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    log = io.StringIO()
    with shown(log):
        LOGGER.info("attacking the %s edition", "public")
        now[0] = 13.0
        LOGGER.info("drawing")
        now[0] = 13.2
    # The second took less than is worth a line.
    assert log.getvalue() == "  attacking the public edition: 3 s\n"


def test_what_nobody_waits_for_says_nothing() -> None:
    log = io.StringIO()
    with shown(log):
        LOGGER.info("a moment")
    assert log.getvalue() == ""
    assert not [handler for handler in LOGGER.handlers if isinstance(handler, stages._Stages)]


def test_on_a_terminal_the_line_makes_way_for_what_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, writer = pty.openpty()
    stream = os.fdopen(writer, "w", encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", stream)
    with shown():
        LOGGER.info("drawing the partner edition")
        print("Published.", file=sys.stderr, flush=True)
    assert sys.stderr is stream
    stream.flush()
    clear = stages.CLEAR
    expected = f"{clear}  drawing the partner edition … 0 s{clear}Published.\r\n".encode()
    assert _read(reader, len(expected)) == expected


def _read(descriptor: int, size: int) -> bytes:
    # One read of a terminal answers with what has come through so far, which may be a part.
    read = b""
    while len(read) < size:
        read += os.read(descriptor, size - len(read))
    return read
