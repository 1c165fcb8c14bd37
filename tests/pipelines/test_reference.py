"""`cce population`, `cce boundaries`, `cce harm`: taken or refused in words, nothing replaced by a bad file, a new draft named."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

from conftest import Refreshed, run_here
from planned import WARDS

from assets.versions.pages import expected_draft
from pipelines.settings import data_folder


def squares(path: Path, count: int = 69) -> Path:
    features = []
    for i, code in enumerate(sorted(WARDS)[:count]):
        x, y = -2.0 + 0.02 * (i % 9), 52.4 + 0.015 * (i // 9)
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.015], [x, y + 0.015], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": code},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_boundaries_are_taken_refused_and_put_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    good = run_here(
        home,
        "boundaries",
        "import",
        str(squares(tmp_path / "w.geojson")),
        "--source",
        "ONS, December 2022",
    )
    assert good.returncode == 0, good.stderr
    assert "Boundaries of 69 wards taken" in good.stderr
    kept = (home / "reference" / "boundaries.json").read_bytes()
    assert (home / "reference" / "boundaries.json").stat().st_mode & 0o077 == 0
    bad = run_here(
        home, "boundaries", "import", str(squares(tmp_path / "bad.geojson", 68)), "--source", "x"
    )
    assert bad.returncode == 1
    assert "bad.geojson: 1 of the 69 wards are missing" in bad.stderr
    assert "Nothing was replaced." in bad.stderr
    assert (home / "reference" / "boundaries.json").read_bytes() == kept
    assert "in use again" in run_here(home, "boundaries", "reset").stderr
    assert not (home / "reference" / "boundaries.json").exists()
    assert "None were imported" in run_here(home, "boundaries", "reset").stderr


def test_the_table_that_is_shown_can_be_imported(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shown = run_here(home, "population", "show")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    wards_only = [lines[0], *(line for line in lines if line.startswith("E05"))]
    (tmp_path / "w.csv").write_text("\n".join(wards_only) + "\n")
    done = run_here(home, "population", "import", str(tmp_path / "w.csv"))
    assert done.returncode == 0, done.stderr
    assert "Taken: ward (69 rows); whole area (1 rows)." in done.stderr
    (tmp_path / "w.csv").write_text("\n".join(wards_only[:-1]) + "\n")
    refused = run_here(home, "population", "import", str(tmp_path / "w.csv"))
    assert refused.returncode == 1
    assert "1 of the 69 wards are missing. Nothing was replaced." in refused.stderr


def test_what_is_imported_makes_another_draft(refreshed: Refreshed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for part in ("supplies", "reports"):
        shutil.copytree(refreshed.home / part, home / part)
    day, environment = dt.date(2024, 3, 1), {"CCE_HOME": str(home)}
    first = expected_draft(data_folder(environment), day)
    (tmp_path / "h.csv").write_text(
        "offence_code,weight,version,source\n34B,365,2020,Cambridge Crime Harm Index\n"
    )
    done = run_here(home, "harm", "import", str(tmp_path / "h.csv"))
    assert "Weights of 1 offence codes taken" in done.stderr
    assert expected_draft(data_folder(environment), day) != first
    run_here(home, "harm", "reset")
    assert expected_draft(data_folder(environment), day) == first
