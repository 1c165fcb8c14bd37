"""What a reader can take away beside a report: the same labels as a table in several forms, with a
dictionary that says what each column, figure and group is.

Every file is made from labels and the register alone, and comes out the same, byte for byte, each
time.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd

from profiles.disclosure.labels import KEY_IN_PAGE, LabelStore
from profiles.disclosure.over_time import SINCE_EDITION
from profiles.drawing.edition import Edition
from profiles.drawing.page import Page
from profiles.report.workbook import Sheet, ods, sheet_of, xlsx

FIGURES, DICTIONARY, PARQUET = "figures.csv", "dictionary.csv", "figures.parquet"
PACKAGE, WORKBOOK, OPEN_WORKBOOK = "datapackage.json", "figures.xlsx", "figures.ods"
# Those that the report names, in the reader's words.
FILES = (
    (FIGURES, "every number that was worked out, a row each"),
    (WORKBOOK, "the same as a workbook"),
    (OPEN_WORKBOOK, "the same as a workbook of the open format"),
    (PARQUET, "the same for statistical programs"),
    (DICTIONARY, "what each column, figure, measure and group is"),
    (PACKAGE, "the same for programs"),
)
# Shares and rates of a count: its label is their numerator.
OF_A_COUNT = ("percent", "rate")
LICENCE = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
# What each column holds. A column without a line here is refused when the dictionary is written.
COLUMNS = {
    "row": "name of the row, as the report shows it beneath a number (“Show each number's row”)",
    "section": "section of the report",
    "edition": "the edition that first has the number: what public has, partner has too",
    "unit": "what is counted: children, spells, reports, …",
    "figure": "name of the figure; its definition stands in dictionary.csv",
    "measure": "count, percent, rate, ratio, median, change, … of the figure",
    "area_code": "area (ONS code)",
    "period_start": "first day of the period, YYYY-MM-DD",
    "period_end": "last day of the period, YYYY-MM-DD; of a stock the day itself",
    "group_type": "first breakdown; all where there is none",
    "group": "its group",
    "group2_type": "second breakdown",
    "group2": "its group",
    "group3_type": "third breakdown",
    "group3": "its group",
    "definition": "version of the definitions",
    "label": (
        "what the report shows: a number, “fewer than …”, “not shown”, “not available”, or words"
    ),
    "numerator": "of a percentage or rate, the label of the count above the line",
    "denominator": "of a percentage or rate, what is below the line",
    "low": (
        "the smallest number that the label allows; one that stands from an earlier month or "
        "edition can be behind by what Methods say"
    ),
    "high": "the largest number that the label allows, likewise",
    "value": (
        "the number that the label shows, or from which it is rounded; of a range its middle as a "
        "model has it; blank where the label shows none"
    ),
    "lower": "lower end of an interval or of limits: dictionary.csv says of each measure which",
    "upper": "upper end of it",
    "status": (
        "exact, rounded, suppressed (too small), withheld (protects others), refused (the extracts "
        "do not reach it) or not_applicable (there is nothing to count)"
    ),
    "note": "why a number is refused or withheld, or what it means; blank where status says all",
}
# What each measure is. One without a line here is refused when the dictionary is written.
MEASURE_WORDS = {
    "count": "how many",
    "percent": "share in per cent, numerator of denominator; lower and upper: its 95% interval",
    "rate": "per 10,000 of the denominator; lower and upper: its 95% interval",
    "smoothed": "rate drawn towards the area's, the more, the fewer residents there are",
    "ratio": (
        "how many times as often as in the group that all are compared with; lower and upper: its "
        "95% interval"
    ),
    "gap": "share less the share of that group, in percentage points",
    "expected": (
        "how many would be expected at the share of all; lower and upper: 95% limits; note: where "
        "the count lies beyond them however it was rounded"
    ),
    "median": "average of true values: a median or quartile",
    "estimate": "what a model says, in words or as a range",
    "limits": (
        "of a series by month: its mean; lower and upper: limits of the control chart; note: what "
        "the chart says"
    ),
    "share limits": "the same of a series of shares",
    "change": (
        "number less the number a year before; lower and upper: no interval, but the numbers from "
        "which on it would have been called a fall, or a rise; note: the verdict"
    ),
    "share change": (
        "share less the share a year before, in percentage points; lower and upper: its 95% "
        "interval, whatever the rounded numbers were; note: the verdict"
    ),
    "projection": "expected in a month ahead; lower and upper: 95% range",
    "projection 80%": "the same; lower and upper: 80% range",
    "projection error": (
        "by how many the method was off on average; upper: by how many the latest month carried "
        "forward was; note: the method, or why nothing is projected"
    ),
    "emerging": "how many times as many as a year before, of a group that grew faster than others",
}
NUMBERS = ("low", "high", "value", "lower", "upper")


def figures_table(labels: LabelStore) -> pd.DataFrame:
    """The labels, a row each, with the numerator of every percentage and rate."""
    table = labels.as_table()
    key = [column for column in KEY_IN_PAGE if column != "measure"]
    is_count = table["measure"] == "count"
    counts = table[is_count].drop_duplicates(key).set_index(key)["label"]
    names = pd.MultiIndex.from_frame(table[key])
    numerators = counts.reindex(names).fillna("").to_numpy()
    is_share = table["measure"].isin(OF_A_COUNT).to_numpy()
    place = table.columns.get_loc("label")
    table.insert(int(str(place)) + 1, "numerator", pd.Series(numerators).where(is_share, ""))
    names_of_rows = table[list(KEY_IN_PAGE)].astype(str).agg("|".join, axis=1)
    table.insert(0, "row", names_of_rows)
    return table


def downloads(labels: LabelStore, page: Page, edition: Edition) -> dict[str, bytes]:
    """Every file beside an edition's report, by name; beside a draft, which readers do not get, the
    table alone. `labels` are the edition's own.
    """
    table = figures_table(labels)
    if not page.stamp.version:
        return {FIGURES: _csv(table).encode()}
    dictionary = _dictionary(table, labels)
    title = f"Child criminal exploitation in {labels.area.name}, as at {page.as_at_words}"
    sheets = _sheets(table, dictionary, page, edition, title)
    return {
        FIGURES: _csv(table).encode(),
        DICTIONARY: _csv(dictionary).encode(),
        PARQUET: _parquet(table),
        PACKAGE: _package(table, page, edition).encode(),
        WORKBOOK: xlsx(title, sheets),
        OPEN_WORKBOOK: ods(title, sheets),
    }


def figures_csv(labels: LabelStore) -> str:
    """The table as text."""
    return _csv(figures_table(labels))


def _csv(table: pd.DataFrame) -> str:
    out = io.StringIO()
    table.to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def _dictionary(table: pd.DataFrame, labels: LabelStore) -> pd.DataFrame:
    """A row for each column, and for each figure, measure and group that the edition has."""
    rows = [("column", name, "", COLUMNS[name], "") for name in table.columns]
    present = set(table["figure"])
    for key, figure in labels.register.figures.items():
        if key in present:
            needs = "; ".join(figure.entry.needs)
            words = labels.area.words(figure.entry.counts)
            rows.append(("figure", key, figure.entry.name, words, needs))
    for measure in sorted(set(table["measure"])):
        rows.append(("measure", measure, "", _measure_words(measure), ""))
    rows += _groups(table, labels)
    columns = ["kind", "name", "in words", "what it is", "extracts"]
    return pd.DataFrame(rows, columns=columns)


def _measure_words(measure: str) -> str:
    """What a measure is; one that nobody described is refused."""
    since = measure.removesuffix(SINCE_EDITION)
    words = MEASURE_WORDS[since]
    if since != measure:
        words = words.replace("a year before", "the day of the last edition")
    return words


def _groups(table: pd.DataFrame, labels: LabelStore) -> Iterator[tuple[str, str, str, str, str]]:
    used: set[str] = set()
    for column in ("group_type", "group2_type", "group3_type"):
        used |= set(table[column])
    for name in sorted(used & set(labels.register.dimensions)):
        for group in labels.groups_of(name):
            yield ("group", f"{name}={group.group}", group.label, "", "")


def _parquet(table: pd.DataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / PARQUET
        con.register("figures", table)
        con.execute(f"copy (from figures) to '{path}' (format parquet)")
        return path.read_bytes()


def _package(table: pd.DataFrame, page: Page, edition: Edition) -> str:
    """A data package (Frictionless, version 2) that describes the table and where it comes from."""
    fields = []
    for name in table.columns:
        kind = "number" if name in NUMBERS else "string"
        fields.append({"name": name, "type": kind, "description": COLUMNS[name]})
    schema = {"fields": fields, "missingValues": [""]}
    described = {
        "name": f"cce-profile-{page.as_at}-{edition.name}",
        "title": f"Child criminal exploitation: figures as at {page.as_at_words}",
        "version": page.stamp.version,
        "licenses": [LICENCE] if edition.marking == "OFFICIAL" else [],
        "resources": [
            {
                "name": "figures",
                "path": FIGURES,
                "format": "csv",
                "encoding": "utf-8",
                "schema": schema,
            },
            {"name": "figures-parquet", "path": PARQUET, "format": "parquet"},
            {"name": "dictionary", "path": DICTIONARY, "format": "csv", "encoding": "utf-8"},
        ],
    }
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _sheets(
    table: pd.DataFrame, dictionary: pd.DataFrame, page: Page, edition: Edition, title: str
) -> list[Sheet]:
    """Cover, contents, notes, a sheet for each section's figures, and the dictionary."""
    tables = []
    for section in dict.fromkeys(table["section"]):
        rows = table[table["section"] == section].drop(columns="section")
        words = f"Figures of the section “{section}”"
        tables.append(sheet_of(f"figures_{section}", words, rows))
    tables.append(sheet_of("dictionary", "What each column, figure and group is", dictionary))
    invented = []
    if page.is_invented:
        invented = ["Invented data: no child in this workbook exists."]
    cover = [
        title,
        f"{edition.title}. {edition.marking}. {edition.handling}",
        f"Version {page.stamp.version}, published on {page.stamp.published_on}.",
        *invented,
        f"Whom to ask: {page.contact or 'no contact is named'}.",
    ]
    contents = ["Contents", "A sheet for each section of the report, each with one table."]
    contents += [sheet.name for sheet in tables]
    notes = ["Notes", *page.table_notes.values(), "Blank cells hold no information."]
    return [Sheet("cover", cover), Sheet("contents", contents), Sheet("notes", notes), *tables]
