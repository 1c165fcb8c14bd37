"""Linkage against oracles: connected components by scipy, and the same rule written plainly in Python."""

from __future__ import annotations

import random
from itertools import combinations

import duckdb
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sweeping import sweep

from assets.store.sql_models import folder_models
from assets.store.warehouse import SQL, run_model

KEYS = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode")
PREFIXES = ("nhs", "upn", "dob", "pc")
NAMES = ("core_shared_keys", "core_components", "core_links", "core_refused_links")
MODELS = [m for m in folder_models("joined") if m.name in NAMES]
Record = tuple[str | None, str | None, str | None, str | None, int | None]
Partition = frozenset[frozenset[int]]


def a_key(n: int) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.integers(0, n).map(str))


records = st.lists(
    st.tuples(a_key(12), a_key(12), a_key(6), a_key(6), st.one_of(st.none(), st.integers(0, 40))),
    min_size=1,
    max_size=22,
)


def linked(drawn: list[Record]) -> tuple[Partition, Partition, int]:
    """The partition of the components, that of the children, and the number of refused keys; records by their place."""
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text())
        con.execute(
            "create table core_source_people (source_person_id bigint, agency varchar, supplier varchar, person_ref varchar, "
            "key_nhs varchar, key_upn varchar, key_name_dob varchar, key_name_postcode varchar, birth_month date)"
        )
        con.executemany(
            "insert into core_source_people values (?, 'trust', 'trust', ?, ?, ?, ?, ?, date '2008-01-01' + to_months(?))",
            [[i, f"T{i}", *row] for i, row in enumerate(drawn, 1)],
        )
        for m in MODELS:
            run_model(con, m.name, m.sql)
        rows = con.execute("select source_person_id - 1, person_id from core_links").fetchall()
        components = con.execute(
            "select source_person_id - 1, component_id from core_components"
        ).fetchall()
        refused = con.execute("select count(*) from core_refused_links").fetchall()[0][0]
    # A child's number is that of its first record, so it does not depend on the order of work.
    assert all(person == min(r for r, p in rows if p == person) + 1 for _, person in rows)
    return parted(rows), parted(components), refused


def parted(rows: list[tuple[int, int]]) -> Partition:
    return frozenset(frozenset(r for r, q in rows if q == p) for _, p in rows)


def contradicts(group: list[Record]) -> bool:
    nhs, upn = ({r[i] for r in group if r[i] is not None} for i in (0, 1))
    months = {r[4] for r in group if r[4] is not None}
    far = [(a, b) for a, b in combinations(sorted(months), 2) if b - a > 1]
    return len(nhs) > 1 or len(upn) > 1 or not all(outweighed(group, a, b) for a, b in far)


def outweighed(group: list[Record], one: int, other: int) -> bool:
    """One slip of the hand, and a record of each month with an equal number and name and postcode."""
    digits = [f"{2008 + m // 12:04d}{m % 12 + 1:02d}" for m in (one, other)]
    is_slip = one // 12 == other // 12 or other - one == 12
    is_slip |= sum(a != b for a, b in zip(*digits, strict=True)) == 1
    return is_slip and any(
        a[3] is not None and a[3] == b[3] and any(a[k] is not None and a[k] == b[k] for k in (0, 1))
        for a in group
        for b in group
        if (a[4], b[4]) == (one, other)
    )


def by_the_rule(drawn: list[Record]) -> Partition:
    """Keys from the strongest on: kind, then fewer holders, then the key; each joins its holders unless they would contradict."""
    holders = {
        (kind, key): [i for i, r in enumerate(drawn) if r[kind] == key]
        for kind in range(4)
        for key in {r[kind] for r in drawn if r[kind] is not None}
    }
    child = {i: frozenset([i]) for i in range(len(drawn))}
    ranked = sorted(
        (k for k, of in holders.items() if len(of) > 1),
        key=lambda k: (k[0], len(holders[k]), PREFIXES[k[0]] + str(k[1])),
    )
    for key in ranked:
        together = frozenset().union(*(child[i] for i in holders[key]))
        if not contradicts([drawn[i] for i in together]):
            child |= dict.fromkeys(together, together)
    return frozenset(child.values())


@sweep(12, 80, records)
def test_children_are_what_the_rule_says_and_never_contradict_themselves(
    drawn: list[Record],
) -> None:
    children, components, refused = linked(drawn)
    assert not any(len(c) > 1 and contradicts([drawn[i] for i in c]) for c in children)
    assert children == by_the_rule(drawn)
    sharing = {
        (k, r[k]): {
            next(c for c in children if j in c) for j, s in enumerate(drawn) if s[k] == r[k]
        }
        for r in drawn
        for k in range(4)
        if r[k] is not None
    }
    assert refused == sum(len(of) > 1 for of in sharing.values())
    # Without a contradiction nothing is split.
    for component in components:
        if not contradicts([drawn[i] for i in component]):
            assert component in children


@sweep(20, 60, records)
def test_components_are_connected_components(drawn: list[Record]) -> None:
    _, components, _ = linked(drawn)
    pairs = [
        (i, j)
        for i, j in combinations(range(len(drawn)), 2)
        if any(a is not None and a == b for a, b in zip(drawn[i][:4], drawn[j][:4], strict=True))
    ]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    _, expected = connected_components(
        coo_array(([1] * len(pairs), (rows, columns)), shape=(len(drawn), len(drawn))),
        directed=False,
    )
    assert components == parted([(i, int(c)) for i, c in enumerate(expected)])


@sweep(10, 30, records, st.randoms())
def test_the_order_of_records_does_not_matter(drawn: list[Record], shuffle: random.Random) -> None:
    order = list(range(len(drawn)))
    shuffle.shuffle(order)
    moved, _, _ = linked([drawn[i] for i in order])
    assert frozenset(frozenset(order[i] for i in child) for child in moved) == linked(drawn)[0]


def test_a_chain_is_cut_at_its_weakest_key() -> None:
    """Two children with numbers of their own; a third record hangs on one by name and birth, on the other by name and postcode."""
    drawn: list[Record] = [
        ("1", None, "a", None, 5),
        ("2", None, None, "p", 6),
        (None, None, "a", "p", None),
    ]
    children, components, refused = linked(drawn)
    assert components == {frozenset({0, 1, 2})}
    assert children == {frozenset({0, 2}), frozenset({1})}
    assert refused == 1
