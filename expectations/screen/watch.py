"""One column of a file while it is read: its suspicious cells are found in SQL, checked in Python,
and only counted.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd

from expectations.contract import DATED, Column
from expectations.screen.checks import CHECKS
from expectations.screen.digests import unkeyed, unkeyed_keys
from expectations.screen.identifiers import is_test_nhs_number
from expectations.screen.kinds import Kind, joined, kinds
from expectations.screen.tally import Dates, Found, Pieces

KEY_DIGITS = 64
_HEX = re.compile(r"[0-9a-f]{64}")
# A reference as `cce pseudonymise` makes it: the agency's letter and 20 hexadecimal digits. Ten
# digits in a row of it are chance; one without a letter among them may be a number after all.
_REFERENCE = re.compile(r"[A-Z](?=[0-9]*[a-f])[0-9a-f]{20}")
_IS_DAY = r"^\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T ].*)?$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?: .*)?$"
_DAY = re.compile(
    r"(\d{4})[-/.](\d{2})[-/.](\d{2})(?:[T ].*)?|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?"
)
# What a column of numbers may hold by mistake.
NUMBERS_TO_FIND = ("nhs_number", "uln", "upn")
# What a column of births may hold besides: a year, a month, nothing known.
_NO_DAY = re.compile(r"(?:19|20)\d\d(?:[-/]\d{2})?|\d{2}/(?:19|20)\d\d|\D*")


@dataclass
class Watched:
    """One column while it is read."""

    name: str
    contract: Column | None
    named: list[Kind]
    is_agreed: bool = False
    filled: int = 0
    harmless: Counter[str] = field(default_factory=Counter)
    pieces: dict[str, Pieces] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)

    @property
    def is_reference(self) -> bool:
        """Whether it holds an agency's own references."""
        return self.contract is not None and self.contract.kind == "ref"

    @property
    def is_number(self) -> bool:
        """Whether it holds amounts."""
        return self.contract is not None and self.contract.kind in ("integer", "number", "hour")

    @property
    def named_harmful(self) -> set[str]:
        """The kinds of its name, but for dates, which are judged by themselves, and for what all of
        its cells show to be harmless.
        """
        harmless = {k for k, cells in self.harmless.items() if self.filled and cells == self.filled}
        return {kind.key for kind in self.named} - {"date_of_birth"} - harmless

    @functools.cached_property
    def is_birth(self) -> bool:
        """Whether its name says that it holds dates of birth."""
        return self.name == "birth_month" or any(k.key == "date_of_birth" for k in self.named)


@functools.cache
def _suspects_sql() -> str:
    """Values with what they look like. One pattern of all kinds is tried first: most values are
    like none of them.
    """
    flags = []
    for k in kinds():
        tests = []
        for column in ("token", "capitals"):
            if k.token:
                tests.append(f"regexp_matches({column}, '{_quoted(k.token)}')")
        tests += [f"regexp_matches(plain_text, '{_quoted(k.text)}')" for _ in "x" if k.text]
        flags.append(f"case when {' or '.join(tests) or 'false'} then '{k.key}' end")
    pattern = "|".join(f"(?:{k.token})" for k in kinds() if k.token)
    tokens = _quoted(pattern)
    texts = _quoted("|".join(f"(?:{k.text})" for k in kinds() if k.text))
    return f"""
        with cells as (
            select place, value, n, every,
                trim(regexp_replace(value, '\\s', ' ', 'g')) as plain_text,
                upper(plain_text) as capitals,
                regexp_replace(replace(capitals, ' ', ''), '\\.0$', '') as token
            from chunk
        ),
        suspects as (
            select *, regexp_matches(plain_text, '{_IS_DAY}') as is_day from cells
            where (every or length(token) >= 5) and (
                every or is_day
                or regexp_matches(token, '{tokens}') or regexp_matches(plain_text, '{texts}')
                or (capitals <> token and regexp_matches(capitals, '{tokens}'))
            )
        )
        select place, plain_text, token, n,
            list_filter([{", ".join(flags)}], lambda k: k is not null) as kinds,
            is_day
        from suspects order by place
    """


def _quoted(pattern: str | None) -> str:
    return (pattern or "").replace("'", "''")


