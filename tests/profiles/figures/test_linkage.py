"""Linkage error rates: by hand, and against a population whose truth is known."""

from __future__ import annotations

import random

import pytest

from profiles.figures.linkage import FEWEST_ANSWERS, Stratum, from_answers, from_disagreement

ERRORS = {
    "name and birth joins two children": (900, 9),
    "name and postcode joins two children": (100, 1),
    "name and birth misses a child": (1000, 50),
    "name and postcode misses a child": (1000, 80),
    "both name keys miss a child": (1000, 40),
    "linked by names alone": (5000, 2500),
    "a contradiction parts an equal number": (500, 10),
}


def test_rates_from_disagreement_by_hand() -> None:
    """Half of the pairs rest on names, of which 10 in 1,000 are wrong; names miss 40 in 1,000; 10 in 500 are parted by a contradiction."""
    rates = from_disagreement(ERRORS)
    assert rates is not None
    assert rates.false_links == pytest.approx(0.005)
    assert rates.missed_links == pytest.approx(1 - 5000 / (2500 / (0.96 * 0.98) + 2500 / 0.98))
    assert rates.words() == "missed 2% to 5%, wrong under 1% (from disagreement alone, not checked)"


@pytest.mark.parametrize(
    "error",
    [
        "both name keys miss a child",
        "linked by names alone",
        "a contradiction parts an equal number",
    ],
)
def test_nothing_to_see_is_no_rate(error: str) -> None:
    assert from_disagreement(ERRORS | {error: (0, 0)}) is None


def test_everything_missed_is_no_infinite_number() -> None:
    rates = from_disagreement(ERRORS | {"both name keys miss a child": (10, 10)})
    assert rates is not None
    assert rates.missed_links == 1


def test_answers_are_weighted_by_the_size_of_their_stratum() -> None:
    rates = from_answers(
        [
            Stratum(True, 9000, 50, 50),
            Stratum(True, 1000, 50, 45),
            Stratum(False, 500, 100, 20),
            Stratum(False, 7, 0, 0),
        ]
    )
    assert rates is not None
    assert rates.false_links == pytest.approx(0.01)
    assert rates.missed_links == pytest.approx(100 / (100 + 9900))
    assert rates.is_checked


def test_too_few_answers_measure_nothing() -> None:
    few = FEWEST_ANSWERS - 1
    assert from_answers([Stratum(True, 1000, few, few), Stratum(False, 100, 100, 0)]) is None
    assert from_answers([Stratum(True, 1000, 100, 100), Stratum(False, 100, few, 0)]) is None


def test_the_sample_finds_the_rates_of_a_known_population() -> None:
    """Without bias: the mean over many samples is the truth."""
    rng = random.Random(3)
    truth = {(True, 4000): 0.99, (True, 1000): 0.9, (False, 2000): 0.1}
    drawn = []
    for _ in range(400):
        strata = [
            Stratum(k[0], k[1], 100, sum(rng.random() < p for _ in range(100)))
            for k, p in truth.items()
        ]
        rates = from_answers(strata)
        assert rates is not None
        drawn.append((rates.false_links, rates.missed_links))
    right = 4000 * 0.99 + 1000 * 0.9
    assert sum(f for f, _ in drawn) / 400 == pytest.approx(1 - right / 5000, abs=0.002)
    assert sum(m for _, m in drawn) / 400 == pytest.approx(200 / (200 + right), abs=0.002)
