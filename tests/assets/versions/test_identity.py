"""Another version of any library that the code can reach, or another byte of its own files, makes another draft."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from assets.versions import identity

# Every module of the code, then the distributions that what is imported by now belongs to.
IMPORTED = """
import importlib, importlib.metadata, json, pkgutil, sys
for package in ("assets", "expectations", "profiles"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(module.name)
import great_expectations
of = importlib.metadata.packages_distributions()
print(json.dumps(sorted({d for name in list(sys.modules) for d in of.get(name.partition(".")[0], [])})))
"""


# Development tools bring these; a library takes them where they happen to be, and none of them makes a number.
BY_CHANCE = {"chardet", "mypy-extensions", "setuptools"}


@pytest.mark.long
def test_every_distribution_that_is_imported_is_counted() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    imported = {identity.canonicalize_name(name) for name in json.loads(done.stdout)}
    assert {"duckdb", "great-expectations", "pandas", "plotly"} <= imported
    assert {"scipy", "statsmodels"} <= identity.libraries().keys()
    assert imported - identity.libraries().keys() <= {identity.DISTRIBUTION} | BY_CHANCE


def test_versions_are_those_that_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    before, find = identity.libraries(), importlib.metadata.distribution

    def upgraded(name: str) -> object:
        found = find(name)
        return SimpleNamespace(version=f"{found.version}.post1", requires=found.requires)

    monkeypatch.setattr(importlib.metadata, "distribution", upgraded)
    assert identity.libraries() == {name: f"{version}.post1" for name, version in before.items()}


def test_another_version_of_any_library_makes_another_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = identity.libraries()
    monkeypatch.setattr(identity, "ROOT", tmp_path)  # libraries alone, not the files
    hashes = {identity.hash_of_the_code()}
    for name, version in installed.items():
        monkeypatch.setattr(
            identity,
            "libraries",
            lambda name=name, version=version: installed | {name: f"{version}.1"},
        )
        hashes.add(identity.hash_of_the_code())
    assert len(hashes) == len(installed) + 1


def test_another_byte_of_any_kind_of_file_makes_another_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in identity.PACKAGES:
        (tmp_path / package).mkdir()
    monkeypatch.setattr(identity, "ROOT", tmp_path)
    hashes = {identity.hash_of_the_code()}
    for number, name in enumerate(("a.py", "b.sql", "c.html", "d.weights", "e"), start=2):
        (tmp_path / "profiles" / name).write_text("1")
        hashes.add(identity.hash_of_the_code())
        assert len(hashes) == number
    (tmp_path / "profiles" / "__pycache__").mkdir()
    (tmp_path / "profiles" / "__pycache__" / "a.pyc").write_text("1")
    assert identity.hash_of_the_code() in hashes
