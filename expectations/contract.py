"""What a contract is, and how its file is read. What a contract is used for does not belong
here.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field, RootModel

from expectations.reading import FileError, Strict, fault, nearest, read_own, read_words

HERE = Path(__file__).parent
CONTRACTS = HERE / "contracts"
# Of the digest, where a page names a contract.
CONTRACT_DIGITS = 12
Severity = Literal["error", "warn"]
Blank = Literal["error", "warn", "allowed"]


@dataclass(frozen=True)
class Kind:
    """A kind of value: its shape as a regular expression, its SQL type, and how a data officer is
    told of it.
    """

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
    "timestamp": Kind(
        r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", "TIMESTAMP", "a moment in local time, YYYY-MM-DDTHH:MM"
    ),
    "moment": Kind(
        r"^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?$",
        "TIMESTAMP",
        "a moment YYYY-MM-DDTHH:MM, or a day YYYY-MM-DD",
    ),
    "hour": Kind(r"^(?:[0-9]|1[0-9]|2[0-3])$", "INTEGER", "an hour, 0 to 23"),
    "integer": Kind(r"^\d{1,9}$", "INTEGER", "a whole number"),
    "number": Kind(r"^-?\d{1,15}(?:\.\d{1,6})?$", "DOUBLE", "a number"),
    "ward": Kind(r"^(?:[EWSN]05\d{6}|[SN]13\d{6}|N08\d{6})$", "VARCHAR", "an ONS ward code, E05…"),
    "lsoa": Kind(
        r"^(?:[EW]01\d{6}|S01\d{6})$", "VARCHAR", "an ONS lower-layer super output area code, E01…"
    ),
    "la": Kind(
        r"^[EWSN](?:06|07|08|09|10|11|12)\d{6}$",
        "VARCHAR",
        "an ONS local authority code, E06… to E10…",
    ),
    "area": Kind(r"^[EWSNK]\d{8}$", "VARCHAR", "an ONS area code"),
    "offence": Kind(r"^\d{1,3}[A-Z]?(?:/\d{1,3})?$", "VARCHAR", "a Home Office offence code"),
    "short_code": Kind(r"^[A-Z0-9_]{1,12}$", "VARCHAR", "a short code: capitals and digits"),
    "term": Kind(
        r"^\d{4}-\d{2}-(?:autumn|spring|summer)$", "VARCHAR", "a school term, 2023-24-autumn"
    ),
    "name": Kind(r"^[a-z][a-z0-9_]{0,40}$", "VARCHAR", "a name in lower case"),
    "words": Kind(
        r"^[^<>=@+\x00-\x1f][^<>\x00-\x1f]{0,199}$", "VARCHAR", "up to 200 characters of plain text"
    ),
    "codes": Kind("", "VARCHAR", "a code from its list"),
    "list_of": Kind("", "VARCHAR[]", "codes from their list, separated by ;"),
}
DATED = ("date", "timestamp", "moment")
# When a code was in use: from and until, both days included.
Span = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True)
class Column:
    """One column of a contract. `codes` maps each allowed code to its label, empty where the column
    has no list.

    `spans` are those of codes that were not always in use, `as_of` is the column whose day says
    whether they were. `later` marks an outcome that is known long after the event, so that the last
    year always differs from those before; `planned` a day that may lie after the extract.
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
    planned: bool = False
    as_of: str = ""
    spans: dict[str, Span] = field(default_factory=dict)

    @property
    def pattern(self) -> str:
        """The shape a value must have, as a regular expression."""
        if self.kind == "list_of":
            one_code = "(?:" + "|".join(sorted(self.codes)) + ")"
            return f"^{one_code}(?:;{one_code})" + (
                f"{{0,{self.most - 1}}}$" if self.most else "*$"
            )
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
    """A rule across the columns of a row: an SQL expression on typed columns; null counts as
    kept.
    """

    name: str
    sql: str
    words: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Spell:
    """The columns that a spell begins and ends in, and those that two spells of one kind share."""

    starts: str
    ends: str
    alike: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """One agency's table: who is in it, its columns and its rules. `set_aside`: a few rows that
    break a rule are left out instead of the whole supply. `is_state`: its rows say where or under
    what a child is, not what happens to it. `spell`: two rows of one kind can lie within each
    other.
    """

    agency: str
    table: str
    grain: str
    population: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    required: bool = False
    set_aside: bool = True
    is_state: bool = False
    spell: Spell | None = None
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The one name used for files, tables, assets and tests: `police__involvements`."""
        return f"{self.agency}__{self.table}"

    def column(self, name: str) -> Column | None:
        """The column of that name, if the contract has it."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def event(self) -> Column | None:
        """The column that says when a row happened: the first date that every row has."""
        return next((c for c in self.columns if c.kind in DATED and c.blank == "error"), None)

    @property
    def digest(self) -> str:
        """Changes whenever anything in the contract does, so that a validated supply is judged
        again.
        """
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


