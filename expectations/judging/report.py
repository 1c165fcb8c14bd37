"""What a validation found: counts, names of files, columns and rules; never a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from expectations.contract import Severity, agencies

# The rule of what identifies a child: the supply goes to quarantine.
IDENTIFIER = "identifier"
# Findings of rows that are not written as a rule.
NO_RULES = (IDENTIFIER, "may_identify", "rows_twice", "spells_within", "set_aside")
OF_THE_WHOLE = (
    "volume",
    "no_longer_supplied",
    "months_missing",
    "code_vanished",
    "code_appeared",
    "shares_changed",
    "completeness",
    "rows_twice",
    "spells_within",
    "late_recording",
    "may_identify",
    "folder_day",
)


@dataclass(frozen=True)
class Finding:
    """Something wrong in a supply. `rows` is how many rows, 0 where the fault is not one of
    rows.
    """

    severity: Severity
    rule: str
    words: str
    table: str | None = None
    column: str | None = None
    rows: int = 0
    of: int = 0
    line: int | None = None
    # The first that break the rule, as a spreadsheet numbers them: the header is row 1.
    first_rows: Sequence[int] = ()

    @property
    def is_of_the_whole(self) -> bool:
        """Whether it speaks of the supply as a whole (its size, its months), not of single rows."""
        return self.rule in OF_THE_WHOLE

    def sentence(self) -> str:
        """One line for a data officer: file, column, what is wrong, how many rows."""
        where = ", ".join(
            part
            for part in (
                f"{self.table}.csv" if self.table else "",
                f"column {self.column}" if self.column else "",
                f"line {self.line}" if self.line else "",
            )
            if part
        )
        count = ""
        if self.rows:
            count = f": {self.rows:,} of {self.of:,} rows"
        if self.first_rows:
            numbers = ", ".join(str(number) for number in self.first_rows)
            count += f", first in row {numbers} (the header is row 1)"
        # A rule is written as it should be; beside rows that break it that must be said.
        is_rule = self.rows and self.rule not in NO_RULES
        return (
            f"{where + ': ' if where else ''}{'rule broken: ' if is_rule else ''}{self.words} "
            f"[{self.rule}]{count}"
        )


@dataclass
class Report:
    """The judgement of one supply. `checks` counts failed rows for every rule that was tried, kept
    or not; `rows` are those that are read.
    """

    agency: str
    provider: str | None
    supply_date: str
    findings: list[Finding] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    # Of each table the rows (by number in the file, from 1) that nothing reads.
    set_aside: dict[str, list[int]] = field(default_factory=dict)
    # The day, YYYY-MM-DD, from which on the same content would be judged otherwise.
    again_on: str = ""

    @property
    def errors(self) -> list[Finding]:
        """The findings that refuse the supply."""
        return [f for f in self.findings if f.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """The findings that are counted and reported."""
        return [f for f in self.findings if f.severity == "warn"]

    @property
    def is_accepted(self) -> bool:
        """Whether the supply may be stored."""
        return not self.errors

    @property
    def identifies(self) -> bool:
        """Whether the supply holds what identifies children: it is quarantined."""
        return any(f.rule == IDENTIFIER for f in self.findings)

    @property
    def title(self) -> str:
        """Agency, provider and date in words."""
        name = agencies()[self.agency].name
        return (
            f"{name}{f' ({self.provider})' if self.provider else ''}, supply of {self.supply_date}"
        )

    def message(self, before_sending: bool = False) -> str:
        """The result in words that a data officer can act on: of what arrived, or of what he checks
        before he sends it.
        """
        if self.is_accepted:
            count = len(self.warnings)
            tail = ""
            if count:
                tail = f" with {count} warning{'s' if count > 1 else ''}"
            return f"{self.title}: accepted{tail}."
        lines = [f"{self.title}: refused. The last accepted supply stays in use."]
        if before_sending:
            quarantined = ""
            if self.identifies:
                quarantined = ", and put in quarantine, for it holds what identifies children"
            lines = [f"{self.title}: would be refused{quarantined}."]
        elif self.identifies:
            lines = [
                (
                    f"{self.title}: refused and put in quarantine, for it holds what identifies "
                    "children. The last accepted supply stays in use."
                )
            ]
        lines += [f"  - {f.sentence()}" for f in self.errors[:20]]
        if len(self.errors) > 20:
            lines.append(f"  - and {len(self.errors) - 20} further errors")
        if self.identifies and not before_sending:
            lines.append(
                "  Tell the data protection officers of both sides, make the extract again without "
                "these, and purge the quarantine: cce quarantine purge."
            )
        else:
            lines.append(
                "  Correct these in the source or the extract, and send the whole supply again."
            )
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """For the store's JSON: counts and names only."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Report:
        """The inverse of `as_dict`."""
        findings = [Finding(**f) for f in raw["findings"]]
        return cls(**(raw | {"findings": findings}))
