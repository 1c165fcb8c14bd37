"""`cce validate`: at an agency, the check of a supply before it is sent."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

import click

from pipelines.cli.terminal import FILE, FOLDER, say


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
    from expectations.judging.supply import SupplyError, read_manifest
    from expectations.spec.write import templates

    def could_not(words: str) -> None:
        click.echo(f"Error: {words}", err=True)
        raise SystemExit(2)

    if not path.is_dir():
        could_not("a supply is a folder of CSV files with supply.json; name that folder, unpacked.")
    if any(p.is_symlink() or not p.is_file() for p in path.iterdir()):
        could_not("there are folders or links among the files; a supply has plain files alone.")
    try:
        if canaries:
            agreed = json.loads(canaries.read_text("utf-8"))
        else:
            agreed = None
        manifest = read_manifest(path)
    except SupplyError as error:
        could_not(f"{error}.")
    except FileNotFoundError:
        could_not(
            "there is no supply.json in the folder; it says what was sent, and is written last."
        )
    except ValueError:
        could_not("canaries.json is not as `cce keygen` writes one.")
    if path.name[:2] == "20" and len(path.name) == 10:
        date = path.name
    else:
        date = manifest.extracted_at.date().isoformat()
    out = out or Path("checked") / f"{manifest.agency}-{date}"
    report = Report(manifest.agency, manifest.provider, date)
    with tempfile.TemporaryDirectory(prefix="cce-") as scratch:
        today = dt.datetime.now(dt.UTC).date()
        judge_folder(
            path, report, agreed, lambda _: None, today, Path(scratch), out / "expectations"
        )
    lines = [report.message(before_sending=True)]
    if report.warnings:
        lines += ["Reported, refuses nothing:", *(f"  - {w.sentence()}" for w in report.warnings)]
    if agreed is None:
        lines.append(
            "Whether the linkage keys were made with the partnership's secret was not checked: "
            "name its canaries.json with --canaries."
        )
    text = "\n".join(lines) + "\n"
    out.mkdir(parents=True, exist_ok=True)
    (out / "result.txt").write_text(text, "utf-8")
    (out / "result.json").write_text(
        json.dumps({"is_accepted": report.is_accepted, **report.as_dict()}, indent=1) + "\n",
        "utf-8",
    )
    (out / "result.html").write_text(
        templates()
        .get_template("checked.html.j2")
        .render(report=report, keys_checked=bool(agreed)),
        "utf-8",
    )
    click.echo(text, nl=False)
    say(f"The result as text, JSON and a page: {out}")
    raise SystemExit(0 if report.is_accepted else 1)
