"""`cce pseudonymise`: at an agency, from identifiable exports to its extract."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from pipelines.cli.terminal import AGENCY, FILE, FOLDER, say


@click.command()
@click.option("--agency", type=AGENCY, required=True)
@click.option(
    "--in",
    "raw",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="The folder of exports.",
)
@click.option(
    "--out", type=FOLDER, required=True, help="A new folder, named after the day of the supply."
)
@click.option(
    "--map", "columns", type=FILE, required=True, help="columns.yml: where each column comes from."
)
@click.option(
    "--system",
    help="A system whose exports are known (cce mappings): columns.yml is laid over its mapping.",
)
@click.option(
    "--secret",
    "partnership",
    type=FILE,
    help="File of the partnership's secret; else CCE_PARTNERSHIP_SECRET.",
)
@click.option(
    "--agency-secret", type=FILE, help="File of the agency's own secret; else CCE_AGENCY_SECRET."
)
@click.option(
    "--postcodes",
    type=FILE,
    help="The ONS postcode file (ONSPD or NSPL), for wards and lower-layer areas.",
)
@click.option(
    "--extracted-at",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    help="When the exports were made; by default now.",
)
def pseudonymise(
    agency: str,
    raw: Path,
    out: Path,
    columns: Path,
    system: str | None,
    partnership: Path | None,
    agency_secret: Path | None,
    postcodes: Path | None,
    extracted_at: dt.datetime | None,
) -> None:
    """Turn an agency's identifiable exports into its extract. The exports are read, never
    changed.
    """
    from expectations.pseudonyms.keys import SecretError
    from expectations.pseudonyms.mapping import MappingError, read_mapping
    from expectations.pseudonyms.pseudonymise import pseudonymise as make
    from pipelines.settings import AGENCY_SECRET, PARTNERSHIP_SECRET, SettingsError, secret

    try:
        result = make(
            raw,
            out,
            read_mapping(columns, agency, system),
            secret(PARTNERSHIP_SECRET, partnership),
            secret(AGENCY_SECRET, agency_secret),
            extracted_at or dt.datetime.now(dt.UTC).astimezone().replace(tzinfo=None),
            postcodes,
        )
    except (MappingError, SecretError, SettingsError) as error:
        raise click.ClickException(
            f"{error}{'' if str(error).endswith('.') else '.'} Nothing was written."
        ) from None
    for line in result.lines():
        say(f"  {line}")
    click.echo(out)
    say(f"Now check it before it is sent: cce validate {out} --canaries CANARIES.JSON")
    try:
        dt.date.fromisoformat(out.name)
    except ValueError:
        say("The folder must bear the day of the supply, YYYY-MM-DD, when it is sent.")
