"""What runs at an agency, with nothing but this package: keys, the extract, the specification, the check before sending."""

from __future__ import annotations

import datetime as dt
import json
import secrets as random
import tempfile
from pathlib import Path

import click

from expectations.contract import agencies
from pipelines.settings import AGENCY_SECRET, PARTNERSHIP_SECRET, SettingsError, secret
from pipelines.terminal import say

AGENCY = click.Choice(list(agencies()))
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--out", type=FOLDER, required=True, help="The folder to write to; nothing in it is overwritten.")
@click.option("--agency", "for_agency", is_flag=True, help="An agency's own secret, for its references, alone.")
def keygen(out: Path, for_agency: bool) -> None:
    """Make the partnership's secret and canaries.json; with --agency an agency's own secret.

    The partnership's secret goes to the agencies' data officers and to nobody else: never to the analysis team, which
    gets canaries.json.
    """
    from expectations.pseudonyms.canaries import canaries_json

    made = random.token_bytes(32)
    texts = {"agency.secret" if for_agency else "partnership.secret": made.hex() + "\n"}
    if not for_agency:
        texts["canaries.json"] = json.dumps(canaries_json(made), indent=1) + "\n"
    if there := [name for name in texts if (out / name).exists()]:
        raise click.ClickException(f"{there[0]} is there already; a secret is never overwritten. Name another folder.")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in texts.items():
        path = out / name
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text)
        click.echo(path)
    say("Keep a copy of the secret where the register says; without it no later extract can be joined to earlier ones.")


@click.command()
@click.option("--agency", type=AGENCY, required=True)
@click.option(
    "--in",
    "raw",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="The folder of exports.",
)
@click.option("--out", type=FOLDER, required=True, help="A new folder, named after the day of the supply.")
@click.option("--map", "columns", type=FILE, required=True, help="columns.yml: where each column comes from.")
@click.option(
    "--secret", "partnership", type=FILE, help="File of the partnership's secret; else CCE_PARTNERSHIP_SECRET."
)
@click.option("--agency-secret", type=FILE, help="File of the agency's own secret; else CCE_AGENCY_SECRET.")
@click.option("--postcodes", type=FILE, help="The ONS postcode file (ONSPD or NSPL), for wards and lower-layer areas.")
@click.option(
    "--extracted-at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="When the exports were made; by default now."
)
def pseudonymise(
    agency: str,
    raw: Path,
    out: Path,
    columns: Path,
    partnership: Path | None,
    agency_secret: Path | None,
    postcodes: Path | None,
    extracted_at: dt.datetime | None,
) -> None:
    """Turn an agency's identifiable exports into its extract. The exports are read, never changed."""
    from expectations.pseudonyms.keys import SecretError
    from expectations.pseudonyms.mapping import MappingError, read_mapping
    from expectations.pseudonyms.pseudonymise import pseudonymise as make

    try:
        result = make(
            raw,
            out,
            read_mapping(columns, agency),
            secret(PARTNERSHIP_SECRET, partnership),
            secret(AGENCY_SECRET, agency_secret),
            extracted_at or dt.datetime.now(dt.UTC).astimezone().replace(tzinfo=None),
            postcodes,
        )
    except (MappingError, SecretError, SettingsError) as error:
        raise click.ClickException(f"{error}{'' if str(error).endswith('.') else '.'} Nothing was written.") from None
    for line in result.lines():
        say(f"  {line}")
    click.echo(out)
    say(f"Now check it before it is sent: cce validate {out} --canaries CANARIES.JSON")
    try:
        dt.date.fromisoformat(out.name)
    except ValueError:
        say("The folder must bear the day of the supply, YYYY-MM-DD, when it is sent.")


@click.command()
@click.argument("agency", type=AGENCY, required=False)
@click.option("--out", type=FOLDER, required=True, help="The folder to write to.")
def spec(agency: str | None, out: Path) -> None:
    """Write what an agency is asked for: a page, blank templates, a workbook and schemas; of every agency where none is named."""
    from expectations.spec.write import write_spec

    for one in [agency] if agency else agencies():
        made = write_spec(one, out)
        click.echo(made[0])
        say(f"  {agencies()[one].name}: {len(made) - 2} templates and schemas, and a workbook, in {out / one}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--canaries", type=FILE, help="The partnership's canaries.json, to check the linkage keys.")
@click.option(
    "--out", type=FOLDER, help="Where the result goes as text, JSON and a page; by default ./checked/AGENCY-DATE."
)
def validate(path: Path, canaries: Path | None, out: Path | None) -> None:
    """Check a supply before it is sent. Exit code 0: it would be accepted, 1: refused, 2: it could not be checked."""
    from expectations.judge import judge_folder
    from expectations.report import Report
    from expectations.spec.write import templates
    from expectations.supply import SupplyError, read_manifest

    def could_not(words: str) -> None:
        click.echo(f"Error: {words}", err=True)
        raise SystemExit(2)

    if not path.is_dir():
        could_not("a supply is a folder of CSV files with supply.json; name that folder, unpacked.")
    if any(p.is_symlink() or not p.is_file() for p in path.iterdir()):
        could_not("there are folders or links among the files; a supply has plain files alone.")
    try:
        agreed = json.loads(canaries.read_text("utf-8")) if canaries else None
        manifest = read_manifest(path)
    except SupplyError as error:
        could_not(f"{error}.")
    except FileNotFoundError:
        could_not("there is no supply.json in the folder; it says what was sent, and is written last.")
    except ValueError:
        could_not("canaries.json is not as `cce keygen` writes one.")
    date = path.name if path.name[:2] == "20" and len(path.name) == 10 else manifest.extracted_at.date().isoformat()
    out = out or Path("checked") / f"{manifest.agency}-{date}"
    report = Report(manifest.agency, manifest.provider, date)
    with tempfile.TemporaryDirectory(prefix="cce-") as scratch:
        today = dt.datetime.now(dt.UTC).date()
        judge_folder(path, report, agreed, lambda _: None, today, Path(scratch), out / "expectations")
    lines = [report.message(before_sending=True)]
    if report.warnings:
        lines += ["Reported, refuses nothing:", *(f"  - {w.sentence()}" for w in report.warnings)]
    if agreed is None:
        lines.append(
            "Whether the linkage keys were made with the partnership's secret was not checked: name its canaries.json with --canaries."
        )
    text = "\n".join(lines) + "\n"
    out.mkdir(parents=True, exist_ok=True)
    (out / "result.txt").write_text(text, "utf-8")
    (out / "result.json").write_text(
        json.dumps({"is_accepted": report.is_accepted, **report.as_dict()}, indent=1) + "\n", "utf-8"
    )
    (out / "result.html").write_text(
        templates().get_template("checked.html.j2").render(report=report, keys_checked=bool(agreed)), "utf-8"
    )
    click.echo(text, nl=False)
    say(f"The result as text, JSON and a page: {out}")
    raise SystemExit(0 if report.is_accepted else 1)
