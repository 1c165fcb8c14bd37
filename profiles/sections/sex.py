"""Boys and girls at risk, and the rate of each."""

from __future__ import annotations

from profiles.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.page import Page
from profiles.sections.common import counted, of, refused, share_table


def build(store: LabelStore, page: Page) -> Section:
    """Split, and rate per 10,000 residents of that sex."""
    rows = counted(store, "at_risk", "sex")
    if rows[0][1].status == "refused":
        return Section("sex", "Boys and girls", refused(rows[0][1]), [])
    by = {g.group: (c, p) for g, c, p in rows}
    answer = f"{by['M'][0].about.capitalize()} of the children at risk were boys{of(by['M'][1], 'whose sex is known')} and {by['F'][0].about} were girls{of(by['F'][1])}."
    rates = [(t, store.get("at_risk_residents_10_17", "rate", "sex", s)) for t, s in (("Boys", "M"), ("Girls", "F"))]
    residents = [
        [
            head(t),
            shown(store.get("at_risk_residents_10_17", "count", "sex", s)),
            Cell(f"{r.denominator:,.0f}" if r.denominator else "–", is_number=True),
            shown(r),
            interval(r),
        ]
        for (t, r), s in zip(rates, ("M", "F"), strict=True)
    ]
    return Section(
        "sex",
        "Boys and girls",
        answer,
        [
            Block(
                sentences=[
                    "Girls who are exploited may be recorded for sexual exploitation instead, so a lower number recorded is not proof of lower risk."
                ],
                chart=bars(
                    "sex",
                    "Share of children at risk, by sex",
                    f"per cent of children of known sex at risk on {page.as_at_words}; lines are 95% intervals",
                    [(g.label, p) for g, _, p in rows if p and not g.is_residual],
                    suffix="%",
                ),
                tables=[share_table(f"Children at risk on {page.as_at_words}, by sex", "Sex", rows, "known sex")],
            ),
            Block(
                "Beside the population",
                [
                    f"For every 10,000 residents aged 10–17, {rates[0][1].text} boys and {rates[1][1].text} girls were recorded as at risk."
                ]
                if all(r.is_shown for _, r in rates)
                else [],
                tables=[
                    Table(
                        "Residents aged 10–17 at risk, rate per 10,000",
                        ["", "Resident children at risk", "Residents aged 10–17", "Rate per 10,000", "95% interval"],
                        residents,
                    )
                ],
                notes=["Population: ONS mid-year estimate, mid-2022."],
            ),
        ],
    )
