"""Boys and girls at risk, and the rate of each."""

from __future__ import annotations

from profiles.disclosure.labels import UNCLEAR, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.sections import equity
from profiles.sections.common import (
    counted,
    crossed,
    merged_words,
    of,
    refused,
    share_table,
    why,
    withheld_words,
)


def build(store: LabelStore, page: Page) -> Section:
    """Split, and rate per 10,000 residents of that sex."""
    rows = counted(store, "at_risk", "sex")
    if rows[0][1].status == "refused":
        return Section(
            "sex", "Boys and girls", refused(rows[0][1], "how many boys and girls are at risk"), []
        )
    by = {g.group: (c, p) for g, c, p in rows}
    answer = (
        f"{by['M'][0].about.capitalize()} of the children at risk were "
        f"boys{of(by['M'][1], 'whose sex is known')} and {by['F'][0].about} were "
        f"girls{of(by['F'][1])}."
    )
    rates = [
        (t, store.get("at_risk_residents_10_17", "rate", "sex", s))
        for t, s in (("Boys", "M"), ("Girls", "F"))
    ]
    residents = [
        [
            head(t),
            shown(store.get("at_risk_residents_10_17", "count", "sex", s)),
            Cell(r.denominator or "–", is_number=True),
            shown(r),
            interval(r),
        ]
        for (t, r), s in zip(rates, ("M", "F"), strict=True)
    ]
    caption = f"Children at risk on {page.as_at_words}, by sex and level of risk"
    tables, notes = crossed(store, "at_risk", "sex", "risk_level", caption, "Sex")
    if tables or notes:
        by_risk = [Block(tables=tables, notes=notes)]
    else:
        by_risk = []
    by_risk += _by_age_and_risk(store, page)
    chart = bars(
        "sex",
        "Share of children at risk, by sex",
        (
            f"per cent of children of known sex at risk on {page.as_at_words}; lines "
            "are 95% intervals"
        ),
        [(g.label, p) for g, _, p in rows if p and not g.is_residual],
        suffix="%",
    )
    labels = [c for _, c, _ in rows]
    sentences = (
        [
            (
                f"Of every 10,000 boys aged 10–17 who live in {store.area.name} "
                f"{rates[0][1].text} were recorded as at risk, and of every 10,000 girls "
                f"{rates[1][1].text}."
            )
        ]
        if all(r.is_shown for _, r in rates)
        else []
    )
    return Section(
        "sex",
        "Boys and girls",
        answer,
        [
            Block(
                sentences=[
                    (
                        "Girls who are exploited may be recorded for sexual exploitation instead, "
                        "so a lower number recorded is not proof of lower risk."
                    )
                ],
                chart=chart,
                tables=[
                    share_table(
                        f"Children at risk on {page.as_at_words}, by sex", "Sex", rows, "known sex"
                    )
                ],
                notes=[
                    *merged_words(store, "at_risk", "sex"),
                    *withheld_words(labels),
                ],
            ),
            *by_risk,
            Block(
                "Beside the population",
                sentences,
                tables=[
                    Table(
                        "Residents aged 10–17 at risk, rate per 10,000",
                        [
                            "",
                            "Resident children at risk",
                            "Residents aged 10–17",
                            "Rate per 10,000",
                            "95% interval",
                        ],
                        residents,
                    )
                ],
                notes=["Population: ONS mid-year estimate, mid-2022."],
            ),
            *equity.blocks(store, page, "sex", "M", "boys"),
            _by_ethnic_group(store, page),
        ],
    )


def _by_ethnic_group(store: LabelStore, page: Page) -> Block:
    """Who of the children with an indicator was referred, by sex and ethnic group: the question of
    adultification.
    """
    rows, labels, clear, tested = [], [], [], 0
    for sex in (g for g in store.groups_of("sex") if g.group in ("M", "F")):
        for group in (g for g in store.groups_of("ethnicity") if not g.is_residual):
            key = ("ethnicity", group.group, {"sex": sex.group})
            if not store.has("referred_36_months", "count", *key):
                continue
            every, some = (
                store.get(f, "count", *key) for f in ("indicated_36_months", "referred_36_months")
            )
            percent = store.get("referred_36_months", "percent", *key)
            if store.has("referred_36_months", "ratio", *key):
                ratio = store.get("referred_36_months", "ratio", *key)
            else:
                ratio = None
            name = f"{sex.label}, {group.label}"
            if ratio:
                cells = [shown(ratio), interval(ratio)]
            else:
                cells = [Cell("compared with", is_number=True), Cell("–", is_number=True)]
            rows.append([head(name), shown(every), shown(some), shown(percent), *cells])
            labels += [every, some]
            tested += bool(ratio and ratio.is_shown)
            if ratio and ratio.is_shown and ratio.note != UNCLEAR:
                clear.append(f"{name} {ratio.text} times as often ({ratio.interval})")
    if clear:
        sentence = f"Clearly different from White boys in who was referred: {joined(clear)}."
    elif tested:
        sentence = "No clear difference between White boys and any other group in who was referred."
    else:
        sentence = "Too few children to compare."
    sentences = [
        (
            "Black boys in particular can be seen as older and less in need of protection than "
            "they are. Of the children with an indicator, who was referred to the hub?"
        ),
        *([sentence] if any(x.is_shown for x in labels) else []),
    ]
    tables = (
        [
            Table(
                (
                    f"Children with an indicator in the 36 months to {page.as_at_words}, and "
                    "referred to the hub, by sex and ethnic group"
                ),
                ["", "With an indicator", "Referred", "Share", "Relative rate", "95% interval"],
                rows,
            )
        ]
        if any(x.is_shown for x in labels)
        else []
    )
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Boys and girls of each ethnic group",
        sentences,
        tables=tables,
        notes=notes,
    )


def _by_age_and_risk(store: LabelStore, page: Page) -> list[Block]:
    """Three dimensions, where the edition has them: one table per sex."""
    tables, notes, is_shown = [], [], False
    for sex in store.groups_of("sex"):
        for band in (g for g in store.groups_of("age_band") if not sex.is_residual):
            also = [
                {"age_band": band.group, "risk_level": r.group}
                for r in store.groups_of("risk_level")
            ]
            labels = [
                store.get("at_risk", "count", "sex", sex.group, a)
                for a in also
                if store.has("at_risk", "count", "sex", sex.group, a)
            ]
            if labels:
                is_shown = is_shown or any(x.is_shown for x in labels)
                tables.append((sex.label, band.label, labels))
                notes += [x.note for x in labels if x.note and not x.is_shown]
    if not tables:
        return []
    if not is_shown:
        return [
            Block(
                notes=[
                    (
                        "A table of children at risk by sex, age band and level of risk would "
                        f"stand here: {notes[0]}."
                    )
                ]
            )
        ]
    rows = [
        [head(f"{sex}, {band[0].lower()}{band[1:]}"), *(shown(x) for x in labels)]
        for sex, band, labels in tables
    ]
    columns = ["Sex and age", *(r.label for r in store.groups_of("risk_level"))]
    table = Table(
        f"Children at risk on {page.as_at_words}, by sex, age band and level of risk", columns, rows
    )
    return [
        Block(tables=[table], notes=withheld_words([x for _, _, labels in tables for x in labels]))
    ]
