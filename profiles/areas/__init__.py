"""The area that a profile is of: one file and a folder of reference tables. Nothing else names a
place.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

from profiles.areas.published import PublishedEntry, read_published
from profiles.reading import FileError, Strict, fault, read_text, read_words

HERE = Path(__file__).parent
DEFAULT = "birmingham"
# Reference tables that an area brings: columns and types by table.
TABLES: dict[str, dict[str, str]] = yaml.safe_load((HERE / "tables.yaml").read_text("utf-8"))
REQUIRED = ("ref_wards",)


class Agency(Strict):
    """An agency of the area: its name, and what a sentence calls it."""

    name: str
    short: str


class CodeRange(Strict):
    """Codes from the first to the last, both included."""

    first: str
    last: str

    def every(self) -> list[str]:
        """E05001178, E05001179, …"""
        letters = self.first[:3]
        numbers = range(int(self.first[3:]), int(self.last[3:]) + 1)
        return [f"{letters}{number:06d}" for number in numbers]


class Box(Strict):
    """Longitudes and latitudes in degrees that hold the whole area, and a little more."""

    west: float
    south: float
    east: float
    north: float


class AreaFile(Strict):
    """`areas/<area>.yml`."""

    name: str
    code: str
    hub: str
    agencies: dict[str, Agency]
    localities: tuple[str, ...]
    localities_note: str = ""
    box: Box
    retired_wards: tuple[CodeRange, ...] = ()
    background: str = ""
    published_by: str = ""
    sources: str


@dataclass(frozen=True)
class Ward:
    """A ward: its name and locality, the hexagon that stands for it (axial coordinates, pointed
    tops, the second growing southward), and its deprivation: the mean Index of Multiple Deprivation
    score of its small areas, weighted by residents.
    """

    name: str
    locality: str
    hexagon: tuple[int, int]
    deprivation: float


@dataclass(frozen=True, eq=False)
class Area:
    """An area as its file and its tables have it. `key` is the name of the file."""

    key: str
    file: AreaFile
    folder: Path

    @property
    def name(self) -> str:
        """Birmingham."""
        return self.file.name

    @property
    def code(self) -> str:
        """The ONS code of the area."""
        return self.file.code

    @property
    def localities(self) -> tuple[str, ...]:
        """The parts that the area is told by, in the order of tables."""
        return self.file.localities

    @property
    def agencies(self) -> dict[str, Agency]:
        """The agencies that take part, by the key of their contracts, in the order of the
        report.
        """
        return self.file.agencies

    @functools.cached_property
    def retired_wards(self) -> list[str]:
        """Every ward code that is no longer in use and lay in the area."""
        codes_retired = []
        for codes in self.file.retired_wards:
            for code in codes.every():
                codes_retired.append(code)
        return codes_retired

    @functools.cached_property
    def wards(self) -> dict[str, Ward]:
        """Every ward by code, in the order of the table."""
        wards = {}
        for row in self.rows("ref_wards"):
            wards[row["ward_code"]] = Ward(
                row["ward_name"],
                row["locality"],
                (int(row["hex_q"]), int(row["hex_r"])),
                float(row["deprivation"]),
            )
        return wards

    @property
    def published_file(self) -> Path:
        """Where the numbers that were published elsewhere are listed, where the area has any."""
        return self.folder / "published.yml"

    @functools.cached_property
    def published(self) -> tuple[PublishedEntry, ...]:
        """The declared constants: what was published elsewhere."""
        return read_published(self.published_file)

    def table(self, name: str) -> Path:
        """Where a reference table of the area lies, whether or not the area has it."""
        return self.folder / f"{name}.csv"

    def rows(self, name: str) -> list[dict[str, str]]:
        """A reference table's rows; none where the area does not have it."""
        path = self.table(name)
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def words(self, text: str) -> str:
        """A text of the register with the area's name in the place of {area}."""
        return text.replace("{area}", self.name)


def find_area(name_or_path: str) -> Path:
    """The file of an area: one that the product brings, by name, or one's own, by path. Raises
    FileError.
    """
    own_file = Path(name_or_path).expanduser()
    if own_file.suffix == ".yml" and own_file.exists():
        return own_file
    brought = HERE / f"{name_or_path}.yml"
    if brought.exists():
        return brought
    known = ", ".join(sorted(path.stem for path in HERE.glob("*.yml")))
    raise FileError(
        f"there is no area of that name, and no such file; the product brings: {known}."
    )


@functools.cache
def read_area(path: Path) -> Area:
    """The area of a file. Raises FileError: file, line, what is allowed."""
    text = read_words(path)
    file = read_text(AreaFile, text, path.name)
    area = Area(path.stem, file, path.with_suffix(""))
    for name in REQUIRED:
        if not area.table(name).exists():
            raise FileError(
                f"{path.name}: the area has no table {path.stem}/{name}.csv beside its file."
            )
    for name, columns in TABLES.items():
        rows = area.rows(name)
        if rows and not set(columns) <= set(rows[0]):
            missing = ", ".join(c for c in columns if c not in rows[0])
            raise FileError(f"{path.stem}/{name}.csv, line 1: the columns {missing} are missing.")
    unknown = sorted({ward.locality for ward in area.wards.values()} - set(file.localities))
    if unknown:
        words = (
            f"wards in {path.stem}/ref_wards.csv lie in {', '.join(unknown)}, which is not "
            "listed here"
        )
        raise fault(path.name, text, ("localities",), words)
    return area


def default_area() -> Area:
    """The area that the product brings."""
    return read_area(find_area(DEFAULT))
