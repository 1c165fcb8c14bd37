"""Which numbers are followed over time, as followed.yml names them: the brief's, those set beside
an earlier day, and those of the charts by month.
"""

from __future__ import annotations

from pathlib import Path

from profiles.reading import Strict, read_file

ALL = ("all", "all")


class Series(Strict):
    """A number that is told over time: in words, its figure and group, and whether its share is
    told.
    """

    words: str
    figure: str
    group: tuple[str, str] = ALL
    is_share: bool = False


class Topic(Strict):
    """Series that stand beside one another."""

    name: str
    title: str
    series: tuple[Series, ...]


class FollowedFile(Strict):
    """followed.yml: the numbers of the brief, those that “What changed” sets beside an earlier day,
    the shares of those at risk, and the charts by month. A name that begins with “– ” is of a part
    of the number above it.
    """

    known: tuple[Series, ...]
    headlines: tuple[Series, ...]
    mix: tuple[Series, ...]
    topics: tuple[Topic, ...]


FOLLOWED = read_file(FollowedFile, Path(__file__).with_name("followed.yml"))
HEADLINES = FOLLOWED.headlines
