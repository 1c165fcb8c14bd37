"""What every command needs: saying something, a day as an option, and the data folder or words for why there is none."""

from __future__ import annotations

import datetime as dt

import click

from assets.resources import DataFolder
from pipelines.settings import SettingsError, data_folder


class Day(click.ParamType[dt.date]):
    """An ISO day."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """YYYY-MM-DD, or a message that says so."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail("a day is written YYYY-MM-DD, for example 2024-03-01", param, ctx)


def say(text: str = "") -> None:
    """Progress and messages go to standard error; standard output is for results."""
    click.echo(text, err=True)


def data_or_refusal() -> DataFolder:
    """The data folder, made; a setting that cannot be used is told in words."""
    try:
        data = data_folder()
        data.make()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    return data
