"""Bad input: refused for the right reason, in words without values; what is only unusual is read correctly."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from drawing import seal, write_csv, write_supply
from receiving import SECRET, drop, edit, raw, receive, replace

from assets.store import supply_store
from assets.store.folder import DataFolder

LEVEL = "EP1,2023-01-15,high"
pytestmark = pytest.mark.usefixtures("quick_rules")


# what arrives → (mutation of a good supply, before it is sealed; rule; file; column; rows)
REFUSED: dict[str, tuple[Callable[[Path], None], str, str | None, str | None, int]] = {
    "required table not supplied": (drop("plans"), "required_table", "plans", None, 0),
    "empty file": (raw("plans", b""), "empty_file", "plans", None, 0),
    "not UTF-8": (
        raw("plans", "person_ref,plan_type\nT1,caf\u00e9\n".encode("latin-1")),
        "encoding",
        "plans",
        None,
        0,
    ),
    "semicolons": (edit("plans", lambda t: t.replace(",", ";")), "delimiter", "plans", None, 0),
    "tabs": (edit("plans", lambda t: t.replace(",", "\t")), "delimiter", "plans", None, 0),
    "no header row": (edit("plans", lambda t: t.split("\n", 1)[1]), "header", "plans", None, 0),
    "missing column": (
        edit("risk_assessments", lambda t: "\n".join(x.rsplit(",", 1)[0] for x in t.splitlines())),
        "missing_column",
        "risk_assessments",
        "risk_level",
        0,
    ),
    "unknown column": (
        edit(
            "risk_assessments",
            lambda t: "\n".join(
                x + e for x, e in zip(t.splitlines(), [",notes", ",a", ",b", ",c"], strict=True)
            ),
        ),
        "unknown_column",
        "risk_assessments",
        "number 4",
        0,
    ),
    "a value as a column name": (
        edit(
            "risk_assessments",
            lambda t: "\n".join(
                x + e
                for x, e in zip(t.splitlines(), [f",{SECRET} 0121", ",a", ",b", ",c"], strict=True)
            ),
        ),
        "unknown_column",
        "risk_assessments",
        "number 4",
        0,
    ),
    "duplicated header": (
        edit(
            "risk_assessments",
            lambda t: "\n".join(
                x + e
                for x, e in zip(
                    t.splitlines(), [",risk_level", ",low", ",low", ",low"], strict=True
                )
            ),
        ),
        "duplicated_column",
        "risk_assessments",
        "risk_level",
        0,
    ),
    "ragged row": (
        replace("risk_assessments", LEVEL, LEVEL + ",extra"),
        "ragged_row",
        "risk_assessments",
        None,
        0,
    ),
    "an open quote": (
        replace("risk_assessments", LEVEL, '"' + LEVEL),
        "unreadable",
        "risk_assessments",
        None,
        0,
    ),
    "code outside its list": (
        replace("risk_assessments", LEVEL, f"EP1,2023-01-15,{SECRET}"),
        "code_list",
        "risk_assessments",
        "risk_level",
        1,
    ),
    "retired code": (
        lambda f: (
            (f / "assessment_factors.csv").write_text(
                "person_ref,assessed_date,factor_code\nT1,2023-02-01,18A\n"
            )
            and None
        ),
        "in_use",
        "assessment_factors",
        "factor_code",
        1,
    ),
    "code of another system": (
        replace("people", "WBRI", "A1"),
        "code_list",
        "people",
        "ethnicity",
        1,
    ),
    "list with a code outside it": (
        replace("hub_episodes", "CCE;CSE", f"CCE;{SECRET}"),
        "shape",
        "hub_episodes",
        "exploitation_types",
        1,
    ),
    "not a date": (
        replace("risk_assessments", LEVEL, "EP1,15/01/2023,high"),
        "shape",
        "risk_assessments",
        "assessed_date",
        1,
    ),
    "a day that does not exist": (
        replace("risk_assessments", LEVEL, "EP1,2023-02-30,high"),
        "real",
        "risk_assessments",
        "assessed_date",
        1,
    ),
    "full date of birth for a month": (
        replace("people", "2008-05", "2008-05-17"),
        "identifier",
        "people",
        "birth_month",
        1,
    ),
    "blank in a needed column": (
        replace("risk_assessments", LEVEL, "EP1,2023-01-15,"),
        "not_blank",
        "risk_assessments",
        "risk_level",
        1,
    ),
    "twice the same reference": (
        edit("hub_episodes", lambda t: t + t.splitlines()[1] + "\n"),
        "unique",
        "hub_episodes",
        "episode_ref",
        2,
    ),
    "a line break after a code": (
        replace("plans", "N\n", '"N\n"\n'),
        "code_list",
        "plans",
        "uasc",
        1,
    ),
    "a line break after a key": (
        edit("people", lambda t: re.sub(r"^(T1,,)([0-9a-f]{64}),", r'\1"\2\n",', t, flags=re.M)),
        "shape",
        "people",
        "key_upn",
        1,
    ),
    "reference to nobody": (
        replace("plans", "T2,CIN", "T9,CIN"),
        "known",
        "plans",
        "person_ref",
        1,
    ),
    "reference to no episode": (
        replace("risk_assessments", "EP2", "EP9"),
        "known",
        "risk_assessments",
        "episode_ref",
        1,
    ),
    "end before start": (
        replace("plans", "2023-05-01,2024-01-01", "2023-05-01,2023-04-01"),
        "order",
        "plans",
        None,
        1,
    ),
    "event before birth": (
        replace("plans", "2023-05-01", "2001-05-01"),
        "not_before_birth",
        "plans",
        "start_date",
        1,
    ),
    "event after the extract": (
        replace("risk_assessments", LEVEL, "EP1,2024-04-06,high"),
        "not_after_extract",
        "risk_assessments",
        "assessed_date",
        1,
    ),
    "a plain number for a key": (
        edit(
            "people", lambda t: re.sub(r"^(T1),,[0-9a-f]{64},", r"\1,9990001111,,", t, flags=re.M)
        ),
        "identifier",
        "people",
        "key_nhs",
        1,
    ),
    "quotes after a space": (
        replace("indicators", "Return of 2023", f' "{SECRET}" Smith'),
        "unreadable",
        "indicators",
        None,
        0,
    ),
    "a stand-in key on many records": (
        edit(
            "people",
            lambda t: (
                t + "".join(f"T9{i},,,{'ab' * 32},,2008-05,M,WBRI,E05011118\n" for i in range(12))
            ),
        ),
        "placeholder",
        "people",
        "key_name_dob",
        12,
    ),
    "one key column made with another secret": (
        edit(
            "people",
            lambda t: re.sub(r"^(TCANARY1,)[0-9a-f]{64},", rf"\g<1>{'cd' * 32},", t, flags=re.M),
        ),
        "canaries",
        "people",
        None,
        0,
    ),
    "canaries left out": (
        edit("people", lambda t: "\n".join(x for x in t.splitlines() if "CANARY1" not in x) + "\n"),
        "canaries",
        "people",
        None,
        0,
    ),
    "accepted without an opening date": (
        replace("hub_episodes", "2023-01-10,2023-01-11", "2023-01-10,"),
        "accepted_is_opened",
        "hub_episodes",
        None,
        1,
    ),
    "care without an authority": (
        replace("plans", "E08000025,E08000025,U6,C2", ",,U6,C2"),
        "care_is_complete",
        "plans",
        None,
        1,
    ),
    "HTML in a text": (
        replace("indicators", "Return of 2023", f"<b>{SECRET}</b>"),
        "shape",
        "indicators",
        "source",
        1,
    ),
    "a formula in a text": (
        replace("indicators", "Return of 2023", "=1+1"),
        "shape",
        "indicators",
        "source",
        1,
    ),
    "a formula in a code": (
        replace("risk_assessments", LEVEL, "EP1,2023-01-15,=1+1"),
        "code_list",
        "risk_assessments",
        "risk_level",
        1,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_for_the_right_reason(data: DataFolder, case: str) -> None:
    mutate, rule, file, column, rows = REFUSED[case]
    folder = write_supply(data.inbox, "trust")
    mutate(folder)
    seal(folder, "trust")
    report = receive(data)
    assert [(f.rule, f.table, f.column, f.rows) for f in report.errors] == [
        (rule, file, column, rows)
    ], report.message()
    assert f"{file}.csv" in report.message()
    assert not supply_store.accepted(data, "trust")
    assert not any(data.work.iterdir())


def test_a_disposal_that_is_not_known_is_left_blank(data: DataFolder) -> None:
    """Any short word is a code of the police's own; those that databases write for nothing are none."""
    folder = write_supply(data.inbox, "police")
    path = folder / "involvements.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    rows[-1]["disposal_code"] = "NULL"
    write_csv(path, list(rows[0]), rows)
    seal(folder, "police")
    report = supply_store.receive(data, folder, "police")
    assert [(f.rule, f.table, f.rows) for f in report.errors] == [
        ("disposal_known", "involvements", 1)
    ]


