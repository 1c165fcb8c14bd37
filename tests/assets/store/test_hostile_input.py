"""What nobody sends by mistake: each is refused in words, nothing is written outside the data folder, nothing is evaluated."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from drawing import seal, write_supply

from assets.store import intake, supply_store
from assets.store.folder import DataFolder

pytestmark = pytest.mark.usefixtures("quick_rules")


def change(name: str, edit: Callable[[str], str]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        path = folder / f"{name}.csv"
        path.write_text(edit(path.read_text()))

    return changed


def wide(text: str) -> str:
    """Ten thousand columns."""
    header, *rows = text.splitlines()
    more = ",".join(f"c{i}" for i in range(10_000))
    return "\n".join([f"{header},{more}", *(r + "," * 10_000 for r in rows)]) + "\n"


def long(text: str, size: int) -> str:
    """A column whose every cell is huge."""
    header, *rows = text.splitlines()
    return "\n".join([header, *(",".join([*r.split(",")[:-1], "x" * size]) for r in rows)]) + "\n"


FILES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "10,000 columns": (change("indicators", wide), {"unknown_column"}),
    "cells of 1 MB": (change("indicators", lambda t: long(t, 1_048_576)), {"unreadable"}),
    "cells of nearly 1 MB": (change("indicators", lambda t: long(t, 990_000)), {"shape"}),
    "NUL bytes": (
        change("indicators", lambda t: t.replace("Return", "Re\0turn")),
        {"shape", "unreadable"},
    ),
    "mixed encodings": (
        lambda f: (
            (f / "indicators.csv").write_bytes(
                (f / "indicators.csv").read_bytes().replace(b"Return", b"Re\xe9turn \xc3\xa9")
            )
            and None
        ),
        {"encoding"},
    ),
    "UTF-16": (
        lambda f: (
            (f / "indicators.csv").write_bytes((f / "indicators.csv").read_text().encode("utf-16"))
            and None
        ),
        {"encoding"},
    ),
    "a formula": (
        change("indicators", lambda t: t.replace("Return of 2023", "@SUM(1+1)*cmd|' /C calc'!A0")),
        {"identifier"},
    ),
    "a formula behind a quote": (
        change("indicators", lambda t: t.replace("Return of 2023", '"\t=HYPERLINK(1)"')),
        {"shape"},
    ),
    "a script": (
        change("indicators", lambda t: t.replace("Return of 2023", "<script>alert(1)</script>")),
        {"shape"},
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_hostile_file_is_refused_for_the_right_reason(data: DataFolder, case: str) -> None:
    folder = write_supply(data.inbox, "trust")
    mutate, rules = FILES[case]
    mutate(folder)
    seal(folder, "trust")
    report = supply_store.receive(data, folder, "trust")
    assert {f.rule for f in report.errors} & rules, report.message()
    assert not supply_store.accepted(data, "trust")
    assert len(report.message()) < 5_000
    assert "calc" not in report.message()


LIES: dict[str, Callable[[dict[str, object]], object]] = {
    "a table by a path": lambda m: m["tables"].update(
        {"../../../etc/passwd": m["tables"]["people"]}
    ),  # type: ignore[attr-defined, index]
    "a provider by a path": lambda m: m.update({"provider": "../../police"}),
    "an agency by a path": lambda m: m.update({"agency": "../police"}),
    "more rows than there are": lambda m: m["tables"]["people"].update({"rows": 999}),  # type: ignore[index]
    "rows that are no number": lambda m: m["tables"]["people"].update({"rows": "many"}),  # type: ignore[index]
    "another file's hash": lambda m: m["tables"]["people"].update({"sha256": "1a2b" * 16}),  # type: ignore[index]
    "a period without end": lambda m: m.update({"period_end": "9999-12-31"}),
    "a fingerprint that is no text": lambda m: m.update({"key_fingerprint": ["x"]}),
    "a key of its own": lambda m: m.update({"note": "x"}),
}


@pytest.mark.parametrize("case", LIES)
def test_a_supply_json_that_lies_is_refused(data: DataFolder, case: str) -> None:
    folder = write_supply(data.inbox, "trust")
    manifest = json.loads((folder / "supply.json").read_text())
    LIES[case](manifest)
    (folder / "supply.json").write_text(json.dumps(manifest))
    before = {p for p in data.home.parent.rglob("*") if not p.is_relative_to(data.home)}
    report = supply_store.receive(data, folder, "trust")
    assert not report.is_accepted
    assert not supply_store.accepted(data, "trust")
    assert {p for p in data.home.parent.rglob("*") if not p.is_relative_to(data.home)} == before


@pytest.mark.parametrize(
    "name", ["..", "2024-04-05 ", "2024-04-05\n", "2024-4-5", "２０２４-04-05"]
)
def test_a_folder_name_that_plays_tricks(data: DataFolder, name: str) -> None:
    folder = write_supply(data.inbox, "trust")
    if name != "..":
        folder = folder.rename(folder.parent / name)
        (report,) = intake.take_in(data, "trust")
        assert [f.rule for f in report.errors] == ["folder"]
        assert name not in report.message()


def test_an_archive_is_not_opened(data: DataFolder) -> None:
    (data.inbox / "trust").mkdir(parents=True)
    with zipfile.ZipFile(data.inbox / "trust" / "2024-04-05.zip", "w") as z:
        z.writestr("../../../../tmp/escaped.csv", "a\n")
    (report,) = intake.take_in(data, "trust")
    assert "not an archive" in report.message()
    assert not Path("/tmp/escaped.csv").exists()


def test_links_are_not_followed(data: DataFolder, tmp_path: Path) -> None:
    elsewhere = write_supply(tmp_path / "elsewhere", "trust")
    (data.inbox / "trust").mkdir(parents=True)
    (data.inbox / "trust" / "2024-04-05").symlink_to(elsewhere)
    (report,) = intake.take_in(data, "trust")
    assert [f.rule for f in report.errors] == ["folder"]
    assert not supply_store.accepted(data, "trust")
