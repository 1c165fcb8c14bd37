"""`cce pseudonymise` of a million people beside reading the same export with pandas, in the same
run: seconds, ratio, peak memory.

python benchmarks/pseudonymise.py [--people 1000000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import tempfile
import time
from pathlib import Path

import pandas as pd

from data_samples.identities import children, export
from expectations.pseudonyms.mapping import read_mapping
from expectations.pseudonyms.pseudonymise import pseudonymise

COLUMNS = """
period: {start: 2019-04-01, end: 2024-03-31}
tables:
  people: &people
    file: people.csv
    columns:
      person_ref: CaseId
      nhs_number: NHS No
      upn: UPN
      forenames: Given
      surname: Family
      date_of_birth: {from: DOB, format: "%d/%m/%Y"}
      postcode: Post Code
      sex: {from: Gender, codes: {Male: M, Female: F}}
      ethnicity: {value: NOBT}
  enrolments:
    file: few.csv
    columns: {person_ref: CaseId, start_date: Start, setting: {value: academy},
      registration: {value: main}, part_time: {value: N},
      sen_provision: {value: N}, free_school_meals: {value: N}}
  exclusions:
    file: few.csv
    columns: {person_ref: CaseId, exclusion_type: {value: suspension}, start_date: Start,
      sessions: {value: "1"}, reasons: {value: PP}}
"""


def main() -> None:
    """Print seconds, the ratio and the peak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000)
    n = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "2024-04-05"
        raw.mkdir()
        # Numbers of a small city, again and again, keep the making of the export short.
        export(children(min(n, 100_000), 1) * max(1, n // 100_000), raw / "people.csv", "C", 2, 0.3)
        (raw / "few.csv").write_text("CaseId,Start\nC1,2022-09-01\n")
        (raw / "columns.yml").write_text(COLUMNS)
        started = time.perf_counter()
        rows = len(pd.read_csv(raw / "people.csv", dtype=str))
        reading = time.perf_counter() - started
        started = time.perf_counter()
        pseudonymise(
            raw,
            out,
            read_mapping(raw / "columns.yml", "education"),
            os.urandom(32),
            os.urandom(32),
            dt.datetime(2024, 4, 5, 6),  # noqa: DTZ001
        )
        took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows:,} people: pandas reads them in {reading:.1f} s, the extract is made and screened "
        f"in {took:.1f} s"
    )
    print(f"ratio {took / reading:.1f}; peak {peak:,.0f} MB")


if __name__ == "__main__":
    main()
