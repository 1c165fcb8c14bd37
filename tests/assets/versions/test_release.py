"""What was published is proven byte for byte, made again where it can be, released by two, and withdrawn in words."""

from __future__ import annotations

import dataclasses
import errno
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Refreshed, run_here

from assets.store.folder import DataFolder
from assets.versions import publish, register
from assets.versions.drafts import PublishError
from assets.versions.governance import check_governance
from assets.versions.publish import removal_in_words
from assets.versions.register import RegisterError
from assets.versions.release import approve, check_approval, withdraw
from assets.versions.verify import repair, verify, verify_all
from pipelines.settings import SAMPLES
from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Page

pytestmark = pytest.mark.xdist_group("release")
V1 = "2024-03-01.v1"


def folder_at(home: Path) -> DataFolder:
    return DataFolder(
        home=home,
        inbox=home / "inbox",
        canaries=SAMPLES / "canaries.json",
        governance=SAMPLES / "governance.yml",
        uses_samples=False,
    )


@pytest.fixture(scope="module")
def published(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("published") / "home"
    shutil.copytree(refreshed.home, home, ignore=shutil.ignore_patterns("drafts", "dagster"))
    return home


@pytest.fixture
def data(published: Path) -> Iterator[DataFolder]:
    """The published version; what a test changes of it is put back."""
    before = {
        path: path.read_bytes()
        for part in ("ledger", "readers", "profiles")
        for path in (published / part).rglob("*")
        if path.is_file() and path.name != "warehouse.duckdb"
    }
    yield folder_at(published)
    for part in ("ledger", "readers", "profiles"):
        for path in (published / part).rglob("*"):
            if path.is_file() and path not in before and path.name != "warehouse.duckdb":
                path.unlink()
    for path, content in before.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_bytes(content)


def flip(path: Path) -> None:
    """One bit of one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_draft_that_is_removed_meanwhile_is_said_to_be(tmp_path: Path) -> None:
    gone = tmp_path / "0123456789abcdef"
    readers: tuple[Callable[[Path], object], ...] = (
        lambda folder: (folder / "page.json").read_text("utf-8"),
        lambda folder: shutil.copytree(folder / "restricted", tmp_path / "copy"),
        lambda folder: duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True),
    )
    for read in readers:
        with (
            pytest.raises(PublishError, match="removed while it was being published"),
            removal_in_words(gone),
        ):
            read(gone)
    # Another file that is missing is another fault.
    gone.mkdir()
    with pytest.raises(FileNotFoundError), removal_in_words(gone):
        readers[0](gone)


def test_what_was_published_is_proven(data: DataFolder) -> None:
    assert verify_all(data) == {V1: []}
    said = run_here(data.home, "verify", "--all")
    assert (said.returncode, said.stdout) == (0, f"{V1}: as it was published\n")


KINDS = [
    "public/report.html",
    "partner/figures.csv",
    "restricted/page.json",
    "restricted/audit.json",
    "restricted/disclosure.html",
    "restricted/checks.csv",
    "manifest.json",
]


@pytest.mark.parametrize("file", KINDS)
def test_a_flipped_bit_in_any_kind_of_file_is_found_and_named(data: DataFolder, file: str) -> None:
    flip(data.profiles / "2024-03-01" / "v1" / file)
    (damage,) = verify(data, V1)
    assert damage.file == f"profiles/2024-03-01/v1/{file}"
    assert "backup" in damage.words()
    assert run_here(data.home, "verify", V1).returncode == 1


def test_a_flipped_bit_in_the_warehouse_is_found(data: DataFolder) -> None:
    path = data.profiles / "2024-03-01" / "v1" / "restricted" / "warehouse.duckdb"
    flip(path)
    (damage,) = verify(data, V1)
    flip(path)
    assert damage.file.endswith("restricted/warehouse.duckdb")
    assert verify(data, V1) == []


def test_a_file_that_nobody_published_is_found(data: DataFolder) -> None:
    (data.profiles / "2024-03-01" / "v1" / "public" / "more.html").write_text("more")
    (damage,) = verify(data, V1)
    assert "nobody published it" in damage.words()


def test_what_readers_have_is_made_again(data: DataFolder) -> None:
    report = data.readers / "public" / "2024-03-01" / "v1" / "report.html"
    flip(report)
    (damage,) = verify(data, V1)
    assert damage.words() == (
        "readers/public/2024-03-01/v1/report.html: it was changed since; cce repair."
    )
    assert repair(data) == [f"{V1}: what readers have was made again"]
    assert verify(data, V1) == []
    (report.parent / "figures.csv").unlink()
    assert run_here(data.home, "repair").returncode == 0
    assert verify(data, V1) == []


def _cut(lines: list[str]) -> list[str]:
    return lines[1:]


def _changed(lines: list[str]) -> list[str]:
    return [lines[0].replace("A. Tester", "B. Tester"), *lines[1:]]


def _exchanged(lines: list[str]) -> list[str]:
    return lines[::-1]


@pytest.mark.parametrize("change", [_cut, _changed, _exchanged])
def test_the_register_is_only_added_to(
    data: DataFolder, change: Callable[[list[str]], list[str]]
) -> None:
    approve(data, "0123456789abcdef", "B. Reader", "all of it")
    path = data.ledger / register.FILE
    path.write_text("".join(change(path.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    with pytest.raises(RegisterError, match=r"register\.jsonl, line"):
        register.entries(data)
    said = run_here(data.home, "verify", "--all")
    assert (said.returncode, "from a backup" in said.stderr) == (1, True)


def test_an_entry_that_was_broken_off_did_not_count(data: DataFolder) -> None:
    path = data.ledger / register.FILE
    whole = path.read_text("utf-8")
    path.write_text(whole + '{"what": "approved", "of"', "utf-8")
    assert [entry.what for entry in register.entries(data)] == [register.PUBLISHED]
    assert path.read_text("utf-8") == whole


def test_a_process_that_is_killed_while_it_cuts_one_off_loses_no_entry(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = data.ledger / register.FILE
    broken_off = path.read_text("utf-8") + '{"what": "approved", "of"'
    path.write_text(broken_off, "utf-8")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        register.entries(data)
    assert path.read_text("utf-8") == broken_off


def test_a_disk_that_is_full_at_the_registers_entry_leaves_nothing_half_published(
    refreshed: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step before a version has its place: every file of it is written."""
    data = folder_at(tmp_path)
    draft = next(refreshed.home.glob("drafts/2024-03-01/*/manifest.json")).parent

    def written(made: Path, *_: object) -> None:
        (made / "manifest.json").write_text("{}")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name, stub in {
        "refuse_closed": lambda _: None,
        "protection": lambda *_: None,
        "responsible": lambda *_: (),
        "_write_version": written,
    }.items():
        monkeypatch.setattr(publish, name, stub)
    monkeypatch.setattr(register, "add", full)
    with pytest.raises(OSError, match="No space left"):
        publish.publish(data, draft, "A. Tester", "First")
    assert list((data.profiles / "2024-03-01").iterdir()) == []


def test_a_number_that_readers_were_given_is_not_given_again(data: DataFolder) -> None:
    """Not even where the version's own folder is lost: two versions would have one name."""
    assert publish._next_number(data, "2024-03-01") == 2
    (data.readers / "public" / "2024-03-01" / "v4").mkdir()
    (data.readers / "partner" / "2024-03-01" / "v3").mkdir()
    (data.readers / "partner" / "2024-03-31" / "v9").mkdir(parents=True)
    assert publish._next_number(data, "2024-03-01") == 5
    assert publish._next_number(data, "2023-03-01") == 1
    for made in ("public/2024-03-01/v4", "partner/2024-03-01/v3"):
        (data.readers / made).rmdir()
    shutil.rmtree(data.readers / "partner" / "2024-03-31")


def test_the_draft_of_a_withdrawn_version_is_refused(data: DataFolder) -> None:
    """Else whoever publishes it is handed the address of the notice."""
    draft = json.loads((data.profiles / "2024-03-01/v1/manifest.json").read_text("utf-8"))["draft"]
    assert publish._published_before(data, draft, EDITIONS) == V1
    assert publish._published_before(data, "another", EDITIONS) == ""
    withdraw(data, V1, "B. Reader", "a number is wrong")
    with pytest.raises(PublishError, match=r"published as 2024-03-01\.v1, which was withdrawn"):
        publish._published_before(data, draft, EDITIONS)


def test_a_draft_that_is_not_there_is_said_to_be_removed(data: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="The draft was removed while it was being published"):
        publish.publish(data, tmp_path / "0123456789abcdef", "A. Tester", "First")


def test_a_version_that_the_register_tells_of_and_nobody_has(data: DataFolder) -> None:
    register.add(data, register.PUBLISHED, "2024-03-01.v2", "A. Tester", {"manifest": "0" * 64})
    (damage,) = verify_all(data)["2024-03-01.v2"]
    assert "publish its draft again where publishing was broken off" in damage.words()


def page_of(data: DataFolder, *, is_invented: bool) -> Page:
    raw = json.loads(
        (data.profiles / "2024-03-01" / "v1" / "restricted" / "page.json").read_text("utf-8")
    )
    return dataclasses.replace(Page.from_dict(raw), is_invented=is_invented)


def test_real_data_is_released_by_two(data: DataFolder) -> None:
    page = page_of(data, is_invented=False)
    with pytest.raises(PublishError, match=f"cce approve {page.draft_id}"):
        check_approval(data, page, "A. Analyst")
    approve(data, page.draft_id, "A. Analyst", "read both editions")
    with pytest.raises(PublishError, match="two people release"):
        check_approval(data, page, "a analyst")
    check_approval(data, page, "B. Head")
    check_approval(dataclasses.replace(data, is_released_by_one=True), page, "A. Analyst")
    check_approval(data, page_of(data, is_invented=True), "anybody")


def test_the_samples_register_never_counts_for_real_supplies(
    data: DataFolder, tmp_path: Path
) -> None:
    """Its mark removed, it names invented controllers all the same."""
    text = (SAMPLES / "governance.yml").read_text("utf-8").replace("invented: true\n", "")
    own = tmp_path / "governance.yml"
    own.write_text(text, "utf-8")
    real = page_of(data, is_invented=False)
    with pytest.raises(PublishError, match="controllers of the samples"):
        check_governance(dataclasses.replace(data, governance=own), real)


def test_a_withdrawn_version_says_so_at_its_address(data: DataFolder) -> None:
    sealed = data.profiles / "2024-03-01" / "v1"
    for by, reason in (("", "wrong"), ("A. Tester", " ")):
        with pytest.raises(PublishError):
            withdraw(data, V1, by, reason)
    with pytest.raises(PublishError, match="no published version"):
        withdraw(data, "2024-03-01.v9", "A. Tester", "wrong")
    # As a kill in the middle of an earlier attempt leaves it.
    left = data.readers / "public" / "2024-03-01" / ".v1.1.gone.part"
    shutil.copytree(data.readers / "public" / "2024-03-01" / "v1", left)
    withdraw(data, V1, "C. Controller", "The police's extract was <wrong>.")
    assert not left.exists()
    for edition in ("public", "partner"):
        there = data.readers / edition / "2024-03-01" / "v1"
        assert [path.name for path in there.iterdir()] == ["report.html"]
        notice = (there / "report.html").read_text("utf-8")
        assert "was withdrawn" in notice
        assert "C. Controller" in notice
        assert "&lt;wrong&gt;" in notice
        index = (data.readers / edition / "index.html").read_text("utf-8")
        assert "withdrawn on" in index
        assert (sealed / edition / "report.html").exists()
    assert verify(data, V1) == []
    entries = len(register.entries(data))
    withdraw(data, V1, "C. Controller", "again")
    assert len(register.entries(data)) == entries
