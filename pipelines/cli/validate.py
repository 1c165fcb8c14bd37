"""`cce validate`: at an agency, the check of a supply before it is sent."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipelines.cli.terminal import FILE, FOLDER, say

if TYPE_CHECKING:
    from expectations.judging.report import Report
    from expectations.judging.supply import Manifest


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--canaries", type=FILE, help="The partnership's canaries.json, to check the linkage keys."
)
@click.option(
    "--out",
    type=FOLDER,
    help="Where the result goes as text, JSON and a page; by default ./checked/AGENCY-DATE.",
)
def validate(path: Path, canaries: Path | None, out: Path | None) -> None:
    """Check a supply before it is sent. Exit code 0: it would be accepted, 1: refused, 2: it could
    not be checked.
    """
    from expectations.judging.judge import judge_folder
    from expectations.judging.report import Report

    _check_files(path)
    manifest, agreed = _read(path, canaries)
    if path.name[:2] == "20" and len(path.name) == 10:
        date = path.name
    else:
        date = manifest.extracted_at.date().isoformat()
    out = out or Path("checked") / f"{manifest.agency}-{date}"
    report = Report(manifest.agency, manifest.provider, date)
    today = dt.datetime.now(dt.UTC).date()
    with tempfile.TemporaryDirectory(prefix="cce-") as scratch:
        judge_folder(
            path, report, agreed, lambda _: None, today, Path(scratch), out / "expectations"
        )
    text = _result(report, keys_checked=agreed is not None)
    _write(out, text, report, keys_checked=bool(agreed))
    click.echo(text, nl=False)
    say(f"The result as text, JSON and a page: {out}")
    raise SystemExit(0 if report.is_accepted else 1)


def _could_not(words: str) -> NoReturn:
    click.echo(f"Error: {words}", err=True)
    raise SystemExit(2)


def _check_files(path: Path) -> None:
    if not path.is_dir():
        _could_not(
            "a supply is a folder of CSV files with supply.json; name that folder, unpacked."
        )
    if any(p.is_symlink() or not p.is_file() for p in path.iterdir()):
        _could_not("there are folders or links among the files; a supply has plain files alone.")


def _read(path: Path, canaries: Path | None) -> tuple[Manifest, Any]:
    """The supply's manifest and the agreed fictitious children; exits with 2 where one of them
    cannot be read.
    """
    from expectations.judging.supply import SupplyError, read_manifest

    agreed = None
    try:
        if canaries:
            agreed = json.loads(canaries.read_text("utf-8"))
        return read_manifest(path), agreed
    except SupplyError as error:
        _could_not(f"{error}.")
    except FileNotFoundError:
        _could_not(
            "there is no supply.json in the folder; it says what was sent, and is written last."
        )
    except ValueError:
        _could_not("canaries.json is not as `cce keygen` writes one.")


def _result(report: Report, keys_checked: bool) -> str:
    lines = [report.message(before_sending=True)]
    if report.warnings:
        lines.append("Reported, refuses nothing:")
        lines += [f"  - {warning.sentence()}" for warning in report.warnings]
    if not keys_checked:
        lines.append(
            "Whether the linkage keys were made with the partnership's secret was not checked: "
            "name its canaries.json with --canaries."
        )
    return "\n".join(lines) + "\n"


def _write(out: Path, text: str, report: Report, keys_checked: bool) -> None:
    from expectations.spec.write import templates

    out.mkdir(parents=True, exist_ok=True)
    (out / "result.txt").write_text(text, "utf-8")
    result = {"is_accepted": report.is_accepted, **report.as_dict()}
    (out / "result.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    page = templates().get_template("checked.html.j2")
    (out / "result.html").write_text(page.render(report=report, keys_checked=keys_checked), "utf-8")
