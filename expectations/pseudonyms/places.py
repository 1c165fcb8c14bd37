"""From a postcode to its ward and lower-layer area, through the agency's copy of the ONS postcode
file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from expectations.pseudonyms.mapping import MappingError

# Column names of the ONS Postcode Directory and the National Statistics Postcode Lookup, of several
# years.
_POSTCODE = re.compile(r"pcds?|pcd[278]", re.IGNORECASE)
_WARD = re.compile(r"osward|ward|wd\d\dcd", re.IGNORECASE)
_LSOA = re.compile(r"lsoa(21|11)(cd)?", re.IGNORECASE)


def places(path: Path, wanted: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Postcode without space → ward code and lower-layer area code, for the postcodes wanted.
    Raises MappingError.
    """
    try:
        with path.open(encoding="utf-8-sig") as f:
            header = [h.strip().strip('"') for h in f.readline().split(",")]
    except (OSError, UnicodeDecodeError):
        raise MappingError("the postcode file cannot be read as CSV in UTF-8") from None
    wards = {
        "postcode": next((h for h in header if _POSTCODE.fullmatch(h)), None),
        "ward": next((h for h in header if _WARD.fullmatch(h)), None),
        "lsoa": next((h for h in sorted(header, reverse=True) if _LSOA.fullmatch(h)), None),
    }
    if missing := [what for what, column in wards.items() if column is None and what != "lsoa"]:
        raise MappingError(f"the postcode file has no column of {missing[0]}s as the ONS names it")
    with duckdb.connect() as con:
        con.register("wanted", pd.DataFrame({"postcode": sorted(set(wanted))}, dtype=object))
        lsoa = f'"{wards["lsoa"]}"' if wards["lsoa"] else "''"
        rows = con.execute(
            f"""
            select w.postcode, any_value(trim("{wards["ward"]}")), any_value(trim({lsoa}))
            from read_csv($path, header = true, all_varchar = true, delim = ',', quote = '"') as f
            join wanted as w on w.postcode = upper(replace("{wards["postcode"]}", ' ', ''))
            group by w.postcode
            """,
            {"path": str(path)},
        ).fetchall()
    return {postcode: (ward or "", lsoa or "") for postcode, ward, lsoa in rows}
