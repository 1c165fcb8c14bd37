"""What every command needs: saying something, a day as an option, and the data folder or words for
why there is none.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assets.store.folder import DataFolder

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Day(click.ParamType[dt.date]):
    """An ISO day."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """YYYY-MM-DD, or a message that says so."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail("a day is written YYYY-MM-DD, for example 2024-03-01", param, ctx)


class _Agency(click.ParamType[str]):
    """The key of an agency that has contracts; which there are is read only when one is named."""

    name = "agency"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The key as it is, or a message that says which there are."""
        from expectations.contract import agencies

        if value not in agencies():
            self.fail(f"{value!r} is not one of {', '.join(agencies())}", param, ctx)
        return value


AGENCY = _Agency()


def say(text: str = "") -> None:
    """Progress and messages go to standard error; standard output is for results."""
    click.echo(text, err=True)


def data_or_refusal(with_samples: bool = False) -> DataFolder:
    """The data folder, made; a setting that cannot be used is told in words. `with_samples`: the
    bundled samples are the inbox where nothing of one's own is there.
    """
    from pipelines.settings import SettingsError, data_folder, use_samples

    if with_samples:
        use_samples()
    try:
        data = data_folder()
        data.make()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    return data


def tell_by_mail(data: DataFolder) -> None:
    """Alerts of what has just become so, where alerts.yml names somebody; that one could not be
    sent is said, and stops nothing.
    """
    if not (data.home / "alerts.yml").exists():
        return
    from assets.versions.register import RegisterError
    from expectations.reading import FileError
    from pipelines.alerts import AlertError, tell
    from pipelines.settings import settings

    try:
        tell(data, settings().smtp_password)
    except (AlertError, FileError, RegisterError) as error:
        say(f"Warning: {error}")
