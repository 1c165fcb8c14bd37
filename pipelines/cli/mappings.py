"""`cce mappings`: for which systems' exports there is a mapping, and what each fills."""

from __future__ import annotations

import click

from pipelines.cli.terminal import say


@click.command()
@click.argument("system", required=False)
def mappings(system: str | None) -> None:
    """List the systems whose exports are known, or of SYSTEM what its mapping fills, column by
    column.
    """
    from expectations.pseudonyms.systems import LEFT, NOT_HELD, coverage, system_file, systems
    from expectations.reading import FileError

    if system is None:
        for name in systems():
            file = system_file(name)
            click.echo(f"{name}: {file.title} ({file.agency})")
        say("What one fills: cce mappings NAME. To use it: cce pseudonymise --system NAME …")
        return
    try:
        file = system_file(system)
        covered = coverage(system)
    except FileError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file.title}, for {file.agency}. {file.source}")
    for table, columns in covered.items():
        if set(columns.values()) <= {LEFT, NOT_HELD}:
            click.echo(f"  {table}: {file.left_to_you.get(table, 'not in it')}")
            continue
        click.echo(f"  {table}:")
        for column, state in columns.items():
            click.echo(f"    {column}: {state}")
        if table in file.left_to_you:
            click.echo(f"    {file.left_to_you[table]}")
    if any(LEFT in columns.values() for columns in covered.values()):
        say("What is left to you goes into your own columns.yml (cce pseudonymise --map).")
