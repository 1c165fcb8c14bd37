"""The audit beside six earlier versions, against the same audit with none, and its peak memory.

    python benchmarks/earlier_versions.py [--home FOLDER]

Publishes six month ends of the samples (half an hour), or takes a data folder in which that was
done, refreshes the month after and attacks its draft twice in the same run. The bound is 120 s and
2 GB for both editions.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assets.versions.manifests import versions
from assets.versions.protection import _beside, newest_head
from pipelines.settings import data_folder
from profiles.disclosure.audit import protect

MONTHS = ("2023-08-31", "2023-09-30", "2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31")
NEXT = "2024-03-31"


def run(home: Path, *arguments: str) -> str:
    """A command on the samples in a data folder; what it prints."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")}
    command = [sys.executable, "-m", "pipelines", *arguments]
    environment = clean | {"CCE_HOME": str(home)}
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def refresh(home: Path, as_at: str) -> Path:
    """The draft of a date."""
    return Path(run(home, "refresh", "--as-at", as_at).split()[0]).parents[1]


def main() -> None:
    """Print seconds, their ratio and the peak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, help="A data folder with six versions of the samples.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder)
        if chosen.home is None:
            for month in MONTHS:
                draft = refresh(home, month)
                run(home, "publish", draft.name, "--by", "benchmark", "--note", "for the benchmark")
        draft = refresh(home, NEXT)
        data = data_folder({"CCE_HOME": str(home)})
        published = versions(data)
        beside = _beside(data, draft, newest_head(published))
        seconds = {}
        for name, held, before in (
            ("no earlier version", {}, {}),
            (f"{len(published)} earlier versions", beside.held, beside.before),
        ):
            start = time.perf_counter()
            found = protect(
                beside.exact, beside.plan, held, before, seconds=900, lot=beside.ledger.lot
            )
            seconds[name] = time.perf_counter() - start
            repairs = len(found.withheld) - len(found.by_lot)
            print(f"{name}: {seconds[name]:.1f} s, {len(held)} labels held, {repairs} repairs")
        none, some = seconds.values()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"ratio {some / none:.2f}; peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
