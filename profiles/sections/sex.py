"""Boys and girls at risk, and the rate of each."""

from __future__ import annotations

from profiles.disclosure.labels import UNCLEAR, Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.sections import equity
from profiles.sections.common import (
    Counted,
    counted,
    crossed,
    of,
    refused,
    share_table,
    table_instead,
    why,
    withheld_words,
)

FEWER_GIRLS = (
    "Girls who are exploited may be recorded for sexual exploitation instead, so a lower number "
    "recorded is not proof of lower risk."
)
WITH_GIRLS = (
    "Children whose sex is recorded as other, or is not known, are counted with girls, whatever "
    "their number: counted apart, a small number could be worked out."
)
SEEN_AS_OLDER = (
    "Black boys in particular can be seen as older and less in need of protection than they are. "
    "Of the children with an indicator, who was referred to the hub?"
)


def build(store: LabelStore, page: Page) -> Section:
    """How many are boys and girls, their levels of risk and ages, rates of residents, and who is
    referred to the hub.
    """
    rows = counted(store, "at_risk", "sex")
    if rows[0][1].status == "refused":
        return Section(
            "sex", "Boys and girls", refused(rows[0][1], "how many boys and girls are at risk"), []
        )
    by_sex = {row.group.group: row for row in rows}
    boys = by_sex["M"]
    others = by_sex["not M"]
    answer = (
        f"{boys.label.about.capitalize()} of the children at risk were boys{of(boys.percent)}; "
        f"{others.label.about} were girls, or their sex is other or not known"
        f"{of(others.percent)}."
    )
    caption = f"Children at risk on {page.as_at_words}, by sex and level of risk"
    tables, notes = crossed(store, "at_risk", "sex", "risk_level", caption, "Sex")
    blocks = [_split(store, page, rows)]
    if tables or notes:
        blocks.append(Block(tables=tables, notes=notes))
    blocks += _by_age_and_risk(store, page)
    blocks += equity.blocks(store, page, "sex")
    blocks.append(_by_ethnic_group(store, page))
    return Section("sex", "Boys and girls", answer, blocks)


def _split(store: LabelStore, page: Page, rows: list[Counted]) -> Block:
    shares = []
    for row in rows:
        if row.percent:
            shares.append((row.group.label, row.percent))
    chart = bars(
        "sex",
        "Share of children at risk, by sex",
        f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
        shares,
        suffix="%",
    )
    caption = f"Children at risk on {page.as_at_words}, by sex"
    table = share_table(caption, "Sex", rows, "children at risk")
    labels = [row.label for row in rows]
    notes = [WITH_GIRLS, *withheld_words(labels)]
    return Block(sentences=[FEWER_GIRLS], chart=chart, tables=[table], notes=notes)


def _by_ethnic_group(store: LabelStore, page: Page) -> Block:
    """Who of the children with an indicator was referred, by sex and ethnic group: the question of
    adultification.
    """
    rows = []
    labels = []
    clear = []
    tested = 0
    for sex in store.groups_of("sex"):
        for group in (g for g in store.groups_of("ethnicity") if not g.is_residual):
            key = ("ethnicity", group.group, {"sex": sex.group})
            if not store.has("referred_36_months", "count", *key):
                continue
            every = store.get("indicated_36_months", "count", *key)
            some = store.get("referred_36_months", "count", *key)
            percent = store.get("referred_36_months", "percent", *key)
            ratio = None
            if store.has("referred_36_months", "ratio", *key):
                ratio = store.get("referred_36_months", "ratio", *key)
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
    sentences = [SEEN_AS_OLDER]
    tables = []
    if any(label.is_shown for label in labels):
        sentences.append(_in_words(clear, tested))
        caption = (
            f"Children with an indicator in the 36 months to {page.as_at_words}, and referred to "
            "the hub, by sex and ethnic group"
        )
        columns = ["", "With an indicator", "Referred", "Share", "Relative rate", "95% interval"]
        tables.append(Table(caption, columns, rows))
    notes = why(*labels) + withheld_words(labels)
    return Block("Boys and girls of each ethnic group", sentences, tables=tables, notes=notes)


def _in_words(clear: list[str], tested: int) -> str:
    if clear:
        return f"Clearly different from White boys in who was referred: {joined(clear)}."
    if tested:
        return "No clear difference between White boys and any other group in who was referred."
    return "Too few children to compare."


def _by_age_and_risk(store: LabelStore, page: Page) -> list[Block]:
    """Three dimensions, where the edition has them: one table with a row per sex and age band."""
    levels = store.groups_of("risk_level")
    rows = []
    every_label: list[Label] = []
    for sex in store.groups_of("sex"):
        for band in store.groups_of("age_band"):
            cells = [{"age_band": band.group, "risk_level": level.group} for level in levels]
            if all(store.has("at_risk", "count", "sex", sex.group, cell) for cell in cells):
                labels = [store.get("at_risk", "count", "sex", sex.group, c) for c in cells]
                rows.append([head(f"{sex.label}, {uncapital(band.label)}"), *map(shown, labels)])
                every_label += labels
    if not rows:
        return []
    caption = f"Children at risk on {page.as_at_words}, by sex, age band and level of risk"
    if not any(label.is_shown for label in every_label):
        return [Block(notes=[table_instead(caption, every_label)])]
    columns = ["Sex and age", *(level.label for level in levels)]
    return [Block(tables=[Table(caption, columns, rows)], notes=withheld_words(every_label))]
