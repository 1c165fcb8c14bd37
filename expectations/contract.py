"""What a contract is, and how its file is read. What a contract is used for does not belong here."""

from __future__ import annotations

import csv
import functools
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

HERE = Path(__file__).parent
CONTRACTS = HERE / "contracts"
# Of the digest, where a page names a contract.
CONTRACT_DIGITS = 12
Severity = Literal["error", "warn"]
Blank = Literal["error", "warn", "allowed"]


@dataclass(frozen=True)
class Kind:
    """A kind of value: its shape as a regular expression, its SQL type, and how a data officer is told of it."""

    pattern: str
    sql: str
    words: str


KINDS: dict[str, Kind] = {
    "ref": Kind(
        r"^[A-Z][A-Za-z0-9_-]{1,39}$",
        "VARCHAR",
        "an agency's own pseudonym: a capital letter, then letters, digits, - or _",
    ),
    "key": Kind(r"^[0-9a-f]{64}$", "VARCHAR", "a linkage key: 64 lower-case hexadecimal digits"),
    "date": Kind(r"^\d{4}-\d{2}-\d{2}$", "DATE", "a day, YYYY-MM-DD"),
    "month": Kind(r"^\d{4}-\d{2}$", "DATE", "a month, YYYY-MM"),
    "timestamp": Kind(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", "TIMESTAMP", "a moment in local time, YYYY-MM-DDTHH:MM"),
    "moment": Kind(
        r"^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?$", "TIMESTAMP", "a moment YYYY-MM-DDTHH:MM, or a day YYYY-MM-DD"
    ),
    "hour": Kind(r"^(?:[0-9]|1[0-9]|2[0-3])$", "INTEGER", "an hour, 0 to 23"),
    "integer": Kind(r"^\d{1,9}$", "INTEGER", "a whole number"),
    "number": Kind(r"^-?\d{1,15}(?:\.\d{1,6})?$", "DOUBLE", "a number"),
    "ward": Kind(r"^(?:[EWSN]05\d{6}|[SN]13\d{6}|N08\d{6})$", "VARCHAR", "an ONS ward code, E05…"),
    "lsoa": Kind(r"^(?:[EW]01\d{6}|S01\d{6})$", "VARCHAR", "an ONS lower-layer super output area code, E01…"),
    "la": Kind(r"^[EWSN](?:06|07|08|09|10|11|12)\d{6}$", "VARCHAR", "an ONS local authority code, E06… to E10…"),
    "area": Kind(r"^[EWSNK]\d{8}$", "VARCHAR", "an ONS area code"),
    "offence": Kind(r"^\d{1,3}[A-Z]?(?:/\d{1,3})?$", "VARCHAR", "a Home Office offence code"),
    "short_code": Kind(r"^[A-Z0-9_]{1,12}$", "VARCHAR", "a short code: capitals and digits"),
    "term": Kind(r"^\d{4}-\d{2}-(?:autumn|spring|summer)$", "VARCHAR", "a school term, 2023-24-autumn"),
    "name": Kind(r"^[a-z][a-z0-9_]{0,40}$", "VARCHAR", "a name in lower case"),
    "words": Kind(r"^[^<>=@+\x00-\x1f][^<>\x00-\x1f]{0,199}$", "VARCHAR", "up to 200 characters of plain text"),
    "codes": Kind("", "VARCHAR", "a code from its list"),
    "list_of": Kind("", "VARCHAR[]", "codes from their list, separated by ;"),
}
DATED = ("date", "timestamp", "moment")


@dataclass(frozen=True)
class Column:
    """One column of a contract. `codes` maps each allowed code to its label, empty where the column has no list.

    `later` marks an outcome that is known long after the event, so that the last year always differs from those before.
    """

    name: str
    kind: str
    codes: dict[str, str] = field(default_factory=dict)
    blank: Blank = "error"
    optional: bool = False
    unique: bool = False
    references: str | None = None
    most: int | None = None
    later: bool = False

    @property
    def pattern(self) -> str:
        """The shape a value must have, as a regular expression."""
        if self.kind == "list_of":
            one = "(?:" + "|".join(sorted(self.codes)) + ")"
            return f"^{one}(?:;{one})" + (f"{{0,{self.most - 1}}}$" if self.most else "*$")
        return KINDS[self.kind].pattern

    @property
    def words(self) -> str:
        """What the column holds, for a data officer."""
        if self.codes:
            shown = ", ".join(list(self.codes)[:12]) + (", …" if len(self.codes) > 12 else "")
            return f"{KINDS[self.kind].words}: {shown}"
        return KINDS[self.kind].words


@dataclass(frozen=True)
class Rule:
    """A rule across the columns of a row: an SQL expression on typed columns; null counts as kept."""

    name: str
    sql: str
    words: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Contract:
    """One agency's table: who is in it, its columns and its rules."""

    agency: str
    table: str
    grain: str
    population: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    required: bool = False
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The one name used for files, tables, assets and tests: `police__involvements`."""
        return f"{self.agency}__{self.table}"

    def column(self, name: str) -> Column | None:
        """The column of that name, if the contract has it."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def digest(self) -> str:
        """Changes whenever anything in the contract does, so that a validated supply is judged again."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True)
class Agency:
    """A supplier: its folder name, its title and whether it supplies as several providers."""

    key: str
    name: str
    prefix: str
    ethnicity: tuple[str, ...]
    providers: bool = False
    purpose: str = ""


@functools.cache
def code_lists() -> dict[str, dict[str, str]]:
    """Every code list but ethnicity: list name → code → label."""
    lists = yaml.safe_load((CONTRACTS / "codes" / "codes.yml").read_text("utf-8"))
    if bad := sorted(name for name, codes in lists.items() if not all(codes.values())):
        raise ValueError(f"codes.yml, {', '.join(bad)}: a code without a label; a label with a comma stands in quotes")
    return {name: {str(k): str(v) for k, v in codes.items()} for name, codes in lists.items()}


@functools.cache
def ethnicity_codes() -> tuple[dict[str, str], ...]:
    """The ethnicity codes of all source systems: dicts of system, code, detailed_group, broad_group."""
    with (CONTRACTS / "codes" / "ethnicity.csv").open(encoding="utf-8", newline="") as f:
        return tuple(csv.DictReader(f))


@functools.cache
def agencies() -> dict[str, Agency]:
    """The agencies in the order in which their facts are believed: Trust, education, health, police."""
    found = {}
    for key in ("trust", "education", "health", "police"):
        raw = yaml.safe_load((CONTRACTS / key / "agency.yml").read_text("utf-8"))
        found[key] = Agency(key=key, **(raw | {"ethnicity": tuple(raw["ethnicity"])}))
    return found


def _column(name: str, raw: dict[str, Any], agency: Agency) -> Column:
    raw = dict(raw)
    kind = raw.pop("type", None) or ("list_of" if "list_of" in raw else "codes")
    wanted = raw.pop("codes", None) or raw.pop("list_of", None)
    codes: dict[str, str] = {}
    if wanted == "ethnicity":
        codes = {e["code"]: e["detailed_group"] for e in ethnicity_codes() if e["system"] in agency.ethnicity}
    elif wanted:
        codes = code_lists()[wanted]
    return Column(name=name, kind=kind, codes=codes, **raw)


def _contract(path: Path, agency: Agency) -> Contract:
    raw = yaml.safe_load(path.read_text("utf-8"))
    raw.pop("agencies", None)
    columns = tuple(_column(n, c, agency) for n, c in raw.pop("columns").items())
    rules = tuple(Rule(name=n, **r) for n, r in raw.pop("rules", {}).items())
    examples = {n: (str(full), str(short)) for n, (full, short) in raw.pop("examples", {}).items()}
    return Contract(agency=agency.key, table=path.stem, columns=columns, rules=rules, examples=examples, **raw)


@functools.cache
def contracts() -> dict[str, Contract]:
    """Every contract by name. A file in `any/` holds for each agency, or for those that it lists."""
    found: dict[str, Contract] = {}
    for key, agency in agencies().items():
        shared = [
            p
            for p in sorted((CONTRACTS / "any").glob("*.yml"))
            if key in yaml.safe_load(p.read_text("utf-8")).get("agencies", [key])
        ]
        own = [p for p in sorted((CONTRACTS / key).glob("*.yml")) if p.stem != "agency"]
        for path in shared + own:
            contract = _contract(path, agency)
            found[contract.name] = contract
    return found


def contracts_of(agency: str) -> dict[str, Contract]:
    """One agency's contracts by table name, people first (others refer to it)."""
    mine = {c.table: c for c in contracts().values() if c.agency == agency}
    return {"people": mine.pop("people")} | mine


@functools.cache
def contracts_digest(agency: str) -> str:
    """Changes whenever any contract of the agency, or the code that judges it, does."""
    judges = [
        *HERE.glob("*.py"),
        *(HERE / "judging").glob("*.py"),
        *(p for p in (HERE / "screen").glob("*.*") if p.suffix in (".py", ".yml")),
    ]
    judge = b"".join(p.read_bytes() for p in sorted(judges))
    parts = "".join(c.digest for c in contracts_of(agency).values())
    return hashlib.sha256(judge + parts.encode()).hexdigest()
