"""The secrets that two agencies share for the tests of pseudonymisation."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import run_here


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """Secrets and canaries as `cce keygen` makes them."""
    for folder, arguments in (
        ("keys", ()),
        ("education", ("--agency",)),
        ("health", ("--agency",)),
    ):
        done = run_here(tmp_path / "home", "keygen", "--out", str(tmp_path / folder), *arguments)
        assert done.returncode == 0, done.stderr
    assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / "keys").iterdir())
    return {
        "partnership": str(tmp_path / "keys" / "partnership.secret"),
        "canaries": str(tmp_path / "keys" / "canaries.json"),
    }
