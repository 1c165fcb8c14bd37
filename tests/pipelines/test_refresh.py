"""The main job as a user runs it: a process of its own, the samples, the published figures, the same bytes again."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from conftest import DATES, Refreshed, run_cce, run_here

from profiles.figures.dates import a_year_before

PUBLISHED = Path(__file__).parents[1] / "reference" / "published_figures.csv"


@pytest.mark.parametrize("as_at", DATES)
def test_published_figures_row_for_row(refreshed: Refreshed, as_at: str) -> None:
    assert refreshed.draft(as_at).exists()
    done = run_here(refreshed.home, "figures", "--as-at", as_at, "--exact", "--format", "csv")
    assert done.returncode == 0
    found = list(csv.DictReader(done.stdout.splitlines()))
    with PUBLISHED.open(encoding="utf-8", newline="") as f:
        wanted = [r for r in csv.DictReader(f) if r["as_at"] == as_at]
    assert wanted
    for row in wanted:
        measure = "percent" if row["denominator"] else "count"
        same = ("figure", "group_type", "group")
        (match,) = [
            r
            for r in found
            if all(r[k] == row[k] for k in same)
            and r["measure"] == measure
            and r["period_end"] == as_at
        ]
        assert (match["numerator"], match["denominator"]) == (
            row["numerator"],
            row["denominator"],
        ), row


def test_labels_without_exact(refreshed: Refreshed) -> None:
    done = run_here(refreshed.home, "figures", "--as-at", "2024-03-01")
    assert done.returncode == 0, done.stderr
    assert "fewer than 8" in done.stdout
    assert "numerator" not in done.stdout.splitlines()[0]


def test_figures_have_the_agreed_columns(refreshed: Refreshed) -> None:
    expected = (
        "profile section figure measure unit group_type group group2_type group2 group3_type group3 definition area_code "
        "period_start period_end numerator denominator value lower upper label status note"
    )
    done = run_here(refreshed.home, "figures", "--as-at", "2024-03-01", "--exact")
    assert done.stdout.splitlines()[0] == expected.replace(" ", ",")


@pytest.mark.parametrize("as_at", DATES)
def test_opening_entries_exits_closing(refreshed: Refreshed, as_at: str) -> None:
    f = refreshed.exact(as_at)
    city = f[(f["measure"] == "count") & (f["group_type"] == "all")].set_index(
        ["figure", "period_end"]
    )["numerator"]
    opening = city["at_risk", a_year_before(dt.date.fromisoformat(as_at)).isoformat()]
    assert opening + city["entries", as_at] - city["exits", as_at] == city["at_risk", as_at]
    for flow, reasons in (("entries", "entry_reason"), ("exits", "exit_reason")):
        parts = f[(f["figure"] == flow) & (f["group_type"] == reasons)]["numerator"]
        assert parts.sum() == city[flow, as_at]


@pytest.mark.parametrize("as_at", DATES)
@pytest.mark.parametrize("group_type", ["risk_level", "age_band", "sex", "residence", "locality"])
def test_breakdowns_add_up_to_the_total(refreshed: Refreshed, as_at: str, group_type: str) -> None:
    f = refreshed.exact(as_at)
    at_risk = f[(f["figure"] == "at_risk") & (f["measure"] == "count") & (f["period_end"] == as_at)]
    total = at_risk.loc[at_risk["group_type"] == "all", "numerator"].item()
    assert (
        at_risk.loc[
            (at_risk["group_type"] == group_type) & (at_risk["group2"] == ""), "numerator"
        ].sum()
        == total
    )


@pytest.mark.long
def test_intervals_of_the_design(refreshed: Refreshed) -> None:
    f = refreshed.exact("2023-07-31")
    rows = f[(f["figure"] == "at_risk") & (f["period_end"] == "2023-07-31")]
    rows = rows[(rows["group"] == "all groups other than White") & (rows["measure"] == "percent")]
    (row,) = rows.to_dict("records")
    assert (round(row["lower"], 1), round(row["upper"], 1)) == (57.6, 67.9)


def test_again_says_so_and_makes_nothing(refreshed: Refreshed) -> None:
    before = sorted(refreshed.home.glob("drafts/*/*"))
    done = run_here(refreshed.home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 0
    assert "nothing to do" in done.stderr
    assert sorted(refreshed.home.glob("drafts/*/*")) == before


def _editions(draft: Path) -> dict[str, str]:
    files = [draft / e / n for e in ("partner", "public") for n in ("report.html", "figures.csv")]
    return {str(p.relative_to(draft)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.long
def test_the_same_inputs_give_the_same_bytes(refreshed: Refreshed, accepted_home: Path) -> None:
    done = run_cce(accepted_home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 0, done.stderr
    (again,) = accepted_home.glob("drafts/2024-03-01/*/")
    first = refreshed.draft("2024-03-01")
    assert again.name == first.name
    assert _editions(again) == _editions(first)
    one, other = (json.loads((p / "manifest.json").read_text()) for p in (first, again))
    assert one.pop("clock").keys() == other.pop("clock").keys() == {"made_at", "number"}
    assert one == other


def test_everything_is_private(refreshed: Refreshed) -> None:
    assert refreshed.home.stat().st_mode & 0o077 == 0
    for path in [
        *refreshed.home.rglob("restricted"),
        *refreshed.home.glob("supplies/*/*/*/*"),
        *refreshed.version.rglob("*"),
    ]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_row_leaves_the_places_for_rows(refreshed: Refreshed) -> None:
    """No person reference and no key in run storage, reports, editions or manifests."""
    with (Path(__file__).parents[2] / "data_samples/trust/2024-04-05/people.csv").open(
        newline=""
    ) as f:
        rows = list(csv.DictReader(f))[3:200]
    wanted = [r["person_ref"].encode() for r in rows] + [
        r["key_name_dob"].encode() for r in rows if r["key_name_dob"]
    ]
    for path in refreshed.home.rglob("*"):
        if path.is_file() and "supplies" not in path.parts and path.name != "warehouse.duckdb":
            content = path.read_bytes()
            assert not any(w in content for w in wanted), path


def test_published_version(refreshed: Refreshed) -> None:
    manifest = json.loads((refreshed.version / "manifest.json").read_text())
    assert manifest["version"] == "2024-03-01.v1"
    assert manifest["clock"].keys() == {"made_at", "number", "published_at"}
    page = (refreshed.version / "public" / "report.html").read_text()
    assert "version 2024-03-01.v1" in page
    assert "Draft, not published" not in page
    assert all(s["supply_id"][:16] in page for s in manifest["inputs"]["supplies"])


def test_publishing_again_gives_the_same_version(refreshed: Refreshed) -> None:
    done = run_here(
        refreshed.home,
        "publish",
        refreshed.draft("2024-03-01").name[:8],
        "--by",
        "B",
        "--note",
        "again",
    )
    assert done.returncode == 0
    assert "2024-03-01.v1" in done.stderr
    assert [p.name for p in refreshed.version.parent.iterdir()] == ["v1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["refresh", "--as-at", "1 March"], "YYYY-MM-DD"),
        (["refresh", "--as-at", "2999-01-01"], "future"),
        (["publish", "0000", "--by", "A", "--note", "B"], "no draft"),
        (["publish", "../../etc", "--by", "A", "--note", "B"], "no draft"),
        (["publish", "0000", "--by", "A"], "--note"),
        (["sample", "--out", "."], "never overwritten"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    refreshed: Refreshed, arguments: list[str], words: str
) -> None:
    if arguments[0] == "sample":
        arguments = [*arguments[:-1], str(Path(__file__).parents[2] / "data_samples")]
    done = run_here(refreshed.home, *arguments)
    assert done.returncode != 0
    assert words in done.stderr


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (
            {"CCE_THRESHOLD": "9"},
            "CCE_THRESHOLD is no longer a setting: write rule: {threshold: …} in the policy",
        ),
        ({"CCE_ROUND_TO": "10"}, "CCE_ROUND_TO is no longer a setting"),
        ({"CCE_AREA": "atlantis"}, "CCE_AREA: there is no area of that name"),
        ({"CCE_INBOX": "/nowhere/at/all"}, "does not exist"),
        ({"CCE_DISCLOSURE_PLAN": "/nowhere/plan.yml"}, "not there"),
    ],
)
def test_bad_settings_are_told_in_a_sentence(
    tmp_path: Path, setting: dict[str, str], words: str
) -> None:
    done = run_here(tmp_path / "home", "refresh", **setting)
    assert done.returncode == 1
    assert words in done.stderr


def test_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    done = run_here(tmp_path / "home", "refresh")
    assert done.returncode == 1
    assert "must be a folder" in done.stderr


def test_supplies_lists_what_is_in_use(refreshed: Refreshed) -> None:
    done = run_here(refreshed.home, "supplies")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("accepted") == 5
    assert "trust: supply of 2024-04-05, to 2024-03-31" in done.stdout


def test_canaries_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "canaries.json").write_text("{")
    done = run_cce(tmp_path / "home", "supplies", CCE_CANARIES=str(tmp_path / "canaries.json"))
    assert done.returncode == 1
    assert "canaries.json is not as" in done.stderr


@pytest.mark.long
def test_one_broken_agency_stops_nobody(
    refreshed: Refreshed, accepted_home: Path, tmp_path: Path
) -> None:
    """A newer police supply is refused, the Trust's newer one is accepted; the report says whose data is old."""
    samples = Path(__file__).parents[2] / "data_samples"
    inbox = tmp_path / "inbox"
    shutil.copytree(samples, inbox, ignore=shutil.ignore_patterns("*.py", "*.md", "__pycache__"))
    newer = inbox / "police" / "2024-05-05"
    shutil.copytree(inbox / "police" / "2024-04-05", newer)
    with (newer / "nrm_referrals.csv").open("a") as f:
        f.write("not,a,row\n")
    done = run_cce(accepted_home, "refresh", "--as-at", "2024-03-01", CCE_INBOX=str(inbox))
    assert done.returncode == 0, done.stderr
    assert "Police, supply of 2024-05-05: refused" in done.stderr
    assert "nrm_referrals.csv" in done.stderr
    (draft,) = accepted_home.glob("drafts/2024-03-01/*/")
    page = (draft / "public" / "report.html").read_text()
    assert "West Midlands Police: the supply of 5 May 2024 was refused" in page
    assert "5 April 2024" in page
    with_it, without = (
        pd.read_csv(d / "public" / "figures.csv") for d in (draft, refreshed.draft("2024-03-01"))
    )
    pd.testing.assert_frame_equal(with_it, without)


