"""A second, invented area: three localities, 20 wards, no health provider; its file, its tables and its supplies.

Its supplies are the samples' children under the new area's codes: what is true of the samples' facts is true of its own, and nothing
of the first area may be left in its report.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

from data_samples.city import BIRMINGHAM, WARDS
from data_samples.generate import generate
from expectations.judging.supply import file_sha256
from profiles.figures.denominators import COLUMNS

SAMPLES = Path(__file__).parents[2] / "data_samples"
NAME, CODE = "Wyremouth", "E08000099"
LOCALITIES = ("Harbour", "Millside", "Upper Moor")
COUNT = 20
OWN_WARDS = tuple(f"E05099{n:03d}" for n in range(1, COUNT + 1))
AREA = f"""\
name: {NAME}
code: {CODE}
hub: Wyremouth Child Exploitation Hub
agencies:
  police: {{name: Wyre Valley Police, short: police}}
  trust: {{name: Wyremouth Children's Services, short: children's services}}
  education: {{name: Wyremouth Schools, short: education}}
localities: [{", ".join(LOCALITIES)}]
box: {{west: 1.0, south: 50.0, east: 1.5, north: 50.5}}
sources: "Source: invented."
"""


def write_area(folder: Path) -> Path:
    """The area's file, with its tables in a folder beside it."""
    tables = folder / "wyremouth"
    tables.mkdir(parents=True)
    file = folder / "wyremouth.yml"
    file.write_text(AREA, "utf-8")
    wards = [
        [code, f"Ward {n + 1}", LOCALITIES[n % len(LOCALITIES)], n % 5, n // 5, 12.5 + 2 * n]
        for n, code in enumerate(OWN_WARDS)
    ]
    _write(
        tables / "ref_wards.csv",
        ["ward_code", "ward_name", "locality", "hex_q", "hex_r", "deprivation"],
        wards,
    )
    beside = [[OWN_WARDS[n], OWN_WARDS[n + 1], 900] for n in range(COUNT - 1) if n % 5 != 4]
    beside += [[OWN_WARDS[n], OWN_WARDS[n + 5], 900] for n in range(COUNT - 5)]
    _write(
        tables / "ref_ward_neighbours.csv", ["ward_code", "neighbour_code", "border_metres"], beside
    )
    of_area = [
        [CODE, "mid-2022", age, age, sex, "", 1500, "published", "Invented"]
        for age in range(10, 18)
        for sex in "FM"
    ]
    of_wards = [
        [code, "mid-2022", 10, 17, "", "", 1200, "estimate", "Invented"] for code in OWN_WARDS
    ]
    _write(tables / "ref_population.csv", list(COLUMNS), of_area + of_wards)
    return file


def _write(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def write_supplies(inbox: Path) -> None:
    """Supplies of the police, children's services and schools, under the area's codes; no health provider."""
    generate(inbox)
    shutil.rmtree(inbox / "health")
    own = {BIRMINGHAM: CODE} | {str(ward): OWN_WARDS[n % COUNT] for n, ward in enumerate(WARDS)}
    codes = re.compile("|".join(own))
    for path in sorted(inbox.rglob("*.csv")):
        text = path.read_text("utf-8")
        path.write_text(codes.sub(lambda match: own[match.group()], text), "utf-8", newline="")
    for path in sorted(inbox.rglob("supply.json")):
        supply = json.loads(path.read_text("utf-8"))
        for table, about in supply["tables"].items():
            about["sha256"] = file_sha256(path.parent / f"{table}.csv")
        path.write_text(json.dumps(supply, indent=1), "utf-8")


def write_governance(path: Path) -> Path:
    """The samples' register without the health providers."""
    lines = (SAMPLES / "governance.yml").read_text("utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if '"health:' not in line) + "\n", "utf-8")
    return path
