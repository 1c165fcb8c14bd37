"""What protection leaves, counted by hand and as the documentation has it for the samples."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Refreshed
from invented import by, exact
from planned import PLAN

from profiles.disclosure.counts import label_counts
from profiles.disclosure.plan import PARTNER, PUBLIC
from profiles.disclosure.usefulness import SectionUse, by_section

DOCUMENT = Path(__file__).parents[3] / "docs" / "usefulness.md"


def test_a_section_counted_by_hand() -> None:
    """291 is exact; of the levels of risk 92 is shown as 90, 41 as 40 and 158 as 160; of care, 5 are too few."""
    levels = {"high": 92, "medium": 41, "low": 158}
    plans = {"CLA": 38, "CP": 75, "CIN": 173, "none": 5}
    rows = [by(291), *(by(n, risk_level=level) for level, n in levels.items())]
    rows += [by(n, plan=plan) for plan, n in plans.items()]
    high = "at_risk|risk_level=high|2024-03-01"
    counts = label_counts(exact(*rows), PLAN)
    section, every = by_section(counts, PUBLIC)
    # Off by 2, 1 and 2; by 2, 0 and 2 (38 is 40, 75 is 75, 173 is 175); the total by nothing.
    assert section == SectionUse("s", 7, 1, 0, 0, 0, 0, rounding=round(9 / 7, 2))
    assert (every.section, every.shown, section.percent_shown) == ("all", 7, 87.5)
    fewer = label_counts(exact(*rows), PLAN, withheld=[high])
    section, _ = by_section(fewer, PARTNER)
    assert section == SectionUse("s", 6, 1, 1, 0, 0, 0, rounding=round(7 / 6, 2))


def test_the_documentation_has_what_the_samples_show(refreshed: Refreshed) -> None:
    """A change that hides more is seen here, and explained there."""
    audit = json.loads((refreshed.version / "restricted" / "audit.json").read_text("utf-8"))
    for edition in (PUBLIC, PARTNER):
        assert table(audit["sections"][edition]) in DOCUMENT.read_text("utf-8"), edition
        every = audit["sections"][edition][-1]
        assert every["percent_shown"] >= 85


def table(rows: list[dict[str, object]]) -> str:
    """As the document has it."""
    names = ("section", "shown", "small", "withheld", "refused", "percent_shown", "rounding")
    lines = [" | ".join(str(row[name]) for name in names) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
