"""What a page is told besides labels."""

from __future__ import annotations

from planned import PLAN

from assets.versions.pages import _told, _warnings
from expectations.judging.report import Finding, Report


def test_a_warning_of_a_few_rows_is_the_analyst_s() -> None:
    """That one record has a code of its own would be told by the warning alone."""
    findings = [
        Finding("warn", "code", f"rule of {rows} rows", "episodes", "outcome", rows=rows, of=900)
        for rows in (0, 1, 7, 8, 40)
    ]
    findings.append(Finding("error", "code", "an error", "episodes", "outcome", rows=40, of=900))
    told = _told(Report("trust", None, "2024-04-05", findings), PLAN.policy.rule)
    assert [f.rows for f in told] == [0, 8, 40]
    assert all("in some rows this does not hold" in words for words in _warnings(told, "Trust"))