def replaced(folder: Path, by: Callable[[Path], None]) -> None:
    """Put something else in the place of a file."""
    path = folder / "indicators.csv"
    path.unlink()
    by(path)


# after it was sealed: the transfer broke it
BROKEN_TRANSFERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "file missing": (drop("indicators"), "missing_file"),
    "file cut short": (edit("people", lambda t: t[:-40]), "checksum"),
    "extra file": (lambda f: (f / f"{SECRET}.csv").write_text("a,b\n") and None, "extra_file"),
    "extra folder": (lambda f: (f / SECRET).mkdir(), "folder"),
    "a table that is a folder": (lambda f: replaced(f, Path.mkdir), "folder"),
    "a link to elsewhere": (
        lambda f: replaced(f, lambda p: p.symlink_to(f / "plans.csv")),
        "folder",
    ),
    "a link to nowhere": (lambda f: replaced(f, lambda p: p.symlink_to(f / "none")), "folder"),
    "a folder that is no day": (
        lambda f: f.rename(f.parent / f"{SECRET} 2008-05-17") and None,
        "folder",
    ),
    "supply.json of lists": (
        lambda f: (
            (f / "supply.json").write_text(
                (f / "supply.json").read_text().replace('"trust"', '["trust"]')
            )
            and None
        ),
        "supply_json",
    ),
    "supply.json nested without end": (
        lambda f: (f / "supply.json").write_text("[" * 100_000) and None,
        "supply_json",
    ),
    "free text for a reason": (
        lambda f: (
            (f / "supply.json").write_text(
                (f / "supply.json")
                .read_text()
                .replace(
                    '"not_supplied": {}', f'"not_supplied": {{"residences": "{SECRET} is ill"}}'
                )
            )
            and None
        ),
        "supply_json",
    ),
    "made in the future": (
        lambda f: (
            (f / "supply.json").write_text(
                (f / "supply.json").read_text().replace("2024-04-05T", "2999-04-05T")
            )
            and None
        ),
        "supply_json",
    ),
    "supply.json is no JSON": (
        lambda f: (f / "supply.json").write_text(f"{{{SECRET}") and None,
        "supply_json",
    ),
    "another agency's": (
        lambda f: (
            (f / "supply.json").write_text(
                (f / "supply.json").read_text().replace('"trust"', '"police"')
            )
            and None
        ),
        "supply_json",
    ),
    "key made with another secret": (
        lambda f: (
            (f / "supply.json").write_text(
                re.sub(
                    r'("key_fingerprint": ")\w+',
                    r"\g<1>0123456789abcdef",
                    (f / "supply.json").read_text(),
                )
            )
            and None
        ),
        "key_fingerprint",
    ),
    "more rows than it says": (
        lambda f: (
            (f / "supply.json").write_text(
                re.sub(r'("rows": )2', r"\g<1>3", (f / "supply.json").read_text(), count=1)
            )
            and None
        ),
        "row_count",
    ),
    "dates out of order": (
        lambda f: (
            (f / "supply.json").write_text(
                (f / "supply.json").read_text().replace("2019-04-01", "2029-04-01")
            )
            and None
        ),
        "supply_json",
    ),
}