@pytest.mark.long
def test_two_people_at_once(accepted_home: Path) -> None:
    """Both succeed, one draft is made, and nothing is left behind."""
    with ThreadPoolExecutor(2) as both:
        done = list(
            both.map(lambda _: run_cce(accepted_home, "refresh", "--as-at", "2024-03-01"), range(2))
        )
    assert [d.returncode for d in done] == [0, 0], [d.stderr for d in done]
    assert len(list(accepted_home.glob("drafts/2024-03-01/*"))) == 1
    assert not list((accepted_home / "work").iterdir())


@pytest.mark.long
def test_place_zone_language_and_mask_change_nothing(refreshed: Refreshed, tmp_path: Path) -> None:
    """A path with spaces and letters of other alphabets, a clock 14 hours ahead, a language of no letters but A to Z."""
    home = tmp_path / "données du  profil ł" / "home"
    for part in ("supplies", "reports"):
        shutil.copytree(refreshed.home / part, home / part)
    done = run_cce(
        home,
        "refresh",
        "--as-at",
        "2024-03-01",
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert done.returncode == 0, done.stderr
    (draft,) = home.glob("drafts/2024-03-01/*")
    other = refreshed.draft("2024-03-01")
    assert draft.name == other.name
    for edition in ("public", "partner"):
        for path in (other / edition).iterdir():
            assert (draft / edition / path.name).read_bytes() == path.read_bytes(), path.name
    assert home.stat().st_mode & 0o077 == 0
