"""What README says of adding things is true: each is done in a copy of the project, by the files that its line names, and is used."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import second_area
from conftest import run_cce

from assets.store.sql_models import folder_models, staging_models
from data_samples.people import canary_keys
from expectations.judging.supply import file_sha256
from profiles.areas import default_area
from profiles.figures.register_files import register_of

ROOT = Path(__file__).parents[1]
PARTS = (
    "assets",
    "data_samples",
    "expectations",
    "pipelines",
    "profiles",
    "sql",
    ".env.example",
    "dagster.yaml",
    "README.md",
    "pyproject.toml",
)
AS_AT = "2024-03-01"
# 77 children with a pet: 38 with a dog, 38 with a cat and one with another.
OUT_PETS = """\
-- one row per child at risk who has a pet, with the pet
with numbered as (select person_id, row_number() over (order by person_id) as n from core_cohort)

select
    'pet_owners' as figure, person_id,
    case when n <= 38 then 'dog' when n <= 76 then 'cat' else 'other' end as pet
from numbered
where n <= 77
"""
SIGHTINGS = """\
grain: one row per sighting of a child
population: sightings in the period
columns:
  sighting_ref: {type: ref, unique: true}
  person_ref: {type: ref, references: people}
  seen_on: {type: date}
"""
LIBRARY = """\
name: Library
prefix: L
ethnicity: [dfe]
"""
SHOPS = """\
-- one row per child of whom there is a sighting
select distinct l.person_id from stg_police__sightings as s join core_links as l using (supplier, person_ref)
"""


def blocks(language: str) -> list[str]:
    """The README's blocks of a language under “A section, step by step”."""
    text = (ROOT / "README.md").read_text("utf-8")
    chapter = text[text.index("### A section, step by step") : text.index("## What it promises")]
    return re.findall(rf"```{language}\n(.*?)```", chapter, re.DOTALL)


