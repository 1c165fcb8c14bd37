"""The data controller's settings of the rule, and the rule in words."""

from __future__ import annotations

from pydantic import model_validator

from profiles.reading import Strict

# Written instead of a number that the extracts do not reach.
NOT_AVAILABLE = "not available"
# Why another is not shown.
NOT_SHOWN = "too few children, or withheld so that no child can be recognised"
# Fewer movers than this would tell of few children, whatever the threshold is.
LEAST_HOLD = 8


class Rule(Strict):
    """Counts below `threshold` are not shown, others are rounded to `base`; the rest says when a
    table is published.
    """

    # Labels: 7 is “fewer than 8”, 8 to 12 are “10”. The total of the day is exact from 100.
    threshold: int = 8
    base: int = 5
    exact_total_minimum: int = 100
    # Percentages by the label of their denominator: whole from 100, to the nearest 5% from 40.
    percent_whole_from: int = 100
    percent_fifths_from: int = 40
    # A table passes with cells of 10 on average, at most 40% of them not shown.
    mean_cell: int = 10
    withheld_percent: int = 40
    # Medians and means are of 20 children or more.
    average_from: int = 20
    # Events are not shown where two children have 90% of them or more.
    top_two_percent: int = 90
    # The attacker fails on a small number that he can only put between two that are 4 apart, 0 and
    # 4 say.
    width: int = 4
    # One count in so many is withheld by lot, so that being withheld tells nothing; 0: none.
    lot_one_in: int = 50
    # Two published as-at dates are so many days apart, or one of the few children who joined or
    # left between them is told by what changed.
    days_apart: int = 28

    @model_validator(mode="after")
    def _can_be_used(self) -> Rule:
        if self.threshold < 5 or self.base < 3:
            raise ValueError(
                "the disclosure rule needs a threshold of at least 5 and a base of at least 3"
            )
        if self.base > self.threshold:
            raise ValueError(
                "the base must not be larger than the threshold, at least 5, or a shown count "
                "could read 0"
            )
        if self.lot_one_in < 0:
            raise ValueError("lot_one_in must be 0, for no lot, or more")
        if self.days_apart < 1:
            raise ValueError("published as-at dates must be at least 1 day apart")
        return self

    @property
    def hold(self) -> int:
        """A published label changes once so many children joined or left, whatever the date."""
        return max(LEAST_HOLD, self.threshold)

    @property
    def most_behind(self) -> int:
        """How many may have joined or left a count since it was given its label."""
        return self.hold - 1

    @property
    def least_withheld(self) -> int:
        """The least that may be behind a withheld number. A repair withholds only what would have
        been shown; the lot may fall on any.
        """
        if self.lot_one_in:
            return 0
        return self.threshold

    def alike(self, n: int) -> tuple[int, ...]:
        """Counts that stand for all that carry the same label as `n`: its rounded value, or, where
        it is too small to be shown, none and the most that it could be.
        """
        if n < self.threshold:
            return (0, self.threshold - 1)
        return (int(n / self.base + 0.5) * self.base,)

    def words(self) -> list[str]:
        """The rule as the methods section prints it."""
        return [
            (
                f"A count below {self.threshold}, zero included, is shown as “fewer than "
                f"{self.threshold}”."
            ),
            (
                f"Every other count is rounded to the nearest {self.base} by itself, so rows may "
                "not add up to their total."
            ),
            (
                "One total of children is exact: children at risk on the as-at date, when it is at "
                f"least {self.exact_total_minimum}."
            ),
            "Percentages are worked out from the rounded counts: whole per cent where the "
            f"denominator is {self.percent_whole_from} or more, "
            f"to the nearest 5% from {self.percent_fifths_from}, none below; none where a part is "
            "not shown. Where the not-known are "
            "left out of the denominator and are themselves not shown, the denominator is a range "
            "and the share is worked out from its middle.",
            "Rates are worked out from rounded counts over published populations, to two "
            "significant figures. "
            "Intervals are worked out from the same rounded counts.",
            f"A table is published only if its cells hold {self.mean_cell} children on average and "
            f"at most {self.withheld_percent}% of them "
            "would not be shown. Small groups of not known and other are merged.",
            f"A count of events is shown only if {self.threshold} or more children are behind it "
            "and no two of them make up "
            f"{self.top_two_percent}% of it.",
            (
                "A number that was published before, for this date or another, is changed only "
                f"when at least {self.hold} children joined or left it: until then the earlier "
                f"number stands, so a number can be out of date by up to {self.most_behind} "
                "children. So can the total of a date near one that was published; it is then not "
                "exact, and numbers that should add up may not. Published dates are at least "
                f"{self.days_apart} days apart."
            ),
            "Before a version is published, a program tries to work out every small number from "
            "all that this version and earlier ones "
            f"tell. A number below {self.threshold} must keep {self.width + 1} or more possible "
            "values; where it does not, more is withheld.",
            *self._lot_in_words(),
        ]

    def _lot_in_words(self) -> list[str]:
        if not self.lot_one_in:
            return []
        return [
            f"One number in {self.lot_one_in}, of tables with more than a few, is withheld by lot, "
            "so that nobody can be sure why another is."
        ]

    def notes(self) -> dict[str, str]:
        """What stands under a table with rounded counts, with shares, with counts that are not
        shown.
        """
        by_lot = "; a few of them by lot" if self.lot_one_in else ""
        return {
            "rounded": (
                f"Counts are rounded to the nearest {self.base}, can be out of date by up to "
                f"{self.most_behind} children (see Methods), and may not add up."
            ),
            "shares": "Shares may not add up to 100%.",
            "small": f"“Fewer than {self.threshold}” can mean none.",
            "withheld": f"“Not shown”: {NOT_SHOWN}{by_lot}.",
        }

    def as_dict(self) -> dict[str, int]:
        """For the manifest: the settings that an edition was made under."""
        return self.model_dump()
