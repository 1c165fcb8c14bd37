"""A simulated year: twelve months with five supplies each, three drafts and one version a month.
Prints the size of the data folder, how long every listing takes, and `cce verify --all`.

    python benchmarks/year.py [--months N]

The bounds are 2 GB, 1 s a listing and 30 s. It takes most of an hour on two cores: supplies are
judged, drafts made and versions audited as always.
"""

from __future__ import annotations

import argparse
import calendar
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LAST = dt.date(2024, 3, 31)
# The council's figures are of 1 March: a day before it is not published.
INSTEAD = {dt.date(2024, 2, 29): dt.date(2024, 3, 1)}
DRAFTS = 3
LISTINGS = (("status",), ("supplies",), ("purge", "--dry-run"), ("quarantine", "list"))
# `cce --help`: what every command takes before it begins.
NOTHING = ("--help",)


def month_ends(number: int) -> list[dt.date]:
    """The last so many month ends that the samples cover, oldest first."""
    days = []
    year, month = LAST.year, LAST.month
    for _ in range(number):
        days.append(dt.date(year, month, calendar.monthrange(year, month)[1]))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return [INSTEAD.get(day, day) for day in days[::-1]]


def run(home: Path, *arguments: str) -> float:
    """A command in a data folder; the seconds that it took."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")}
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        env=clean | {"CCE_HOME": str(home)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def month(home: Path, day: dt.date) -> None:
    """Five supplies, three drafts with other words each, one version."""
    run(home, "sample", "--until", day.isoformat(), "--out", str(home / "inbox"))
    words = home / "commentary" / day.isoformat() / "scale.md"
    words.parent.mkdir(parents=True, exist_ok=True)
    for draft in range(DRAFTS):
        words.write_text(f"---\nby: An analyst\ndate: {day}\n---\n{'Read. ' * (draft + 1)}\n")
        run(home, "refresh", "--as-at", day.isoformat())
    run(home, "publish", "newest", "--by", "benchmark", "--note", "for the benchmark")


def main() -> None:
    """Print sizes and seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--months", type=int, default=12)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for day in month_ends(chosen.months):
            month(home, day)
            print(f"{day}: {_size(home) / 1e6:,.0f} MB", flush=True)
        for part in sorted(home.iterdir()):
            if part.is_dir():
                print(f"  {part.name}: {_size(part) / 1e6:,.0f} MB")
        nothing = run(home, *NOTHING)
        for listing in LISTINGS:
            seconds = run(home, *listing)
            print(f"cce {' '.join(listing)}: {seconds:.1f} s, of which --help {nothing:.1f} s")
        print(f"cce verify --all: {run(home, 'verify', '--all'):.1f} s")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
