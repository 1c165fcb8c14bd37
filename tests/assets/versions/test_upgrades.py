"""Data folders of earlier code open in today's: versions are proven, readers' copies are made again, and months are published on top.

`frozen/` holds backups that `cce backup` of those days wrote, of a sixteenth of the samples (invented). One is never made again; a
release that changes what lies in a data folder adds one.
"""

from __future__ import annotations

import gzip
import lzma
import shutil
from pathlib import Path

import pytest
from conftest import run_cce, run_here

from assets.versions import register
from assets.versions.manifests import versions
from assets.versions.verify import verify_all
from pipelines.settings import data_folder

FROZEN = sorted((Path(__file__).parent / "frozen").glob("*.tar.xz"))
V1 = "2024-03-01.v1"
pytestmark = pytest.mark.xdist_group("frozen")


@pytest.fixture(scope="module", params=FROZEN, ids=lambda path: path.name.partition(".")[0])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgrade")
    backup = folder / "backup.tar.gz"
    with lzma.open(request.param) as packed, gzip.open(backup, "wb", compresslevel=1) as unpacked:
        shutil.copyfileobj(packed, unpacked)
    said = run_here(folder / "home", "restore", str(backup), CCE_SAMPLES="")
    assert said.returncode == 0, said.stderr
    return folder / "home"


def test_every_version_is_proven_and_its_readers_have_it(home: Path) -> None:
    data = data_folder({"CCE_HOME": str(home)})
    assert verify_all(data) == {V1: []}
    assert [manifest["version"] for manifest in versions(data)] == [V1]
    assert [(entry.what, entry.of) for entry in register.entries(data)] == [("published", V1)]
    for edition in ("public", "partner"):
        assert (home / "readers" / edition / "2024-03-01" / "v1" / "report.html").exists()
    said = run_here(home, "status", CCE_SAMPLES="")
    assert said.returncode == 0, said.stderr
    assert V1 in said.stdout


@pytest.mark.long
def test_the_next_month_is_published_on_top(home: Path) -> None:
    """The supplies and the ledger of then, the code of today."""
    done = run_cce(home, "refresh", "--as-at", "2024-03-31", CCE_SAMPLES="")
    assert done.returncode == 0, done.stderr
    done = run_cce(home, "publish", "newest", "--by", "A. Tester", "--note", "Next", CCE_SAMPLES="")
    assert done.returncode == 0, done.stderr
    data = data_folder({"CCE_HOME": str(home)})
    assert verify_all(data) == {"2024-03-31.v1": [], V1: []}
