"""The audit of the samples and of a small city, its effort and peak memory; and the clique tables
against the joint table.

    python benchmarks/audit.py [--draft FOLDER]

The bounds are 90 s for the public edition, 600 s for the partner edition, 60 s for a city of 240
children, 2 GB, and one second for labelling 10,000 figures. The same attack is made on the joint
table that the clique tables replace, in the same run: the verdicts must agree.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from assets.versions.drafts import read_exact
from profiles.disclosure import facts
from profiles.disclosure.audit import DETAILS, Audit, attack, protect
from profiles.disclosure.counts import label_counts
from profiles.disclosure.knowledge import knowledge
from profiles.disclosure.lattice import CliqueTree
from profiles.disclosure.plan import PUBLIC, default_plan
from profiles.disclosure.shares import label_store

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from invented import city, exact_of

PLAN = default_plan()


def report(what: str, audits: dict[str, Audit]) -> None:
    """One line per edition."""
    for name, audit in audits.items():
        effort = ", ".join(f"{n} {k}" for k, n in asdict(audit.effort).items())
        print(
            f"{what}, {name}: {audit.seconds:.1f} s, {audit.figures} facts, {audit.targets} "
            f"targets, {audit.unknowns} unknowns, "
            f"{len(audit.repairs)} repairs, {effort}"
        )


def whole(sizes: dict[str, int], joined: object) -> CliqueTree:
    """The joint table: one clique of all dimensions."""
    del joined
    return CliqueTree((tuple(sorted(sizes)),), ())


def main() -> None:
    """Print times, effort, ratios and the peak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--draft", type=Path, help="A draft's folder; by default the samples are refreshed first."
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        draft = chosen.draft
        if draft is None:
            environment = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")} | {
                "CCE_HOME": folder
            }
            refresh = [sys.executable, "-m", "pipelines", "refresh", "--as-at", "2024-03-01"]
            subprocess.run(refresh, env=environment, check=True, capture_output=True)
            draft = next(Path(folder).glob("drafts/2024-03-01/*"))
        exact = read_exact(draft / "restricted" / "warehouse.duckdb")
    small = exact_of(city(240))
    many = pd.concat(
        [
            small.assign(period_end=f"{y}-{m:02d}-28")
            for y in range(2020, 2024)
            for m in range(1, 13)
        ]
    )
    start = time.perf_counter()
    label_store(label_counts(many, PLAN), PLAN)
    print(f"labels of {len(many):,} figures: {time.perf_counter() - start:.2f} s")
    report("240 children", dict(protect(small, PLAN).audits))
    report("samples", dict(protect(exact, PLAN).audits))
    print(f"peak so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    known = knowledge(label_counts(exact, PLAN), DETAILS[PUBLIC], PLAN)
    by_cliques = attack(known, PLAN.policy.rule, PUBLIC, 600)
    facts.clique_tree = whole  # type: ignore[assignment]
    jointly = attack(known, PLAN.policy.rule, PUBLIC, 3600)
    same = {(f.target, f.low, f.high) for f in by_cliques.failures} == {
        (f.target, f.low, f.high) for f in jointly.failures
    }
    print(
        f"public edition unrepaired, one attack: clique tables {by_cliques.seconds:.1f} s over "
        f"{by_cliques.unknowns} unknowns, joint table "
        f"{jointly.seconds:.1f} s over {jointly.unknowns}: ratio "
        f"{jointly.seconds / by_cliques.seconds:.0f}; same verdicts: {same}"
    )
    print(f"peak: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
