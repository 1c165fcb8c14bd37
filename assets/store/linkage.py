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

TABLES = ("core_match_rates", "core_key_agreement", "core_linkage_errors", "core_singling_out")
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
        pools = {
            (is_linked, stratum): con.execute(
                f"""
                select a.agency, a.person_ref, b.agency, b.person_ref
                from {table} as t
                join core_links as a on a.source_person_id = t.record_a
                join core_links as b on b.source_person_id = t.record_b
                where t.{column} = ? order by record_a, record_b
                """,
                [stratum],
            ).fetchall()
            for is_linked, table, column in (
                (True, "core_linked_pairs", "rests_on"),
                (False, "core_unlinked_pairs", "agrees_on"),
            )
            for (stratum,) in con.execute(
                f"select distinct {column} from {table} order by all"
            ).fetchall()
        }
    drawn = _drawn(pools, n, random.Random(seed))  # noqa: S311 a sample, not a secret
    if not drawn:
        raise LinkageError("there is no pair of records of two agencies to draw")
    order = [(stratum, pair) for stratum, pairs in drawn.items() for pair in pairs]
    random.Random(seed + 1).shuffle(order)  # noqa: S311
    strata = {str(i): [*stratum, len(pools[stratum])] for i, stratum in enumerate(drawn)}
    of_pair = {str(i): str(list(drawn).index(stratum)) for i, (stratum, _) in enumerate(order, 1)}
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(AnswerRow.model_fields)
    out.writerows([i, *pair, ""] for i, (_, pair) in enumerate(order, 1))
    path = data.linkage / "sample.csv"
    write_atomically(
        data.linkage / _SAMPLE, json.dumps({"strata": strata, "pairs": of_pair, "seed": seed})
    )
    write_atomically(path, text.getvalue())
    return path


def _drawn(
    pools: dict[tuple[bool, str], list[tuple[Any, ...]]], n: int, rng: random.Random
) -> dict[tuple[bool, str], list[tuple[Any, ...]]]:
    """As evenly as the pools allow: what a small stratum does not have, the others of its
    half get.
    """
    drawn = {}
    for is_linked in (True, False):
        left = n - n // 2 if is_linked else n // 2
        of = sorted((k for k in pools if k[0] == is_linked), key=lambda k: len(pools[k]))
        for i, key in enumerate(of):
            take = min(len(pools[key]), left // (len(of) - i))
            if take:
                drawn[key] = rng.sample(pools[key], take)
            left -= take
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
