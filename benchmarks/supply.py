"""Screening and validating a supply of a million rows beside reading the same CSV with pandas, in
the same run: seconds, ratio, peak.

python benchmarks/supply.py [--rows 1000000]
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import json
import random
import resource
import tempfile
import time
from pathlib import Path

import pandas as pd

from expectations.judging.judge import judge_folder, screen
from expectations.judging.report import Report
from expectations.judging.supply import CONTRACT_VERSION, file_sha256

START = dt.date(2019, 4, 1)


def write(folder: Path, rows: int) -> None:
    """A health provider's supply: half people, half contacts, every key filled."""
    rng = random.Random(1)  # noqa: S311
    people = rows // 2
    with (folder / "people.csv").open("w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(
            [
                "person_ref",
                "key_nhs",
                "key_upn",
                "key_name_dob",
                "key_name_postcode",
                "birth_month",
                "sex",
                "ethnicity",
                "ward_code",
            ]
        )
        for i in range(people):
            keys = [hashlib.sha256(b"%d %d" % (i, k)).hexdigest() for k in range(4)]
            out.writerow(
                [
                    f"H{hashlib.sha256(b'%d' % i).hexdigest()[:20]}",
                    *keys,
                    f"20{rng.randrange(5, 15):02d}-{rng.randrange(1, 13):02d}",
                    "MF"[i % 2],
                    "AKNMZ"[i % 5],
                    "E05011118",
                ]
            )
    with (folder / "contacts.csv").open("w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(
            [
                "contact_ref",
                "person_ref",
                "service",
                "contact_date",
                "reason",
                "accepted",
                "first_seen_date",
            ]
        )
        for i in range(rows - people):
            ref = hashlib.sha256(b"%d" % (i % people)).hexdigest()[:20]
            day = START + dt.timedelta(days=rng.randrange(1825))
            out.writerow(
                [
                    f"HC{i:09d}",
                    f"H{ref}",
                    "emergency",
                    day,
                    rng.choice(["self_harm", "overdose", "assault_sharp"]),
                    "NA",
                    "",
                ]
            )
    tables = {p.stem: p for p in folder.glob("*.csv")}
    manifest = {
        "agency": "health",
        "provider": "INV01",
        "contract_version": CONTRACT_VERSION,
        "key_fingerprint": "8de8e6f2ef3b8c68",
        "period_start": "2019-04-01",
        "period_end": "2024-03-31",
        "extracted_at": "2024-04-05T06:00",
        "tables": {
            t: {"rows": people if t == "people" else rows - people, "sha256": file_sha256(p)}
            for t, p in tables.items()
        },
        "not_supplied": {},
    }
    (folder / "supply.json").write_text(json.dumps(manifest))


def main() -> None:
    """Print seconds of each step, the ratio and the peak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "2024-04-05"
        folder.mkdir()
        write(folder, rows)
        size = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
        started = time.perf_counter()
        found = screen(folder, "health", dt.date(2024, 4, 5))
        assert not found, found
        screening = time.perf_counter() - started
        started = time.perf_counter()
        report = Report("health", "INV01", "2024-04-05")
        judge_folder(folder, report, None, lambda _: None, dt.date(2024, 4, 5), folder.parent)
        whole = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert report.is_accepted, report.message()
        started = time.perf_counter()
        read = sum(len(pd.read_csv(p, dtype=str)) for p in folder.glob("*.csv"))
        reading = time.perf_counter() - started
    print(
        f"{read:,} rows, {size:,.0f} MB: screened in {screening:.1f} s; screened and validated in "
        f"{whole:.1f} s; read with pandas in {reading:.1f} s"
    )
    print(f"ratio {whole / reading:.1f}; peak {peak:,.0f} MB")


if __name__ == "__main__":
    main()