@pytest.mark.parametrize("case", BROKEN_TRANSFERS, ids=list(BROKEN_TRANSFERS))
def test_broken_transfer(data: DataFolder, case: str) -> None:
    mutate, rule = BROKEN_TRANSFERS[case]
    mutate(write_supply(data.inbox, "trust"))
    report = receive(data)
    assert rule in {f.rule for f in report.errors}
    assert not supply_store.accepted(data, "trust")


READ_CORRECTLY: dict[str, Callable[[Path], None]] = {
    "as specified": lambda folder: None,
    "byte order mark": edit("people", lambda t: "\ufeff" + t),
    "CRLF": edit("people", lambda t: t.replace("\n", "\r\n")),
    "everything quoted": edit(
        "risk_assessments",
        lambda t: (
            "\n".join(",".join(f'"{c}"' for c in x.split(",")) for x in t.splitlines()) + "\n"
        ),
    ),
    "no line end at the end": edit("risk_assessments", str.strip),
    "columns in another order": edit(
        "risk_assessments",
        lambda t: "\n".join(",".join(reversed(x.split(","))) for x in t.splitlines()) + "\n",
    ),
    "optional table left out": drop("indicators"),
    "header only": edit("missing_episodes", lambda t: t.splitlines()[0] + "\n"),
}