def watch(
    con: duckdb.DuckDBPyConnection,
    columns: Sequence[Watched],
    chunk: Sequence[list[str]],
    extracted_on: dt.date,
) -> None:
    """Count what is suspicious among a chunk's cells, given by column."""
    places: list[int] = []
    values: list[str] = []
    times: list[int] = []
    for place, (watched, cells) in enumerate(zip(columns, chunk, strict=True)):
        counts = _left(con, watched, cells)
        places += [place] * len(counts)
        values += counts
        times += counts.values()
    if not values:
        return
    every = [columns[p].is_birth for p in places]
    con.register(
        "chunk",
        pd.DataFrame(
            {"place": places, "value": pd.Series(values, dtype=object), "n": times, "every": every}
        ),
    )
    rows = con.execute(_suspects_sql()).fetchall()
    con.unregister("chunk")
    _count_hashes(columns, [row for row in rows if "unkeyed_hash" in row[4]])
    for place, text, token, n, kinds_alike, is_day in rows:
        watched = columns[place]
        _count_days(watched, text, token, n, is_day, extracted_on)
        if not is_day:
            for kind in kinds_alike:
                if kind != "unkeyed_hash":
                    _count(watched, kind, text, token, n)


def _count_hashes(columns: Sequence[Watched], rows: list[tuple[Any, ...]]) -> None:
    """Hashes of identifiers without a key are told by hashing: all at once, as that is slow."""
    are_unkeyed = unkeyed([text for _, text, *_ in rows])
    for (place, _, _, n, *_), is_unkeyed in zip(rows, are_unkeyed, strict=True):
        if is_unkeyed:
            _pieces(columns[place], "unkeyed_hash").cells += n


def _count_days(
    watched: Watched, text: str, token: str, n: int, is_day: bool, extracted_on: dt.date
) -> None:
    day = day_of(text) if is_day else None
    if day:
        watched.dates.add(day, n, extracted_on)
    elif watched.is_birth and not _NO_DAY.fullmatch(token):
        watched.dates.bare += n


def _left(con: duckdb.DuckDBPyConnection, watched: Watched, cells: list[str]) -> Counter[str]:
    """The distinct cells that are neither a code of the contract nor a key; keys are looked at
    here, all at once.
    """
    column = watched.contract
    filled = [c if c.isascii() else _normal(c) for c in cells if c]
    watched.filled += len(filled)
    if not filled:
        return Counter()
    keys = [c for c in filled if len(c) == KEY_DIGITS and _HEX.fullmatch(c)]
    if keys:
        _watch_keys(con, watched, keys)
        if len(keys) == len(filled):
            return Counter()
        filled = [c for c in filled if len(c) != KEY_DIGITS or not _HEX.fullmatch(c)]
    if watched.is_reference:
        filled = [c for c in filled if not _REFERENCE.fullmatch(c)]
    counts = Counter(filled)
    for kind in watched.named:
        if kind.harmless:
            is_harmless = CHECKS[kind.harmless]
            watched.harmless[kind.key] += sum(n for cell, n in counts.items() if is_harmless(cell))
    for code in column.codes if column and column.kind == "codes" else ():
        # The contract's own codes are no names.
        counts.pop(code, None)
    return counts


def _watch_keys(con: duckdb.DuckDBPyConnection, watched: Watched, keys: list[str]) -> None:
    plain = unkeyed_keys(keys)
    if plain:
        _pieces(watched, "unkeyed_hash").cells += plain
    con.register("chunk", pd.DataFrame({"value": keys}, dtype=object))
    padded = _quoted(_by_key()["padded_key"].text)
    ((cells,),) = con.execute(
        f"select count(*) from chunk where regexp_matches(value, '{padded}')"
    ).fetchall()
    con.unregister("chunk")
    if cells:
        _pieces(watched, "padded_key").cells += cells


def _normal(cell: str) -> str:
    wide = unicodedata.normalize("NFKC", cell)
    return re.sub(r"[\u00ad\u200b-\u200f\u2060\ufeff]", "", re.sub(r"\s", " ", wide))


@functools.cache
def _by_key() -> dict[str, Kind]:
    return {k.key: k for k in kinds()}


def _pieces(watched: Watched, key: str) -> Pieces:
    return watched.pieces.setdefault(key, Pieces(_by_key()[key]))


