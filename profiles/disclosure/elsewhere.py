"""What others have published about the same children, as facts: 74.6% of 291 is 217 boys."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from profiles.areas.published import PublishedEntry
from profiles.disclosure.counts import reference
from profiles.disclosure.facts import Relation
from profiles.disclosure.picture import Picture
from profiles.disclosure.plan import Term

# Why what somebody published is no fact here.
NOT_COUNTED = "the profile does not count these"
OTHER = "the extracts now give another number"


@dataclass(frozen=True)
class _Told:
    """A number that somebody published: the cells that it is the sum of, and what it truly is; None
    where the profile does not count it.
    """

    terms: Mapping[str, int]
    truth: int | None


class Elsewhere:
    """Adds to a picture what others published. `relations` are the facts, `not_used` what is none
    here, and why.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.relations: list[Relation] = []
        self.not_used: list[tuple[str, str]] = []

    def add(self, entry: PublishedEntry) -> None:
        """What others published of a count, as a range or, for a share, as a relation to those that
        it is a share of.

        Where the extracts now give another number, the published one is no fact about it.
        """
        counted = self._told(entry, entry.groups)
        if counted is None:
            return
        words = self.picture.plan.published_words(entry)
        if counted.truth is None:
            self.not_used.append((words, NOT_COUNTED))
            return
        whole = None
        bounds = entry.children
        if bounds is None:
            whole = self._whole_of(entry, counted.truth)
            if whole is not None and self._is_exact(whole.terms):
                bounds = entry.model_copy(update={"of": whole.truth}).children
        if bounds is not None and bounds[0] <= counted.truth <= bounds[1]:
            self._add_bounds(words, counted.terms, *bounds)
        elif bounds is None and whole is not None:
            self._add_share(words, entry, counted.terms, whole.terms)
        else:
            self.not_used.append((words, OTHER))

    def _told(self, entry: PublishedEntry, groups: Mapping[str, str]) -> _Told | None:
        """The count of these groups; None where the edition has no place for it."""
        chosen: dict[str, tuple[str, ...]] = {}
        for dimension, name in groups.items():
            group = self.picture.plan.groups.get((dimension, name))
            # A group that is in no edition is known by its parts.
            if group is not None and group.is_check_only:
                chosen[dimension] = group.made_of
            else:
                chosen[dimension] = (name,)
        refs = self.picture.refs(Term(1, entry.figure, chosen, "now"), entry.day)
        if refs is None:
            return None
        pairs = [[(dimension, name) for name in names] for dimension, names in chosen.items()]
        choices = [frozenset(choice) for choice in itertools.product(*pairs)]
        parts = [reference(entry.figure, choice, entry.day) for choice in choices]
        truth = None
        if all(part in self.picture.unmerged for part in parts):
            truth = int(sum(self.picture.unmerged[part] for part in parts))
        return _Told(dict.fromkeys(refs, 1), truth)

    def _whole_of(self, entry: PublishedEntry, counted: int) -> _Told | None:
        """Those that a share is of: all, or all but those of whom it is not known. Which of them a
        reader does not know, and we assume that they guess right. None where neither gives the
        share.
        """
        everyone = self._told(entry, entry.among)
        if everyone is None or everyone.truth is None:
            return None
        low, high = entry.shares
        if low * everyone.truth <= counted <= high * everyone.truth:
            return everyone
        terms = dict(everyone.terms)
        truth = everyone.truth
        for dimension in sorted(entry.groups.keys() - entry.among.keys()):
            group = self.picture.plan.register.dimensions[dimension].not_known
            not_known = None
            if group:
                not_known = self._told(entry, entry.among | {dimension: group})
            if not_known is not None and not_known.truth is not None:
                terms |= dict.fromkeys(not_known.terms, -1)
                truth -= not_known.truth
        if low * truth <= counted <= high * truth:
            return _Told(terms, truth)
        return None

    def _is_exact(self, refs: Iterable[str]) -> bool:
        """Whether a reader knows each of these counts."""
        return all(self.picture.cells[ref].low == self.picture.cells[ref].high for ref in refs)

    def _add_bounds(self, words: str, counted: Mapping[str, int], low: int, high: int) -> None:
        self.relations.append(Relation(words, counted, low, high))
        if len(counted) > 1:
            return
        (ref,) = counted
        cell = self.picture.cells[ref]
        bottom = max(low, cell.low or 0)
        top = high if cell.high is None else min(high, cell.high)
        self.picture.cells[ref] = replace(cell, low=bottom, high=top)

    def _add_share(
        self,
        words: str,
        entry: PublishedEntry,
        counted: Mapping[str, int],
        whole: Mapping[str, int],
    ) -> None:
        """low × whole ≤ counted ≤ high × whole, in whole coefficients."""
        low, high = entry.shares
        for share, sign in ((low, 1), (high, -1)):
            terms: dict[str, int] = {}
            for ref in counted:
                terms[ref] = sign * share.denominator
            for ref, part in whole.items():
                terms[ref] = terms.get(ref, 0) - sign * share.numerator * part
            self.relations.append(Relation(words, terms, 0, None))
