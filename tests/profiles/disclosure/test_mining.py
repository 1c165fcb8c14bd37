"""What always holds among published counts is known to the attacker: relations mined from invented worlds follow from the register."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import worlds
import yaml
from mining import Implied, Mined, Triple, counts_by_child, published_refs

from profiles.disclosure.counts import parts_of

WORLDS = 60
HERE = Path(__file__).parent


@pytest.mark.long
def test_what_holds_in_every_world_follows_from_the_register_or_is_chance_with_a_reason() -> None:
    implied = Implied(published_refs(worlds.AS_AT))
    refs = tuple(sorted(implied.refs))
    counts = []
    for seed in range(WORLDS):
        con, _ = worlds.world(seed)
        counts.append(counts_by_child(con, refs))
        con.close()
    mined = Mined(refs, np.unique(np.concatenate(counts), axis=0))
    pairs = mined.never_more()
    triples = mined.never_more_together(pairs)
    # The worlds are rich enough to tell: most of what the register says is found again.
    assert len(pairs) > 1500
    assert len(triples) > 1500
    unexplained = [f"{_figure(a)} <= {_figure(b)}" for a, b in implied.not_implied(pairs)]
    unexplained += [_together(found) for found in implied.not_implied_together(triples)]
    chance = yaml.safe_load((HERE / "chance.yml").read_text("utf-8"))
    assert sorted(set(unexplained) - chance.keys()) == []


def _figure(ref: str) -> str:
    return parts_of(ref)[0]


def _together(found: Triple) -> str:
    first, second = sorted(map(_figure, found[:2]))
    whole = _figure(found[2])
    return f"{first} + {second} <= {whole}"