class CodeEntry(Strict):
    """A code with the days of its use, both included."""

    label: str
    from_: dt.date | None = Field(None, alias="from")
    until: dt.date | None = None


class CodeLists(RootModel[dict[str, dict[str, str | CodeEntry]]]):
    """codes.yml: list → code → label."""


class ColumnEntry(Strict):
    """A column as its contract's file has it: a type, or the list that its codes come from."""

    type: str = ""
    codes: str = ""
    list_of: str = ""
    blank: Blank = "error"
    optional: bool = False
    unique: bool = False
    references: str | None = None
    most: int | None = None
    later: bool = False
    planned: bool = False
    as_of: str = ""


class RuleEntry(Strict):
    """A rule across the columns of a row, as its contract's file has it."""

    sql: str
    words: str
    severity: Severity = "error"


class SpellEntry(Strict):
    """The columns of a spell, as a contract's file names them."""

    starts: str
    ends: str
    alike: list[str]


class ContractFile(Strict):
    """`contracts/<agency>/<table>.yml`; a file in `any/` may say for which agencies it holds."""

    grain: str
    population: str
    columns: dict[str, ColumnEntry]
    rules: dict[str, RuleEntry] = Field(default_factory=dict)
    required: bool = False
    set_aside: bool = True
    state: bool = False
    spell: SpellEntry | None = None
    examples: dict[str, tuple[str, str]] = Field(default_factory=dict)
    agencies: tuple[str, ...] | None = None


class AgencyFile(Strict):
    """`contracts/<agency>/agency.yml`."""

    name: str
    prefix: str
    ethnicity: tuple[str, ...]
    providers: bool = False
    purpose: str = ""


@functools.cache
def _code_entries() -> dict[str, dict[str, CodeEntry]]:
    path = CONTRACTS / "codes" / "codes.yml"
    text = read_words(path)
    lists: dict[str, dict[str, CodeEntry]] = {}
    for name, codes in read_own(CodeLists, text, path.name).root.items():
        lists[name] = {}
        for code, told in codes.items():
            entry = CodeEntry.model_validate({"label": told}) if isinstance(told, str) else told
            if not entry.label:
                words = "a code without a label; a label with a comma is in quotes"
                raise fault(path.name, text, (name, code), words)
            lists[name][code] = entry
    return lists


@functools.cache
def code_lists() -> dict[str, dict[str, str]]:
    """Every code list but ethnicity: list name → code → label. Raises FileError."""
    return {
        name: {code: entry.label for code, entry in codes.items()}
        for name, codes in _code_entries().items()
    }


def code_spans(name: str) -> dict[str, Span]:
    """The codes of a list that were not always in use, with the days of their use."""
    entries = _code_entries()[name]
    return {
        code: (entry.from_, entry.until)
        for code, entry in entries.items()
        if entry.from_ or entry.until
    }


