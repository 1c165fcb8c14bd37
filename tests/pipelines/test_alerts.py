"""Alerts reach a mail server on this machine: each thing once, in plain words, without a value, and none before somebody is named."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

import pytest
from conftest import Refreshed, run_here

from assets.store import months
from assets.store.months import Due, Standing
from pipelines.alerts import TOLD, AlertError, send, tell
from pipelines.settings import data_folder


class Sink(socketserver.ThreadingTCPServer):
    """As much of SMTP (RFC 5321) as taking a message needs."""

    allow_reuse_address = True

    def __init__(self) -> None:
        self.messages: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.answer("220 here")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self.answer("354 go on")
                lines = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                self.server.messages.append("\n".join(lines))
            if line.upper() == "QUIT":
                self.answer("221 bye")
                return
            self.answer("250 well")

    def answer(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def home(refreshed: Refreshed, tmp_path: Path) -> Path:
    shutil.copytree(refreshed.home, tmp_path / "home", ignore=shutil.ignore_patterns("dagster"))
    return tmp_path / "home"


def name_somebody(home: Path, port: int) -> None:
    (home / "alerts.yml").write_text(
        f"to: [analysis@example.org]\nsender: profile@example.org\nhost: 127.0.0.1\nport: {port}\nencrypted: false\n"
    )


def settings_of(home: Path) -> dict[str, str]:
    return {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"}


def bodies(sink: Sink) -> list[str]:
    return [str(message_from_string(m).get_payload(decode=False)).strip() for m in sink.messages]


def test_nobody_is_told_until_somebody_is_named(home: Path, sink: Sink) -> None:
    assert tell(data_folder(settings_of(home))) == 0
    assert sink.messages == []
    assert not (home / TOLD).exists()


def test_each_thing_is_told_once(home: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings_of(home).items():
        monkeypatch.setenv(name, value)
    name_somebody(home, sink.server_address[1])
    data = data_folder()
    # The version that stands when alerts are switched on is not told of.
    assert tell(data) == 0
    assert "From now on this address is told." in bodies(sink)[0]
    assert "2024-03-01" not in sink.messages[0]
    done = run_here(home, "withdraw", "2024-03-01.v1", "--by", "A. Tester", "--reason", "wrong")
    assert done.returncode == 0, done.stderr
    assert len(sink.messages) == 2
    message = message_from_string(sink.messages[1])
    assert message["Subject"] == "Child criminal exploitation profile: 1 withdrawn"
    assert "2024-03-01.v1 was withdrawn." in bodies(sink)[1]
    assert "A. Tester" not in bodies(sink)[1]
    assert tell(data) == 0
    assert len(sink.messages) == 2


def test_what_waits_and_what_was_refused(
    home: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings_of(home).items():
        monkeypatch.setenv(name, value)
    name_somebody(home, sink.server_address[1])
    data = data_folder()
    tell(data)
    (manifest,) = home.glob("drafts/2024-03-01/*/manifest.json")
    another = json.loads(manifest.read_text()) | {"draft": "0123456789abcdef"}
    folder = home / "drafts" / "2024-03-01" / "0123456789abcdef"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(another))
    assert tell(data) == 1
    assert "The draft 0123456789abcdef, as at 1 March 2024, waits" in bodies(sink)[1]


def test_a_supplier_that_is_late_is_told_of_once_a_month(
    tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("CCE_HOME", str(home))
    name_somebody(home, sink.server_address[1])
    late = Standing("trust", "The Trust", dt.date(2024, 1, 31), True, 10, 25)
    monkeypatch.setattr(months, "due", lambda _: Due(None, "waiting", (late,)))
    data = data_folder({"CCE_HOME": str(home)})

    def told_on(day: dt.date) -> int:
        def clock() -> dt.datetime:
            return dt.datetime.combine(day, dt.time(6), dt.UTC)

        return tell(dataclasses.replace(data, clock=clock))

    # What stands when alerts are switched on is not told one by one.
    assert told_on(dt.date(2024, 3, 12)) == 0
    assert told_on(dt.date(2024, 3, 13)) == 0
    assert told_on(dt.date(2024, 4, 12)) == 1
    assert "Late: The Trust: to 31 January 2024, 60 days short." in bodies(sink)[1]
    assert told_on(dt.date(2024, 4, 13)) == 0
    assert told_on(dt.date(2024, 5, 12)) == 1


def test_a_server_that_does_not_answer_stops_nothing_and_is_tried_again(
    home: Path, sink: Sink
) -> None:
    name_somebody(home, 9)
    done = run_here(home, "withdraw", "2024-03-01.v1", "--by", "A. Tester", "--reason", "wrong")
    assert done.returncode == 0
    assert "Warning: an alert could not be sent through 127.0.0.1, port 9" in done.stderr
    assert not (home / TOLD).exists()
    done = run_here(home, "doctor", "--alert")
    assert done.returncode == 1
    assert "could not be sent" in done.stderr
    name_somebody(home, sink.server_address[1])
    said = run_here(home, "doctor", "--alert").stderr
    assert "Sent to 1 address," in said
    assert "Alerts reach this address." in bodies(sink)[0]


def test_a_file_that_is_not_as_it_should_be(home: Path) -> None:
    (home / "alerts.yml").write_text("too: [a@example.org]\nsender: b@example.org\nhost: c\n")
    done = run_here(home, "doctor")
    assert done.returncode == 1
    assert "alerts.yml" in done.stdout
    assert "too" in done.stdout


def test_a_refusal_of_the_server_is_told_without_its_words(sink: Sink) -> None:
    from pipelines.alerts import AlertsFile

    alerts = AlertsFile(to=["a@example.org"], sender="b@example.org", host="127.0.0.1", port=9)
    with pytest.raises(AlertError, match="ConnectionRefusedError"):
        send(alerts, "", "a test", ["x"])
