"""Linkage against an oracle: connected components by scipy."""

from __future__ import annotations

from itertools import combinations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from assets.models import folder_models
from assets.warehouse import run_model

KEYS = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode")
LINKS = next(m for m in folder_models("joined") if m.name == "core_links")
records = st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 8)) for _ in KEYS]), min_size=1, max_size=25)


@settings(max_examples=60)
@given(records)
def test_links_are_connected_components(drawn: list[tuple[int | None, ...]]) -> None:
    with duckdb.connect() as con:
        con.execute("create table core_source_people (source_person_id bigint, agency varchar, supplier varchar, person_ref varchar, "
                    "key_nhs varchar, key_upn varchar, key_name_dob varchar, key_name_postcode varchar)")  # fmt: skip
        con.executemany(
            "insert into core_source_people values (?, 'trust', 'trust', ?, ?, ?, ?, ?)",
            [[i, f"T{i}", *row] for i, row in enumerate(drawn, 1)],
        )
        run_model(con, LINKS.name, LINKS.sql)
        found = dict(con.execute("select source_person_id, person_id from core_links").fetchall())
    pairs = [
        (i, j)
        for i, j in combinations(range(len(drawn)), 2)
        if any(a is not None and a == b for a, b in zip(drawn[i], drawn[j], strict=True))
    ]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    _, expected = connected_components(
        coo_array(([1] * len(pairs), (rows, columns)), shape=(len(drawn), len(drawn))), directed=False
    )
    same = {(i, j) for i, j in combinations(range(len(drawn)), 2) if expected[i] == expected[j]}
    assert {(i, j) for i, j in combinations(range(len(drawn)), 2) if found[i + 1] == found[j + 1]} == same
    # The child's number is that of its first record, so it does not depend on the order of work.
    assert all(found[found[i]] == found[i] <= i for i in found)
