"""Clusters of wards and of small areas: how often a city without any is told to have some, whether
a planted one is found, and how long they take beside 999 permutations.

python benchmarks/place.py [--simulations 200]
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings

import numpy as np
import pandas as pd

from profiles.areas import default_area
from profiles.figures.denominators import COLUMNS, read_table
from profiles.figures.verdicts import rate_deviates
from profiles.statistics.hotspots import (
    FALSE_DISCOVERIES,
    HIGH,
    LSOA_PERMUTATIONS,
    NONE,
    WARD_PERMUTATIONS,
    clusters,
    gi_star,
)
from profiles.statistics.small_areas import by_deprivation, empirical_bayes

warnings.simplefilter("ignore")
CENTRE = "E05011155"

AREA = default_area()


def pairs(name: str, one: str, other: str) -> list[tuple[str, str]]:
    """Neighbours of a reference table."""
    lines = AREA.table(name).read_text("utf-8").splitlines()
    at = [lines[0].split(",").index(c) for c in (one, other)]
    return [(cells[at[0]], cells[at[1]]) for cells in (line.split(",") for line in lines[1:])]


def residents() -> dict[str, int]:
    """Residents aged 10–17 by ward."""
    table = read_table(AREA.table("ref_population"), COLUMNS)
    return {
        r.area_code: int(r.persons)
        for r in table.itertuples()
        if str(r.area_code).startswith("E05")
    }


def deviates(counts: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Rates as the profile tests them for clusters."""
    return np.asarray(rate_deviates(pd.DataFrame({"ever_at_risk": counts, "residents": n})))


def main() -> None:
    """Print the shares, the times and the ratios."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--simulations", type=int, default=200)
    times = arguments.parse_args().simulations
    codes, borders, people = (
        sorted(AREA.wards),
        pairs("ref_ward_neighbours", "ward_code", "neighbour_code"),
        residents(),
    )
    n = np.array([people[c] for c in codes])
    near = {
        CENTRE,
        *(b for a, b in borders if a == CENTRE),
        *(a for a, b in borders if b == CENTRE),
    }
    planted = np.array([c in near for c in codes])
    rng = np.random.default_rng(7)
    told = {"rates": 0, "numbers": 0, "few": 0}
    found, right, named = 0, 0, 0
    for _ in range(times):
        # A false-discovery share is 1 where any ward of a city without clusters is named, 0 where
        # none is.
        drawn = {
            "rates": deviates(rng.poisson(n * 0.01), n),
            "numbers": rng.poisson(30, 69),
            "few": rng.poisson(0.5, 69),
        }
        for what, values in drawn.items():
            told[what] += set(clusters(values, codes, borders, WARD_PERMUTATIONS)) != {NONE}
        said = clusters(
            deviates(rng.poisson(n * 0.01 * np.where(planted, 3, 1)), n),
            codes,
            borders,
            WARD_PERMUTATIONS,
        )
        high = {c for c, words in zip(codes, said, strict=True) if words == HIGH}
        found += CENTRE in high
        named += len(high)
        right += len(high & near)
    print(
        f"{times} uniform cities; share in which any ward is named (nominal "
        f"{FALSE_DISCOVERIES:.0%}):"
    )
    for what, count in told.items():
        print(f"  {what}: {count / times:.1%}")
    print(
        "planted cluster, three times the rate in a ward and its neighbours: middle found in "
        f"{found / times:.0%}"
    )
    print(
        f"  wards named: {named / times:.1f} a city, {right / max(named, 1):.0%} of them within "
        "the cluster"
    )

    values = deviates(rng.poisson(n * 0.01), n)
    reference = _timed(lambda: gi_star(values, codes, borders, 999))
    three = _timed(lambda: [clusters(values, codes, borders, WARD_PERMUTATIONS) for _ in range(3)])
    rest = _timed(
        lambda: (
            empirical_bayes(rng.poisson(n * 0.01), n),
            by_deprivation(rng.poisson(n * 0.01), n, np.linspace(5, 60, 69)),
        )
    )
    print(f"wards, 999 permutations: {reference:.2f} s")
    print(
        f"wards, three kinds with {WARD_PERMUTATIONS:,}, smoothing and deprivation: "
        f"{three + rest:.2f} s, ratio {(three + rest) / reference:.1f}"
    )
    small = pairs("ref_lsoa_neighbours", "lsoa_code", "neighbour_code")
    areas = sorted({a for pair in small for a in pair})
    counts = rng.poisson(2.0, len(areas))
    base = _timed(lambda: gi_star(counts, areas, small, 999))
    all_of = _timed(lambda: clusters(counts, areas, small, LSOA_PERMUTATIONS))
    print(
        f"{len(areas)} small areas, 999 permutations: {base:.2f} s; {LSOA_PERMUTATIONS:,}: "
        f"{all_of:.1f} s, ratio {all_of / base:.1f}"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _timed(do: object) -> float:
    start = time.perf_counter()
    do()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
