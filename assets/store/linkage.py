"""The linkage of a draft: its tables of match and error rates, a sample of pairs for the agencies
to judge, and their answers.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic import ConfigDict, field_validator

from assets.store.folder import DataFolder, write_atomically
from profiles.figures.linkage import Rates, Stratum, from_answers, from_disagreement
from profiles.reading import Strict, read_rows

TABLES = (
    "core_match_rates",
    "core_key_agreement",
    "core_linkage_errors",
    "core_identifier_readiness",
    "core_nhs_matches",
    "core_singling_out",
)
_SAMPLE, _KEPT = "sample.json", "answers.json"


class AnswerRow(Strict):
    """A pair of the sample as it comes back. The two pseudonyms may have been taken out on
    the way.
    """

    model_config = ConfigDict(str_strip_whitespace=True)

    pair: str
    agency_a: str = ""
    person_ref_a: str = ""
    agency_b: str = ""
    person_ref_b: str = ""
    answer: Literal["same", "different", "unknown", ""]

    @field_validator("answer", mode="before")
    @classmethod
    def _in_small_letters(cls, written: str) -> str:
        return written.strip().lower()


class LinkageError(Exception):
    """Why a sample cannot be drawn or answers cannot be taken, in words."""


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """The tables of linkage, counts only, for the analyst alone."""
    answered = {}
    for name in TABLES:
        cursor = con.execute(f"select * from {name} order by all")
        names = [d[0] for d in cursor.description or []]
        answered[name.removeprefix("core_")] = [
            dict(zip(names, row, strict=True)) for row in cursor.fetchall()
        ]
    return answered


def rates(con: duckdb.DuckDBPyConnection, data: DataFolder) -> Rates | None:
    """Error rates: those of the agencies' answers where there are enough, else from
    disagreement.
    """
    rows = con.execute("select error, pairs, errors from core_linkage_errors").fetchall()
    return checked(data) or from_disagreement(
        {error: (pairs, errors) for error, pairs, errors in rows}
    )


def checked(data: DataFolder) -> Rates | None:
    """Rates from the agencies' answers to the last sample."""
    path = answers_path(data)
    if not path.exists():
        return None
    return from_answers([Stratum(**s) for s in json.loads(path.read_text("utf-8"))["strata"]])


# Pairs of records by (is linked, what that rests on).
Pools = dict[tuple[bool, str], list[tuple[Any, ...]]]


def answers_path(data: DataFolder) -> Path:
    """Where the answers are kept: counts by stratum."""
    return data.linkage / _KEPT


def draw_sample(data: DataFolder, warehouse: Path, n: int, seed: int) -> Path:
    """Draw `n` pairs, half of them linked, evenly over what links rest on; returns the CSV file for
    the agencies.

    It holds pseudonyms of two agencies side by side, so it stays in the data folder and goes out by
    the agreed secure way.
    """
    with duckdb.connect(str(warehouse), read_only=True) as con:
        pools = _pools(con)
    drawn = _drawn(pools, n, random.Random(seed))  # noqa: S311 a sample, not a secret
    if not drawn:
        raise LinkageError("there is no pair of records of two agencies to draw")
    strata = list(drawn)
    pairs = [(stratum, pair) for stratum, drawn_pairs in drawn.items() for pair in drawn_pairs]
    # Shuffled, so that the order tells nobody what a pair's link rests on.
    random.Random(seed + 1).shuffle(pairs)  # noqa: S311
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(AnswerRow.model_fields)
    stratum_of_pair = {}
    for number, (stratum, pair) in enumerate(pairs, 1):
        out.writerow([number, *pair, ""])
        stratum_of_pair[str(number)] = str(strata.index(stratum))
    sizes = {str(i): [*stratum, len(pools[stratum])] for i, stratum in enumerate(strata)}
    kept = {"strata": sizes, "pairs": stratum_of_pair, "seed": seed}
    write_atomically(data.linkage / _SAMPLE, json.dumps(kept))
    path = data.linkage / "sample.csv"
    write_atomically(path, text.getvalue())
    return path


def _pools(con: duckdb.DuckDBPyConnection) -> Pools:
    """Every pair of records of two agencies, by whether it is linked and what that rests on."""
    pools: Pools = {}
    for is_linked, table, column in (
        (True, "core_linked_pairs", "rests_on"),
        (False, "core_unlinked_pairs", "agrees_on"),
    ):
        reasons = con.execute(f"select distinct {column} from {table} order by all").fetchall()
        for (reason,) in reasons:
            pools[is_linked, reason] = con.execute(
                f"""
                select a.agency, a.person_ref, b.agency, b.person_ref
                from {table} as t
                join core_links as a on a.source_person_id = t.record_a
                join core_links as b on b.source_person_id = t.record_b
                where t.{column} = ? order by record_a, record_b
                """,
                [reason],
            ).fetchall()
    return pools


def _drawn(pools: Pools, n: int, rng: random.Random) -> Pools:
    """As evenly as the pools allow: what a small stratum does not have, the others of its
    half get.
    """
    drawn: Pools = {}
    for is_linked in (True, False):
        remaining = n - n // 2 if is_linked else n // 2
        half = [stratum for stratum in pools if stratum[0] == is_linked]
        half.sort(key=lambda stratum: len(pools[stratum]))
        for i, stratum in enumerate(half):
            share = remaining // (len(half) - i)
            take = min(len(pools[stratum]), share)
            if take:
                drawn[stratum] = rng.sample(pools[stratum], take)
            remaining -= take
    return drawn


def take_answers(data: DataFolder, file: Path) -> Rates | None:
    """Keep the agencies' answers as counts by stratum; None where there are too few to measure
    anything.

    Raises LinkageError, and FileError where the file is not a table of answers.
    """
    if not (data.linkage / _SAMPLE).exists():
        raise LinkageError(
            "no sample was drawn in this data folder; draw one first: cce linkage sample"
        )
    sample = json.loads((data.linkage / _SAMPLE).read_text("utf-8"))
    answered: Counter[str] = Counter()
    same: Counter[str] = Counter()
    seen: set[str] = set()
    for line, row in read_rows(AnswerRow, file):
        if row.pair not in sample["pairs"]:
            raise LinkageError(
                f"{file.name}, line {line}: the pair is not in the sample that was drawn last"
            )
        if row.pair in seen:
            raise LinkageError(f"{file.name}, line {line}: the pair stands twice")
        seen.add(row.pair)
        stratum = sample["pairs"][row.pair]
        answered[stratum] += row.answer in ("same", "different")
        same[stratum] += row.answer == "same"
    strata = []
    for k, (is_linked, _, pairs) in sample["strata"].items():
        counts = {"pairs": pairs, "answered": answered[k], "same": same[k]}
        strata.append({"is_linked": is_linked, **counts})
    write_atomically(answers_path(data), json.dumps({"strata": strata}))
    return checked(data)
