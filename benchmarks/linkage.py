"""Linkage of ten million linkage-key rows against one sort of the same rows, in the same run:
seconds, ratio, peak memory.

python benchmarks/linkage.py [--rows 10000000]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import duckdb

from assets.store.sql_models import folder_models
from assets.store.warehouse import SQL, run_model

MODELS = ("core_shared_keys", "core_components", "core_links", "core_refused_links")
# Two to three records for a child; three in a hundred keys mistyped, one in three hundred of
# another child.
PEOPLE = """
create table core_source_people as
with records as (
    select row_number() over () as source_person_id, hash(child * 7 + copy) as dice, child, copy
    from (select unnest(range($children)) as child) cross join (select unnest(range(3)) as copy)
    where hash(child * 31 + copy) % 10 < 9
),
meant as (
    select *, case when dice % 300 = 0 then (child + 1) % $children else child end as other,
        case when dice % 33 = 1 then source_person_id * 1000003 else child end as typed
    from records
)
select
    source_person_id, (['trust', 'police', 'education'])[copy + 1] as agency,
    agency as supplier, 'X' || source_person_id as person_ref,
    case when copy <> 1 then sha256('n' || child) end as key_nhs,
    case when copy = 2 then sha256('u' || child) end as key_upn,
    sha256('d' || typed) as key_name_dob, sha256('p' || other) as key_name_postcode,
    date '2005-01-01' + to_months((hash(child) % 150)::integer) as birth_month
from meant
"""


def main() -> None:
    """Print seconds of each model, the whole beside the sort, and the peak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000, help="linkage-key rows")
    rows = parser.parse_args().rows
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "w.duckdb")) as con,
    ):
        con.execute("set threads = 2")
        con.execute("set memory_limit = '2.5GB'")
        con.execute((SQL / "macros.sql").read_text())
        con.execute(PEOPLE, {"children": int(rows / 8.1)})
        keys = con.execute(
            "select count(key_nhs) + count(key_upn) + count(key_name_dob) + "
            "count(key_name_postcode), count(*) from core_source_people"
        ).fetchall()[0]
        print(f"{keys[0]:,} keys on {keys[1]:,} records")
        started = time.perf_counter()
        con.execute(
            "create table sorted as select * from (select key_nhs as k from core_source_people "
            "union all select key_upn from core_source_people "
            "union all select key_name_dob from core_source_people union all select "
            "key_name_postcode from core_source_people) order by k"
        )
        sorting = time.perf_counter() - started
        con.execute("drop table sorted")
        whole = 0.0
        for m in folder_models("joined"):
            if m.name in MODELS:
                started = time.perf_counter()
                made = run_model(con, m.name, m.sql)
                took = time.perf_counter() - started
                whole += took
                print(f"{m.name}: {took:.1f} s, {made:,} rows")
        split = con.execute(
            "select count(distinct component_id) from core_components where is_contradictory"
        ).fetchall()[0][0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"contradictory components: {split:,}")
    print(
        f"linkage {whole:.1f} s, sorting the keys {sorting:.1f} s: ratio {whole / sorting:.1f}; "
        f"peak {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