@functools.cache
def ethnicity_codes() -> tuple[dict[str, str], ...]:
    """The ethnicity codes of all source systems: dicts of system, code, detailed_group,
    broad_group.
    """
    with (CONTRACTS / "codes" / "ethnicity.csv").open(encoding="utf-8", newline="") as f:
        return tuple(csv.DictReader(f))


# The order in which the agencies' facts are believed; any others follow by name.
BELIEVED = ("trust", "education", "health", "police")


@functools.cache
def agencies() -> dict[str, Agency]:
    """Every agency that has a folder of contracts, in the order in which their facts are believed.
    Raises FileError.
    """
    there = sorted(path.parent.name for path in CONTRACTS.glob("*/agency.yml"))
    in_order = [key for key in BELIEVED if key in there] + [
        key for key in there if key not in BELIEVED
    ]
    return {key: _agency(key) for key in in_order}


def _agency(key: str) -> Agency:
    path = CONTRACTS / key / "agency.yml"
    text = read_words(path)
    file = read_own(AgencyFile, text, f"{key}/{path.name}")
    systems = sorted({codes["system"] for codes in ethnicity_codes()})
    for system in file.ethnicity:
        if system not in systems:
            raise fault(
                f"{key}/{path.name}",
                text,
                ("ethnicity",),
                f"ethnicity: no such list; {nearest(system, systems)}",
            )
    return Agency(key, file.name, file.prefix, file.ethnicity, file.providers, file.purpose)


def read_contract(path: Path, agency: Agency, tables: Collection[str]) -> Contract:
    """The contract of a file, for an agency that has these tables. Raises FileError: file, line,
    and what is allowed.
    """
    name = f"{path.parent.name}/{path.name}"
    text = read_words(path)
    file = read_own(ContractFile, text, name)
    columns = tuple(
        _column(key, entry, agency, name, text, tables) for key, entry in file.columns.items()
    )
    rules = tuple(
        Rule(key, entry.sql, entry.words, entry.severity) for key, entry in file.rules.items()
    )
    for rule in rules:
        _check_rule(rule, columns, name, text)
    dated = [c.name for c in columns if c.kind in DATED]
    for c in columns:
        if c.as_of and c.as_of not in dated:
            words = f"{c.name}: as_of names no day; {nearest(c.as_of, dated)}"
            raise fault(name, text, ("columns", c.name), words)
    for column in file.examples:
        if column not in file.columns:
            words = (
                f"examples: the contract has no such column; {nearest(column, list(file.columns))}"
            )
            raise fault(name, text, ("examples", column), words)
    return Contract(
        agency=agency.key,
        table=path.stem,
        grain=file.grain,
        population=file.population,
        columns=columns,
        rules=rules,
        required=file.required,
        set_aside=file.set_aside,
        is_state=file.state,
        spell=_spell(file.spell, columns, name, text),
        examples=dict(file.examples),
    )


def _spell(
    entry: SpellEntry | None, columns: tuple[Column, ...], name: str, text: str
) -> Spell | None:
    """Its columns are columns of the table."""
    if entry is None:
        return None
    names = [column.name for column in columns]
    for column in (entry.starts, entry.ends, *entry.alike):
        if column not in names:
            raise fault(name, text, ("spell",), f"spell: no such column; {nearest(column, names)}")
    return Spell(entry.starts, entry.ends, tuple(entry.alike))