@pytest.mark.parametrize("case", READ_CORRECTLY)
def test_accepted_and_read(data: DataFolder, case: str) -> None:
    folder = write_supply(data.inbox, "trust")
    READ_CORRECTLY[case](folder)
    seal(folder, "trust")
    report = receive(data)
    assert report.is_accepted, report.message()
    assert report.rows["people"] == 6
    (supply,) = supply_store.accepted(data, "trust")
    assert supply_store.is_intact(supply)


def test_quoted_newline_is_read(data: DataFolder) -> None:
    """The shape rule refuses a line break inside a text, but it must not be taken for two rows."""
    folder = write_supply(data.inbox, "trust")
    replace("indicators", "Return of 2023", '"Return\nof 2023"')(folder)
    seal(folder, "trust")
    report = receive(data)
    assert [(f.rule, f.column, f.rows, f.of) for f in report.errors] == [("shape", "source", 1, 1)]


def test_optional_column_declared_absent_is_accepted(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    edit("plans", lambda t: "\n".join(x.rsplit(",", 1)[0] for x in t.splitlines()) + "\n")(folder)
    seal(folder, "trust", not_supplied={"plans.uasc": "not_held"})
    assert receive(data).is_accepted


def test_warnings_do_not_refuse(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    replace("people", "2008-05", "")(folder)
    seal(folder, "trust")
    report = receive(data)
    assert report.is_accepted
    assert [(w.rule, w.column, w.rows) for w in report.warnings] == [
        ("not_blank", "birth_month", 1)
    ]


@pytest.mark.parametrize("agency", ["trust", "police", "education", "health"])
def test_a_good_supply_of_every_agency_is_accepted(data: DataFolder, agency: str) -> None:
    write_supply(data.inbox, agency)
    report = receive(data, agency)
    assert report.is_accepted
    assert not report.warnings, report.warnings


def test_mixed_line_ends_never_raise(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    edit("people", lambda t: t.replace("\n", "\r\n", 2))(folder)
    seal(folder, "trust")
    receive(data)
