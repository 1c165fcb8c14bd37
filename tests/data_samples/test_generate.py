"""The bundled samples: invented, reproducible, of the agreed size; larger ones are of the same kind."""

from __future__ import annotations

import csv
import filecmp
import json
from pathlib import Path

import pytest

from data_samples.generate import generate
from data_samples.people import canary_keys

SAMPLES = Path(__file__).parents[2] / "data_samples"
FILES = sorted(
    p.relative_to(SAMPLES)
    for p in SAMPLES.rglob("*")
    if p.suffix in (".csv", ".json") and p.is_file()
)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("scale2")
    generate(out, scale=2)
    return out


def test_the_bundled_samples_are_what_the_generator_makes(tmp_path: Path) -> None:
    generate(tmp_path)
    made = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert made == FILES
    assert [f for f in FILES if not filecmp.cmp(tmp_path / f, SAMPLES / f, shallow=False)] == []


def _rows(root: Path, name: str) -> list[dict[str, str]]:
    return [
        row
        for path in sorted(root.rglob(f"{name}.csv"))
        for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
    ]


def test_size() -> None:
    rows = sum(
        len(_rows(SAMPLES, p.stem))
        for p in {f.name: f for f in FILES if f.suffix == ".csv"}.values()
    )
    assert 120_000 < rows <= 150_000
    assert sum((SAMPLES / f).stat().st_size for f in FILES) < 15_000_000


def test_all_supplies_say_that_they_are_invented() -> None:
    manifests = [json.loads((SAMPLES / f).read_text()) for f in FILES if f.name == "supply.json"]
    assert len(manifests) == 5
    assert all(m["invented"] for m in manifests)
    assert {m["period_end"] for m in manifests} == {"2024-03-31"}


def test_every_supply_carries_the_canaries() -> None:
    keys = {k["key_nhs"] for k in canary_keys()}
    for path in SAMPLES.rglob("people.csv"):
        with path.open(newline="") as f:
            assert keys <= {r["key_nhs"] for r in csv.DictReader(f)}


def test_larger_samples_are_more_of_the_same(twice: Path) -> None:
    assert len(_rows(twice, "hub_episodes")) == pytest.approx(
        2 * len(_rows(SAMPLES, "hub_episodes")), rel=0.05
    )
    refs = [r["episode_ref"] for r in _rows(twice, "hub_episodes")]
    assert len(set(refs)) == len(refs)


def test_a_supply_is_never_overwritten(twice: Path) -> None:
    with pytest.raises(FileExistsError):
        generate(twice)


def test_faults_that_real_extracts_have() -> None:
    people = _rows(SAMPLES, "people")
    assert any(not p["birth_month"] for p in people)
    assert any(not p["ethnicity"] for p in people)
    assert any(not p["ward_code"] for p in people)
    late = [
        r
        for r in _rows(SAMPLES, "involvements")
        if r["recorded_date"] > r["occurred_on"][:4] + "-12-31"
    ]
    assert late
