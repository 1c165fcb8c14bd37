"""An officer's machine is Windows: what can be tried here of what differs there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from exporting import education_export

from pipelines import settings

ROOT = Path(__file__).parents[2]
# Python without what Windows has not, and a console of Western Europe.
WITHOUT = "import sys; sys.modules['fcntl'] = None; from pipelines.cli import main; main()"


def cce(
    tmp_path: Path, *arguments: str, encoding: str = "cp1252"
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")}
    environment |= {"CCE_HOME": str(tmp_path / "home"), "PYTHONIOENCODING": encoding}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding=encoding,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", pytest.param("cp850", marks=pytest.mark.long)])
def test_an_agency_makes_and_checks_its_extract(tmp_path: Path, encoding: str) -> None:
    raw = tmp_path / "exports"
    education_export(raw, 60, 0.2)
    for folder, more in (("keys", ()), ("own", ("--agency",))):
        done = cce(tmp_path, "keygen", "--out", str(tmp_path / folder), *more, encoding=encoding)
        assert done.returncode == 0, done.stderr
    out = tmp_path / "supplies" / "2024-04-05"
    done = cce(
        tmp_path,
        "pseudonymise", "--agency", "education", "--in", str(raw), "--out", str(out),
        "--map", str(raw / "columns.yml"), "--secret", str(tmp_path / "keys" / "partnership.secret"),
        "--agency-secret", str(tmp_path / "own" / "agency.secret"),
        "--extracted-at", "2024-04-05T06:00",
        encoding=encoding,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    done = cce(
        tmp_path, "validate", str(out), "--out", str(tmp_path / "checked"), encoding=encoding
    )
    assert done.returncode == 0, done.stderr
    assert "accepted" in done.stdout
    for arguments in (
        ("screen", str(out / "people.csv")),
        ("mappings", "ssda903"),
        ("spec", "education", "--out", str(tmp_path / "spec")),
    ):
        done = cce(tmp_path, *arguments, encoding=encoding)
        assert done.returncode == 0, done.stderr


def test_a_data_folder_says_that_it_needs_another_system(tmp_path: Path) -> None:
    done = cce(tmp_path, "refresh", "--as-at", "2024-03-31")
    assert done.returncode == 1
    assert "a data folder needs Linux or macOS" in done.stderr
    assert "please report this" not in done.stderr


def test_a_secret_lies_in_the_users_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no POSIX rights: every file looks as if all could read it."""
    monkeypatch.setattr(settings, "IS_WINDOWS", True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    for place in ("user", "shared"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "x.secret").write_text("0123456789abcdef" * 4)
        (tmp_path / place / "x.secret").chmod(0o666)
    secret = settings.secret(settings.AGENCY_SECRET, tmp_path / "user" / "x.secret", {})
    assert len(secret) == 32
    with pytest.raises(settings.SettingsError, match="must lie in your own user folder"):
        settings.secret(settings.AGENCY_SECRET, tmp_path / "shared" / "x.secret", {})