def edit(path: Path, old: str, new: str) -> None:
    """Replace words that stand in a file once."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} has “{old}” {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")


def supply(folder: Path, rows: dict[str, list[list[str]]], **about: object) -> None:
    """Write tables into a supply and say so in its supply.json."""
    path = folder / "supply.json"
    written = json.loads(path.read_text("utf-8")) | about
    for table, lines in rows.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)
        written["tables"][table] = {
            "rows": len(lines) - 1,
            "sha256": file_sha256(folder / f"{table}.csv"),
        }
    path.write_text(json.dumps(written), "utf-8")


def add_all(copy: Path) -> None:
    """A line for each row of the table, in the files that it names."""
    contracts = copy / "expectations" / "contracts"
    # A section with one figure, its SQL, its module; one line in contents.py.
    (entry,), (module,) = blocks("yaml"), blocks("python")
    (copy / "profiles/figures/register/pets.yml").write_text(entry, "utf-8")
    (copy / "sql/profile/out_pets.sql").write_text(OUT_PETS, "utf-8")
    (copy / "profiles/sections/pets.py").write_text(module, "utf-8")
    edit(copy / "profiles/report/contents.py", '    "risk",\n', '    "pets",\n    "risk",\n')
    # An agency's table: one contract.
    (contracts / "police" / "sightings.yml").write_text(SIGHTINGS, "utf-8")
    # A model: one file.
    (copy / "sql/joined/core_sighted_children.sql").write_text(SHOPS, "utf-8")
    # An agency: a folder of contracts; one line in the area.
    (contracts / "library").mkdir()
    (contracts / "library" / "agency.yml").write_text(LIBRARY, "utf-8")
    edit(
        copy / "profiles/areas/birmingham.yml",
        "localities: [",
        "  library: {name: Libraries, short: libraries}\nlocalities: [",
    )
    # A rule: one line in its contract.
    edit(
        contracts / "police" / "missing_reports.yml",
        "rules:\n",
        'rules:\n  noon: {sql: "risk_grade is null", words: never graded, severity: warn}\n',
    )
    # A setting: one line in settings.py, one in .env.example.
    edit(copy / "pipelines/settings.py", "    area: str", '    pets: str = ""\n    area: str')
    edit(copy / ".env.example", "# CCE_AREA=", "# CCE_PETS=many   Pets.\n# CCE_AREA=")


def add_supplies(inbox: Path) -> None:
    """The samples, with the new table of the police and a supply of the new agency."""
    shutil.copytree(
        ROOT / "data_samples", inbox, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    police = inbox / "police" / "2024-04-05"
    with (police / "people.csv").open(encoding="utf-8", newline="") as file:
        people = [row["person_ref"] for row in csv.DictReader(file)]
    seen = [[f"S{n}", ref, "2024-01-05"] for n, ref in enumerate(people[10:60])]
    supply(police, {"sightings": [["sighting_ref", "person_ref", "seen_on"], *seen]})
    library = inbox / "library" / "2024-04-05"
    library.mkdir(parents=True)
    shutil.copy(inbox / "education" / "2024-04-05" / "supply.json", library / "supply.json")
    keys = [
        [f"LC{n}", k["key_nhs"], k["key_upn"], k["key_name_dob"], k["key_name_postcode"]]
        for n, k in enumerate(canary_keys())
    ]
    columns = [
        "person_ref",
        "key_nhs",
        "key_upn",
        "key_name_dob",
        "key_name_postcode",
        "birth_month",
        "sex",
        "ethnicity",
        "ward_code",
    ]
    rows = [[*key, "2012-01", "U", "NOBT", ""] for key in keys]
    declared = dict.fromkeys(("indicators", "recording_changes"), "not_held")
    supply(
        library, {"people": [columns, *rows]}, agency="library", tables={}, not_supplied=declared
    )


@pytest.mark.long
def test_each_thing_to_add_is_added_by_the_files_that_its_line_names(tmp_path: Path) -> None:
    copy, home, inbox = tmp_path / "project", tmp_path / "home", tmp_path / "inbox"
    copy.mkdir()
    for part in PARTS:
        take = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        take(ROOT / part, copy / part)
    add_all(copy)
    add_supplies(inbox)
    governance = tmp_path / "governance.yml"
    text = (ROOT / "data_samples" / "governance.yml").read_text("utf-8")
    governance.write_text(
        text.replace("  education: *entry", "  education: *entry\n  library: *entry"), "utf-8"
    )
    # A setting that is not known would be refused.
    env = {
        "CCE_HOME": str(home),
        "CCE_INBOX": str(inbox),
        "CCE_GOVERNANCE": str(governance),
        "CCE_PETS": "many",
        "PATH": "/usr/bin:/bin",
    }

    def cce(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", *arguments],
            cwd=copy,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    made = cce("refresh", "--as-at", AS_AT)
    assert "Libraries: 1 supply in use, 3 rows" in made
    (draft,) = home.glob(f"drafts/{AS_AT}/*/manifest.json")
    with duckdb.connect(
        str(draft.parent / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        assert con.execute("select count(*) from stg_police__sightings").fetchall() == [(50,)]
        assert con.execute("select count(*) > 0 from core_sighted_children").fetchall() == [(True,)]
        known = con.execute(
            "select failed > 0 from raw_checks where words = 'never graded'"
        ).fetchall()
        assert known == [(True,)]
    cce("publish", draft.parent.name, "--by", "A. Tester", "--note", "Pets")
    page = (home / "profiles" / AS_AT / "v1" / "public" / "report.html").read_text("utf-8")
    assert 'id="pets"' in page
    with (home / "profiles" / AS_AT / "v1" / "public" / "figures.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if r["figure"] == "pet_owners" and r["measure"] == "count"
        ]
    told = {r["group"]: r["label"] for r in rows}
    # 75, 40, 40 and “fewer than 8” would tell that the hidden one is 0 to 7 less 38 + 38: one of them gives way.
    assert told.keys() == {"all", "dog", "cat", "other"}
    assert told != {"all": "75", "dog": "40", "cat": "40", "other": "fewer than 8"}
    assert sum(label.isdigit() for label in told.values()) <= 2


@pytest.mark.long
def test_a_second_area_without_a_health_provider_is_published_from_its_file(tmp_path: Path) -> None:
    """20 wards, three localities: its report names neither another area nor a number of an agency that it has not."""
    area = second_area.write_area(tmp_path / "areas")
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    second_area.write_supplies(inbox)
    own = {
        "CCE_AREA": str(area),
        "CCE_INBOX": str(inbox),
        "CCE_GOVERNANCE": str(second_area.write_governance(tmp_path / "governance.yml")),
    }
    made = run_cce(home, "refresh", "--as-at", AS_AT, **own)
    assert made.returncode == 0, made.stderr
    # An agency that the area does not have is no agency that is late.
    assert "Health" not in made.stderr
    done = run_cce(
        home,
        "publish",
        made.stdout.split()[0].split("/")[-3],
        "--by",
        "A. Tester",
        "--note",
        "First",
        **own,
    )
    assert done.returncode == 0, done.stderr
    version = home / "profiles" / AS_AT / "v1"
    for edition in ("partner", "public"):
        with (version / edition / "figures.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        text = (version / edition / "report.html").read_text("utf-8")
        for word in (
            "Birmingham",
            "E08000025",
            "E05011",
            "West Midlands Police",
            "Empower U",
            "Acocks",
        ):
            assert word not in text, word
        of_health = [r for r in rows if r["section"] == "health"]
        assert of_health
        assert {r["label"] for r in of_health} == {"not available"}
        assert all("takes no part in this profile" in r["note"] for r in of_health)
        localities = {
            r["group"] for r in rows if r["figure"] == "at_risk" and r["group_type"] == "locality"
        }
        assert localities >= set(second_area.LOCALITIES)
        wards = {
            r["group"]
            for r in rows
            if r["figure"] == "ever_at_risk_48_months" and r["group_type"] == "ward"
        }
        assert {w for w in wards if w.startswith("E05")} == set(second_area.OWN_WARDS)
        # No figure tells of an agency that takes no part.
        assert not [
            r
            for r in rows
            if "health" in (r["group"], r["group2"])
            and r["group_type"] in ("agency", "sighted_by")
            and r["label"][:1].isdigit()
        ]
    assert "Wyremouth" in text
    audit = run_cce(home, "audit", f"{AS_AT}.v1", **own)
    assert audit.returncode == 0, audit.stderr


def test_nothing_but_an_areas_files_names_the_area() -> None:
    named = re.compile(
        r"birmingham|E08000025|E050111|Empower U|West Midlands Police|solihull", re.IGNORECASE
    )
    found = []
    for package in ("pipelines", "assets", "sql", "expectations", "profiles"):
        for path in sorted((ROOT / package).rglob("*")):
            is_text = path.suffix in (
                ".py",
                ".sql",
                ".yml",
                ".csv",
                ".j2",
                ".css",
                ".js",
                ".html",
                ".md",
            )
            if is_text and "areas" not in path.parts and named.search(path.read_text("utf-8")):
                found.append(str(path.relative_to(ROOT)))
    assert found == []
    # The one word left is the key of the area that the product brings.
    assert (ROOT / "profiles/areas/__init__.py").read_text("utf-8").count("birmingham") == 1


def test_the_tree_of_the_readme_is_the_tree() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    tree = text[text.index("## Where is what") : text.index("### From a row")]
    for package in ("pipelines", "assets", "expectations", "profiles"):
        there = {
            p.name
            for p in (ROOT / package).iterdir()
            if p.is_dir() and p.name not in ("__pycache__", "contracts")
        }
        start = tree.index(f"{package}/ ")
        own = tree[
            start : tree.index("\nsql/", start)
            if package == "assets"
            else tree.find("\n", start + 1200)
        ]
        assert [name for name in sorted(there) if f" {name}/ " not in own] == []


def test_the_walk_of_the_readme_names_what_there_is() -> None:
    """Each floor of “From a row of an extract to a number on the page” is a file, a folder, a table or a figure."""
    text = (ROOT / "README.md").read_text("utf-8")
    walk = text[text.index("### From a row") : text.index("## Where do I change")]
    named = re.findall(r"`([a-z_]+(?:/[^`]+)?)`", walk)
    tables = {
        m.name for m in (*staging_models(), *folder_models("joined"), *folder_models("profile"))
    }
    # Tables of the warehouse that no model makes.
    known = tables | {"figures", "labels"} | set(register_of(default_area()).figures)
    missing = [name for name in named if name not in known and not (ROOT / name).exists()]
    assert len(named) > 12
    assert missing == []