def _column(
    key: str, entry: ColumnEntry, agency: Agency, name: str, text: str, tables: Collection[str]
) -> Column:
    def wrong(words: str) -> FileError:
        return fault(name, text, ("columns", key), f"{key}: {words}")

    if sum(bool(part) for part in (entry.type, entry.codes, entry.list_of)) != 1:
        raise wrong("one of type, codes and list_of, and only one, says what the column holds")
    if entry.type and entry.type not in KINDS:
        raise wrong(
            "no such type; "
            f"{nearest(entry.type, [k for k in KINDS if k not in ('codes', 'list_of')])}"
        )
    wanted = entry.codes or entry.list_of
    if wanted and wanted != "ethnicity" and wanted not in code_lists():
        raise wrong(f"no such code list; {nearest(wanted, ['ethnicity', *code_lists()])}")
    if entry.references is not None and entry.references not in tables:
        raise wrong(
            f"references: the agency has no such table; {nearest(entry.references, sorted(tables))}"
        )
    codes: dict[str, str] = {}
    if wanted == "ethnicity":
        codes = {}
        for e in ethnicity_codes():
            if e["system"] in agency.ethnicity:
                codes[e["code"]] = e["detailed_group"]
    elif wanted:
        codes = code_lists()[wanted]
    kind = entry.type or ("list_of" if entry.list_of else "codes")
    return Column(
        name=key,
        kind=kind,
        codes=codes,
        blank=entry.blank,
        optional=entry.optional,
        unique=entry.unique,
        references=entry.references,
        most=entry.most,
        later=entry.later,
        planned=entry.planned,
        as_of=entry.as_of,
        spans=code_spans(wanted) if wanted in code_lists() else {},
    )


# What a rule may name besides the columns of its table: facts of the supply and of the person.
RULE_FACTS = (
    "agency_prefix",
    "supply_ends",
    "extracted_on",
    "person_birth_month",
)


def _check_rule(rule: Rule, columns: tuple[Column, ...], name: str, text: str) -> None:
    """A rule is SQL, and names columns that there are."""
    # Parsing takes a moment to import: only where contracts are read.
    import sqlglot
    from sqlglot import exp

    at = ("rules", rule.name)
    try:
        tree = sqlglot.parse_one(f"select ({rule.sql})", read="duckdb")
    except sqlglot.errors.SqlglotError:
        raise fault(name, text, at, f"{rule.name}: sql cannot be read") from None
    usable = [*(c.name for c in columns), *(f"{c.name}__times" for c in columns), *RULE_FACTS]
    # A name inside a lambda is its own.
    lambda_names = set()
    for part in tree.find_all(exp.Lambda):
        for arg in part.expressions:
            lambda_names.add(str(arg))
    for column in tree.find_all(exp.Column):
        if column.name not in usable and column.name not in lambda_names:
            raise fault(
                name,
                text,
                at,
                f"{rule.name}: sql names {column.name}; {nearest(column.name, usable)}",
            )


@functools.cache
def contracts() -> dict[str, Contract]:
    """Every contract by name. A file in `any/` holds for each agency, or for those that it lists.
    Raises FileError.
    """
    by_name: dict[str, Contract] = {}
    for key, agency in agencies().items():
        paths = [
            *_shared(key),
            *(p for p in sorted((CONTRACTS / key).glob("*.yml")) if p.stem != "agency"),
        ]
        for path in paths:
            contract = read_contract(path, agency, [p.stem for p in paths])
            by_name[contract.name] = contract
    return by_name


def _shared(agency: str) -> list[Path]:
    """The contracts of `any/` that hold for an agency."""
    columns = []
    for path in sorted((CONTRACTS / "any").glob("*.yml")):
        name = f"any/{path.name}"
        text = read_words(path)
        named = read_own(ContractFile, text, name).agencies
        for one in named or ():
            if one not in agencies():
                raise fault(
                    name,
                    text,
                    ("agencies",),
                    f"agencies: no such agency; {nearest(one, list(agencies()))}",
                )
        if named is None or agency in named:
            columns.append(path)
    return columns


def contracts_of(agency: str) -> dict[str, Contract]:
    """One agency's contracts by table name, each after those that its columns refer to: `people`
    first, `hub_episodes` before `risk_assessments`.
    """
    left = {c.table: c for c in contracts().values() if c.agency == agency}
    in_order = {"people": left.pop("people")}
    while left:
        table = next(t for t, c in left.items() if not any(r.references in left for r in c.columns))
        in_order[table] = left.pop(table)
    return in_order


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
