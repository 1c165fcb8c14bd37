"""How much of a refresh is Dagster's writing of events, and the same with the library's own event
log, which opens a file for each event.

    python benchmarks/events.py

Refreshes the samples twice for the first time of a day, in one process each; the supplies were
judged before. The bound is 10% of the refresh.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TIMED = """
import sys, time
from pathlib import Path
from dagster._core.storage.event_log import SqliteEventLogStorage
from pipelines import event_log
if {library}:
    event_log.OpenEventLog._connect = SqliteEventLogStorage._connect
log = event_log.OpenEventLog
spent = [0.0, 0]
def timed(method):
    def run(self, *args, **kwargs):
        began = time.perf_counter()
        try:
            return method(self, *args, **kwargs)
        finally:
            spent[0] += time.perf_counter() - began
            spent[1] += 1
    return run
log.store_event = timed(log.store_event)
from pipelines.cli.refresh import make_draft
from pipelines.settings import data_folder
import datetime as dt
began = time.perf_counter()
make_draft(data_folder(), dt.date.fromisoformat({as_at!r}))
print(time.perf_counter() - began, spent[0], spent[1])
"""


def refresh(home: Path, as_at: str, library: bool) -> tuple[float, float, int]:
    """Seconds of the refresh, seconds of writing events, and events."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")}
    environment = clean | {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"}
    code = TIMED.format(library=library, as_at=as_at)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    whole, writing, events = done.stdout.split()[-3:]
    return float(whole), float(writing), int(events)


def main() -> None:
    """Print both shares."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        # Judged once, so that what is compared does not judge.
        refresh(home, "2023-12-31", library=False)
        for library, as_at in ((False, "2024-01-31"), (True, "2024-02-29")):
            whole, writing, events = refresh(home, as_at, library)
            name = "the library's own" if library else "files kept open"
            share = f"{writing / whole:.0%}"
            print(f"{name}: {events} events in {writing:.1f} s of {whole:.1f} s, {share}")


if __name__ == "__main__":
    main()