def _count(watched: Watched, key: str, text: str, token: str, n: int) -> None:
    kind = _by_key()[key]
    into = _pieces(watched, key)
    shaped = set()
    for pattern, within in ((kind.token, token), (kind.token, text.upper()), (kind.text, text)):
        if pattern:
            for m in re.finditer(pattern, within):
                shaped.add(next(filter(None, m.groups()), m[0]))
    check = CHECKS.get(kind.check or "")
    passed = {p for p in shaped if check(p)} if check else shaped
    if kind.chance is not None:
        into.shaped.extend(hash(p) for p in shaped)
        into.passed.extend(hash(p) for p in passed)
        into.test_numbers += n * any(is_test_nhs_number(re.sub(r"\D", "", p)) for p in passed)
    if passed:
        into.cells += n
        if kind.fills and len(into.different) < kind.fills[1]:
            into.different.update(map(hash, passed))
        if kind.differ:
            into.starts.update(p[: kind.differ[0]] for p in passed)


def day_of(text: str) -> dt.date | None:
    """The day that a text is, as YYYY-MM-DD or DD/MM/YYYY with or without a time."""
    match = _DAY.fullmatch(text)
    if not match:
        return None
    y, m, d = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        return dt.date(int(y), int(m), int(d))
    except ValueError:
        return None


def own_months(
    con: duckdb.DuckDBPyConnection,
    columns: list[Watched],
    chunk: list[list[str]],
    births: pd.DataFrame,
) -> None:
    """Counts the event dates that fall in the person's own month of birth."""
    names = [c.name for c in columns]
    dated = [i for i, c in enumerate(columns) if c.contract and c.contract.kind in DATED]
    if not dated or "person_ref" not in names:
        return
    con.register("births", births)
    refs = chunk[names.index("person_ref")]
    for i in dated:
        rows = pd.DataFrame({"person_ref": refs, "day": chunk[i]}, dtype=object)
        con.register("events", rows)
        judged, own_count = con.execute(
            "select count(*), count(*) filter (where day[:7] = birth_month and day[9:10] <> '01') "
            "from events join births using (person_ref) "
            "where day <> '' and birth_month <> ''"
        ).fetchall()[0]
        columns[i].dates.with_birth += judged
        columns[i].dates.in_own_month += own_count
        con.unregister("events")


def judged(watched: Watched, shown: str, whole: bool = True) -> list[Found]:
    """What was found in the column; `whole` is false where its values are no column, as in a header
    row.
    """
    by_kind: dict[str, Found] = {}

    def say(kind: str, words: str, cells: int, is_sure: bool) -> None:
        finding = Found(
            shown, _by_key()[kind].told_as or kind, words, cells, watched.filled, is_sure
        )
        # Several forms of a kind are told once: what is sure before what may be, then what is more.
        if cells and (
            words not in by_kind
            or (is_sure, cells) > (by_kind[words].is_sure, by_kind[words].cells)
        ):
            by_kind[words] = finding

    named = {k.key for k in watched.named}
    for key in sorted(watched.named_harmful):
        say(key, _by_key()[key].words, watched.filled, True)
    for key, pieces in watched.pieces.items():
        verdict = pieces.verdict(watched.filled, key in named, watched.is_reference)
        if verdict is not None and not (
            watched.is_number and pieces.kind.check not in NUMBERS_TO_FIND
        ):
            # Names and texts that are no column are too few to judge as one: what may be, is.
            say(key, pieces.kind.words, pieces.cells, verdict or not whole)
    if re.search(r"(^|_)age_(in_)?days(_|$)", joined(watched.name)):
        return [
            Found(
                shown,
                "date_of_birth",
                "ages in days, which are dates of birth",
                watched.filled,
                watched.filled,
            )
        ]
    if whole:
        births = watched.dates.is_birth(watched.is_birth, watched.is_agreed)
        if births is not None:
            if watched.is_agreed and not watched.is_birth:
                cells = watched.dates.in_own_month
            else:
                cells = watched.dates.dates
            say(
                "date_of_birth",
                _by_key()["date_of_birth"].words,
                cells + watched.dates.bare,
                births,
            )
    return sorted(by_kind.values(), key=lambda f: (-f.cells, f.kind))
