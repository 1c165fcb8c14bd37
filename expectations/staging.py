"""From a contract to SQL: the typed staging table, and the columns of true and false that the suite
counts.

Identifiers in this SQL come from the contracts, which are part of the code; no value from an
extract ever does.
"""

from __future__ import annotations

from expectations.contract import DATED, KINDS, Column, Contract

# One child may stand twice in an agency's records; a key on more of them than this is nobody's.
MANY = 10


def typed(column: Column) -> str:
    """SQL that casts the text column `column` to its type; blank and unreadable become null."""
    quoted = f'"{column.name}"'
    kind = KINDS[column.kind]
    if column.kind == "list_of":
        return f"string_split({quoted}, ';')"
    if column.kind == "month":
        return f"try_cast({quoted} || '-01' as date)"
    if kind.sql == "VARCHAR":
        return quoted
    return f"try_cast({quoted} as {kind.sql})"


def staging_sql(contract: Contract) -> str:
    """The select that makes `stg_<agency>__<table>`, typed, from `raw_<agency>__<table>`."""
    parts = [f'{typed(c)} as "{c.name}"' for c in contract.columns]
    # A moment may be given as a day alone: what runs on hours has to know.
    parts += [
        f'length("{c.name}") = 10 as "{c.name}_is_day"'
        for c in contract.columns
        if c.kind == "moment"
    ]
    columns = ",\n    ".join(parts)
    return f"-- {contract.grain}\nselect\n    supplier,\n    {columns}\nfrom raw_{contract.name}\n"


def _in_use(column: Column) -> str:
    """SQL: each code of the cell was in use on the day of the row."""
    parts = []
    for code, (first, last) in sorted(column.spans.items()):
        has_code = f"{column.name} = '{code}'"
        if column.kind == "list_of":
            has_code = f"list_contains({column.name}, '{code}')"
        day = f"{column.as_of}::date"
        days = [f"{day} >= date '{first}'"] if first else []
        days += [f"{day} <= date '{last}'"] if last else []
        parts.append(f"(not {has_code} or ({' and '.join(days)}))")
    return " and ".join(parts)


# A rule by its name: SQL on typed columns, the column that it is on, its words, its severity.
Rules = dict[str, tuple[str, str | None, str, str]]


def row_rules(contract: Contract) -> Rules:
    """Rules that look beyond one cell: name → (SQL on typed columns, column, words, severity); null
    counts as kept.

    The SQL may use supply_ends, extracted_on, agency_prefix, and for tables with a person_ref,
    person_birth_month.
    """
    rules: Rules = {}
    for column in contract.columns:
        rules |= _day_rules(contract, column)
        rules |= _value_rules(contract, column)
    for rule in contract.rules:
        rules[rule.name] = (rule.sql, None, rule.words, rule.severity)
    return rules


def _day_rules(contract: Contract, c: Column) -> Rules:
    """What holds for a day: it exists, the extract was made after it, the child was born, and under
    18 where it is an event's.
    """
    rules: Rules = {}
    quoted = f'"{c.name}"'
    has_people = contract.table != "people" and contract.column("person_ref") is not None
    if c.kind in (*DATED, "month"):
        rules[f"{c.name}__real"] = (
            f"{quoted} is not null or not {c.name}__shaped",
            c.name,
            f"a real date: {c.words}",
            "error",
        )
    if c.kind in DATED and not c.planned:
        rules[f"{c.name}__not_after_extract"] = (
            f"{quoted}::date <= extracted_on",
            c.name,
            "not after the extract was made",
            "error",
        )
    if c.kind in DATED and has_people:
        rules[f"{c.name}__not_before_birth"] = (
            f"{quoted}::date >= person_birth_month",
            c.name,
            "not before the child's birth",
            "error",
        )
    # An event of someone who is 18 is no event of a child: counted apart, never in a figure.
    if c == contract.event and has_people and not contract.is_state:
        rules[f"{c.name}__under_18"] = (
            f"{quoted}::date < last_day((person_birth_month + interval 18 year)::date)",
            c.name,
            "of someone under 18 on the day; later events are counted apart",
            "warn",
        )
    return rules


def _value_rules(contract: Contract, c: Column) -> Rules:
    """What holds for a value: codes in use on their day, references that are there once, keys that
    are somebody's.
    """
    rules: Rules = {}
    if c.spans and c.as_of:
        rules[f"{c.name}__in_use"] = (
            _in_use(c),
            c.name,
            f"codes that were in use on the day ({', '.join(sorted(c.spans))} were not always)",
            "error",
        )
    if c.unique:
        rules[f"{c.name}__unique"] = (
            f"{c.name}__times = 1",
            c.name,
            "no value stands twice",
            "error",
        )
    if contract.table == "people" and c.kind == "key":
        few = (
            f"no key stands on more than {MANY} records: a blank or a stand-in was turned "
            "into a key"
        )
        rules[f"{c.name}__placeholder"] = (f"{c.name}__times <= {MANY}", c.name, few, "error")
        rules[f"{c.name}__shared"] = (
            f"{c.name}__times = 1",
            c.name,
            "no two records share a key",
            "warn",
        )
    if c.references:
        rules[f"{c.name}__known"] = (
            f"{c.name}__found",
            c.name,
            f"found in {c.references}",
            "error",
        )
    return rules
