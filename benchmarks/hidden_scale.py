"""Multiple systems estimation: time against statsmodels on the same models in the same run, peak
memory, and what it does where its assumptions hold and where they do not.

    python benchmarks/hidden_scale.py [--runs N]

The bounds are 60 s for five lists with 1,000 resamples, 10 s for four, and 500 MB.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import statsmodels.api as sm

from profiles.statistics.hidden_scale.choice import choose
from profiles.statistics.hidden_scale.estimate import estimate
from profiles.statistics.hidden_scale.histories import Histories, histories
from profiles.statistics.hidden_scale.intervals import profile
from profiles.statistics.hidden_scale.models import (
    design,
    empty_terms,
    fit,
    is_admissible,
    pairwise,
)

TRUE = 1_000
CHANCES = (0.3, 0.25, 0.2, 0.2, 0.15)


def drawn(
    rng: np.random.Generator,
    k: int,
    *,
    odds: float = 1.0,
    visible: float = 0.0,
    missed: float = 0.0,
) -> Histories:
    """A simulated city: the first two lists dependent by an odds ratio, people of unequal
    visibility, links missed.
    """
    seen = rng.normal(0, visible, TRUE)
    logit = [np.log(p / (1 - p)) for p in CHANCES[:k]]
    on = [rng.random(TRUE) < 1 / (1 + np.exp(-(logit[0] + seen)))]
    for i in range(1, k):
        shift = np.log(odds) * on[0] if i == 1 else 0.0
        on.append(rng.random(TRUE) < 1 / (1 + np.exp(-(logit[i] + seen + shift))))
    counts: dict[int, int] = {}
    for person in np.array(on).T:
        lists = [i for i in range(k) if person[i]]
        if len(lists) > 1 and rng.random() < missed:
            # The link of the last record is missed: one person is counted as two.
            counts[1 << lists[-1]] = counts.get(1 << lists[-1], 0) + 1
            lists = lists[:-1]
        mask = sum(1 << i for i in lists)
        if mask:
            counts[mask] = counts.get(mask, 0) + 1
    return histories([f"L{i}" for i in range(k)], counts)


def main() -> None:
    """Print times, the ratio, and the simulations."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=300)
    runs = parser.parse_args().runs
    rng = np.random.default_rng(1)
    for k in (3, 4, 5):
        h = drawn(rng, k)
        start = time.perf_counter()
        found = estimate(h, linkage_error_known=True)
        print(
            f"{k} lists, {2 ** (k * (k - 1) // 2):,} models, 1,000 resamples: "
            f"{time.perf_counter() - start:.1f} s, {found.verdict}"
        )
    models = [m for m in pairwise(5) if is_admissible(5, m, h.counts)]
    start = time.perf_counter()
    for model in models:
        fit(5, model, h.counts)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for model in models:
        x, cells, _ = design(5, model, empty_terms(5, model, h.counts))
        sm.GLM(h.counts[cells], x, family=sm.families.Poisson()).fit()
    theirs = time.perf_counter() - start
    print(
        f"{len(models):,} models one by one: {ours:.2f} s, statsmodels {theirs:.2f} s, ratio "
        f"{theirs / ours:.1f}"
    )
    print(f"peak: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for what, options in (
        ("independent lists", {}),
        ("odds ratio 4 between two lists", {"odds": 4.0}),
        ("people of unequal visibility (log odds vary by 1)", {"visible": 1.0}),
        ("5% of links missed", {"missed": 0.05}),
    ):
        main_effects, chosen, held, told = [], [], 0, 0
        for _ in range(runs):
            h = drawn(rng, 3, **options)  # type: ignore[arg-type]
            base = fit(3, frozenset(), h.counts)
            span = profile(h, base)
            held += span is not None and span[0] <= TRUE <= span[1]
            main_effects.append(base.n_hat / TRUE)
            best = choose(h, 1).chosen
            if best:
                told += 1
                chosen.append(best.n_hat / TRUE)
        print(
            f"{what}, {runs} runs: main effects {np.median(main_effects):.2f} N, their 95% profile "
            f"interval holds N in {held / runs:.0%}; "
            f"a model is chosen in {told / runs:.0%}, at {np.median(chosen):.2f} N"
        )


if __name__ == "__main__":
    main()
