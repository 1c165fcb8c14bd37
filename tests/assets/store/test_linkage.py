"""The linkage of the samples: rates that a count in Python confirms, the sample of pairs, and the agencies' answers."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from conftest import Refreshed, run_here

from assets.store import linkage
from assets.store.folder import DataFolder
from assets.versions import drafts as draft
from profiles.figures.hidden_scale import Seen, for_analyst
from profiles.reading import FileError


@pytest.fixture
def home(refreshed: Refreshed, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(
        refreshed.draft("2024-03-01"),
        home / "drafts" / "2024-03-01" / refreshed.draft("2024-03-01").name,
    )
    return home


@pytest.fixture
def linked(home: Path, data: DataFolder) -> DataFolder:
    assert home == data.home
    return data


def warehouse(data: DataFolder) -> Path:
    folder = draft.newest_draft(data)
    assert folder
    return folder / "restricted" / "warehouse.duckdb"


def test_match_rates_and_agreement_equal_a_count_in_python(refreshed: Refreshed) -> None:
    with duckdb.connect(
        str(refreshed.draft("2024-03-01") / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        rows = con.execute(
            "select l.person_id, l.agency, p.key_nhs, p.sex from core_links as l join core_source_people as p using (source_person_id)"
        ).fetchall()
        rates = {
            tuple(r[:4]): r[4:]
            for r in con.execute(
                'select agency, other_agency, group_type, "group", children, matched from core_match_rates'
            ).fetchall()
        }
        agreement = {
            tuple(r[:3]): r[3:] for r in con.execute("select * from core_key_agreement").fetchall()
        }
    records: dict[int, list[tuple[str, str | None, str | None]]] = {}
    for person, agency, nhs, sex in rows:
        records.setdefault(person, []).append((agency, nhs, sex))
    for one, other in (("trust", "police"), ("police", "trust"), ("health", "education")):
        known = [p for p, of in records.items() if any(a == one for a, _, _ in of)]
        both = [p for p in known if any(a == other for a, _, _ in records[p])]
        assert rates[one, other, "all", "all"] == (len(known), len(both))
    pairs = [
        (x, y)
        for of in records.values()
        for a, b in combinations(of, 2)
        for x, y in ((a, b), (b, a))
        if (x[0], y[0]) == ("health", "trust")
    ]
    told = [x[1] == y[1] for x, y in pairs if x[1] and y[1]]
    assert agreement["health", "trust", "nhs_agrees"] == (
        sum(told),
        len(told) - sum(told),
        len(pairs) - len(told),
    )
    assert not [
        a
        for (_, _, fact), (_, a, _) in agreement.items()
        if fact in ("nhs_agrees", "upn_agrees") and a
    ]


def test_groups_of_a_pair_add_up(refreshed: Refreshed) -> None:
    with duckdb.connect(
        str(refreshed.draft("2024-03-01") / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        sums = con.execute(
            "select agency, other_agency, count(distinct (children, matched)) from "
            "(select agency, other_agency, group_type, sum(children) as children, sum(matched) as matched from core_match_rates group by all) group by all"
        ).fetchall()
    assert len(sums) == 12
    assert {n for _, _, n in sums} == {1}


def answered(path: Path, linked: dict[int, str], out: Path) -> Path:
    """Fill the sample as agencies would, by what they know: `linked` maps pair → answer."""
    rows = list(csv.DictReader(path.open()))
    with out.open("w", newline="") as f:
        writer = csv.DictWriter(f, rows[0])
        writer.writeheader()
        writer.writerows(row | {"answer": linked.get(int(row["pair"]), "")} for row in rows)
    return out


def truth(data: DataFolder) -> dict[int, str]:
    """The agencies say: linked pairs are the same child but for every tenth, unlinked ones are not."""
    sample = json.loads((data.linkage / "sample.json").read_text())
    return {
        int(pair): "same" if sample["strata"][stratum][0] and int(pair) % 10 else "different"
        for pair, stratum in sample["pairs"].items()
    }


def test_a_sample_goes_out_and_comes_back(linked: DataFolder, tmp_path: Path) -> None:
    path = linkage.draw_sample(linked, warehouse(linked), 300, 1)
    rows = list(csv.DictReader(path.open()))
    assert len(rows) == 300
    assert all(r["agency_a"] < r["agency_b"] for r in rows)
    assert {r["person_ref_a"][0] for r in rows} <= set("TPEH")
    assert path.stat().st_mode & 0o077 == 0
    again = path.read_bytes()
    linkage.draw_sample(linked, warehouse(linked), 300, 1)
    assert path.read_bytes() == again
    rates = linkage.take_answers(linked, answered(path, truth(linked), tmp_path / "back.csv"))
    assert rates is not None
    assert rates.is_checked
    assert 0.03 < rates.false_links < 0.2
    assert rates.missed_links == 0
    with duckdb.connect(str(warehouse(linked)), read_only=True) as con:
        assert linkage.rates(con, linked) == rates


def test_few_answers_measure_nothing(linked: DataFolder, tmp_path: Path) -> None:
    path = linkage.draw_sample(linked, warehouse(linked), 40, 1)
    assert (
        linkage.take_answers(linked, answered(path, truth(linked), tmp_path / "back.csv")) is None
    )


def test_unknown_is_no_answer(linked: DataFolder, tmp_path: Path) -> None:
    """Of 300 pairs all but 20 could not be looked up: as few as were answered measure nothing."""
    path = linkage.draw_sample(linked, warehouse(linked), 300, 1)
    said = truth(linked)
    back = answered(
        path,
        {pair: said[pair] if pair <= 20 else "unknown" for pair in said},
        tmp_path / "back.csv",
    )
    assert linkage.take_answers(linked, back) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pair,answer\n99999,same\n", "line 2: the pair is not in the sample"),
        ("pair,answer\n1,same\n1,same\n", "line 3: .*stands twice"),
        (
            "pair,answer\n1,perhaps\n",
            "back.csv, line 2: answer: must be one of 'same', 'different', 'unknown' or ''",
        ),
        ("pair,answer\n1,same\n2,diferent\n", "back.csv, line 3: answer: must be one of"),
        ("pair,answr\n1,same\n", "back.csv, line 1: the file needs the columns answer"),
        (
            "pair,answer,Jayden\n1,same,x\n",
            "line 1: a column is not known here; known are: pair, agency_a",
        ),
        ("pair,answer,answer\n1,same,same\n", "line 1: a column is there twice"),
        (
            "pair,answer\n1,same,Jayden\n",
            "line 2: the line has not as many cells as there are columns",
        ),
        ("pair,answer\n1\n", "line 2: the line has not as many cells as there are columns"),
        ("pair,answer\n", "there is no row below the header"),
        ("a,b\n1,2\n", "needs the columns pair, answer"),
        ("", "needs the columns pair, answer"),
    ],
)
def test_answers_that_cannot_be_taken_change_nothing(
    linked: DataFolder, tmp_path: Path, text: str, words: str
) -> None:
    linkage.draw_sample(linked, warehouse(linked), 40, 1)
    (tmp_path / "back.csv").write_text(text)
    with pytest.raises((linkage.LinkageError, FileError), match=words) as found:
        linkage.take_answers(linked, tmp_path / "back.csv")
    assert "Jayden" not in str(found.value)
    assert not linkage.answers_path(linked).exists()


def test_the_commands(home: Path, tmp_path: Path) -> None:
    told = run_here(home, "linkage", "report", "--json")
    found = json.loads(told.stdout)
    tables = {name.removeprefix("core_") for name in linkage.TABLES}
    assert set(found) == {*tables, "rates"}
    assert found["rates"]["is_checked"] is False
    assert "exact counts" in told.stderr
    assert "missed" in run_here(home, "linkage", "report").stdout
    drawn = run_here(home, "linkage", "sample", "--n", "40")
    assert drawn.stdout.strip().endswith("sample.csv")
    (tmp_path / "back.csv").write_text("pair,answer\n1,perhaps\n")
    refused = run_here(home, "linkage", "answers", str(tmp_path / "back.csv"))
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    assert "no draft yet" in run_here(tmp_path / "none", "linkage", "report").stderr


def test_a_checked_linkage_lets_an_estimate_stand_with_its_interval() -> None:
    """The only thing between a range and an estimate for such lists; never a bare point."""
    on = [
        tuple(bool(m >> i & 1) for i in range(3))
        for m, n in enumerate((2080, 1320, 330, 400, 120, 140, 40), start=1)
        for _ in range(n)
    ]
    words = "missed 1% to 2%, wrong under 1% (checked by the agencies on a sample)"
    said = {str(s["group"]): s for s in for_analyst(Seen(on, links=words, is_checked=True))}
    assert said["verdict"]["label"] == "estimate"
    assert said["links"]["label"] == words
    low, high = said["shown"]["lower"], said["shown"]["upper"]
    assert said["shown"]["label"].startswith("about ")
    assert said["shown"]["label"].endswith(f"({low:,} to {high:,})")
    assert for_analyst(Seen(on))[0]["label"] == "range"


def test_how_far_children_are_singled_out_equals_a_count_in_python(refreshed: Refreshed) -> None:
    with duckdb.connect(
        str(refreshed.draft("2024-03-01") / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        people = con.execute(
            "select supplier, datediff('month', birth_month, date '2024-03-01') // 12, sex, ethnicity, ward_code from core_source_people"
        ).fetchall()
        found = {
            r[0]: r[1:]
            for r in con.execute(
                "select supplier, people, groups, k, alone, people_in_groups_under_5 from core_singling_out"
            ).fetchall()
        }
        least = con.execute("select min(l), max(l) from core_singling_out").fetchall()[0]
    for supplier in ("police", "health:INV01"):
        # The day of the eighteenth birthday is the last of its month.
        groups = Counter(tuple(rest) for s, *rest in people if s == supplier)
        sizes = groups.values()
        assert found[supplier][0] == sum(sizes)
        assert abs(found[supplier][1] - len(sizes)) <= 0.02 * len(sizes)
        assert found[supplier][2] == min(sizes) == 1
        assert abs(found[supplier][3] - sum(n == 1 for n in sizes)) <= 0.02 * len(sizes)
    assert least == (1, 1)


def test_what_a_single_identifier_would_join(refreshed: Refreshed) -> None:
    """Records with an NHS number, and children whom two agencies know, by that number alone: counted again in Python."""
    with duckdb.connect(
        str(refreshed.draft("2024-03-01") / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        people = con.execute(
            "select p.source_person_id, l.person_id, p.agency, p.supplier, p.key_nhs, coalesce(p.ethnicity, 'not known') "
            "from core_source_people as p join core_links as l using (source_person_id)"
        ).fetchall()
        ready = con.execute(
            "select supplier, ethnicity, records, with_nhs_number from core_identifier_readiness"
        ).fetchall()
        matches = con.execute(
            "select agency, other_agency, children, matched, matched_by_nhs_number_alone from core_nhs_matches"
        ).fetchall()
    records: Counter[tuple[str, str]] = Counter()
    numbered: Counter[tuple[str, str]] = Counter()
    by_number: dict[str, set[str]] = defaultdict(set)
    for _, _, agency, supplier, number, ethnicity in people:
        for group in (ethnicity, "all"):
            records[supplier, group] += 1
            numbered[supplier, group] += number is not None
        if number is not None:
            by_number[number].add(agency)
    assert {(s, e): (n, w) for s, e, n, w in ready} == {
        k: (records[k], numbered[k]) for k in records
    }
    assert len(matches) == 12
    assert sum(alone for *_, alone in matches) > 100
    for agency, other, children, matched, alone in matches:
        own = {person for _, person, a, *_ in people if a == agency}
        theirs = {person for _, person, a, *_ in people if a == other}
        found = {
            p
            for _, p, a, _, number, _ in people
            if a == agency and other in by_number.get(number, ())
        }
        assert (children, matched, alone) == (len(own), len(own & theirs), len(found))
