"""From capture histories to a verdict: refuse, a range, or an estimate with its interval, and the
words for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from profiles.statistics.hidden_scale import diagnostics
from profiles.statistics.hidden_scale.choice import (
    EVERY_PAIRWISE,
    WITHIN,
    Choice,
    chao,
    choose,
    home_office,
    stepwise,
)
from profiles.statistics.hidden_scale.histories import Histories
from profiles.statistics.hidden_scale.intervals import (
    RESAMPLES,
    Bootstrap,
    Range,
    bootstrap,
    profile,
    shown,
    within,
)
from profiles.statistics.hidden_scale.models import Fit, fit, is_admissible

SEED = 20240301
REFUSE, RANGE, ESTIMATE = "refuse", "range", "estimate"
# The within-list check says something of the method only where it could be made twice.
LEAST_CHECKS = 2


@dataclass(frozen=True)
class Thresholds:
    """The lines between refusing, a range and an estimate; those of our own are printed in the
    report.
    """

    lists: int = 3
    overlap_refuse: int = 10
    overlap_range: int = 30
    spread_refuse: float = 3.0
    spread_range: float = 1.5
    stepwise_range: float = 1.5
    profile_refuse: float = 5.0
    profile_range: float = 3.0
    hidden_refuse: float = 10.0
    failed_refuse: float = 0.05
    months: int = 12

    def words(self) -> list[str]:
        """For the report's methods."""
        return [
            f"Refused: under {self.lists} lists; under {self.overlap_refuse} children on two or "
            "more; no model that has an estimate, fits and has cells to spare; models within "
            f"{WITHIN:.0f} BIC of the best more than {self.spread_refuse:g} times apart; the "
            f"model's own 95% interval more than {self.profile_refuse:g} times as high as low; "
            "more than "
            f"{self.hidden_refuse:g} hidden for each one known; over {self.failed_refuse:.0%} of "
            f"{RESAMPLES:,} resamples without an estimate; a period over {self.months} months.",
            f"A range only: under {self.overlap_range} children on two or more lists; models "
            f"within {WITHIN:.0f} BIC more than {self.spread_range:g} times apart; another way of "
            "choosing the model "
            f"more than {self.stepwise_range:g} times away; the model's own interval "
            f"{self.profile_range:g} times as high as low or more; and always until the agencies "
            "have checked a sample of the links.",
        ]


@dataclass(frozen=True)
class Result:
    """Everything that is said of one table. Numbers are None where there is none; nothing is
    infinite.
    """

    histories: Histories
    verdict: str
    reasons: tuple[str, ...]
    choice: Choice | None = None
    bootstrap: Bootstrap | None = None
    profile: Range | None = None
    shown: Range | None = None
    alternatives: dict[str, Any] = field(default_factory=dict)
    diagnostics: dict[str, Any] = field(default_factory=dict)
    seed: int = SEED

    @property
    def words(self) -> str:
        """The fixed words of the verdict, two significant figures, never a bare point."""
        known = self.histories.known
        if (
            self.verdict == REFUSE
            or self.shown is None
            or self.choice is None
            or self.choice.chosen is None
        ):
            return (
                f"The lists hold {known:,} children. They do not allow a defensible estimate of "
                "how many more there are, because "
                f"{'; '.join(self.reasons)}. This does not mean there are no more: {known:,} is a "
                "minimum."
            )
        low = max(known, two_figures(self.shown[0]))
        high = max(known, two_figures(self.shown[1]))
        if self.verdict == RANGE:
            return (
                f"Between about {low:,} and {high:,}, known children included. It is a range "
                f"because {'; '.join(self.reasons)}."
            )
        point = max(known, two_figures(self.choice.chosen.n_hat))
        return (
            f"About {point:,} ({low:,} to {high:,}), of whom {known:,} are known. This rests on "
            "assumptions that the data cannot test. "
            "Where agencies refer children to one another, or some children are rarely visible to "
            "any service, the true number is larger."
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        bootstrap_interval = _pair(self.bootstrap.at_95 if self.bootstrap else None)
        bootstrap_interval_80 = _pair(self.bootstrap.at_80 if self.bootstrap else None)
        bootstrap_failed = None
        if self.bootstrap:
            bootstrap_failed = self.bootstrap.failed
        models = []
        for model in self.choice.models if self.choice else ():
            models.append({"terms": self._terms(model), "n_hat": model.n_hat, "bic": model.bic})
        return {
            "known": self.histories.known,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "words": self.words,
            "chosen": self._chosen_as_dict(),
            "profile_interval": _pair(self.profile),
            "bootstrap_interval": bootstrap_interval,
            "bootstrap_interval_80": bootstrap_interval_80,
            "bootstrap_failed": bootstrap_failed,
            "shown_interval": _pair(self.shown),
            "alternatives": self.alternatives,
            "models": models,
            "diagnostics": self.diagnostics,
            "seed": self.seed,
        }

    def _chosen_as_dict(self) -> dict[str, Any] | None:
        if self.choice is None or self.choice.chosen is None:
            return None
        chosen = self.choice.chosen
        return {
            "terms": self._terms(chosen),
            "n_hat": chosen.n_hat,
            "aic": chosen.aic,
            "bic": chosen.bic,
            "df": chosen.df,
            "fit_p": self.choice.fit_p,
        }

    def _terms(self, model: Fit) -> list[str]:
        return [self.histories.name(term) for term in sorted(model.terms)]


def two_figures(x: float) -> int:
    """Rounded to two significant figures."""
    return int(float(f"{x:.2g}"))


def _pair(of: Range | None) -> list[float] | None:
    if of is None:
        return None
    return [of[0], of[1]]


def estimate(
    h: Histories,
    *,
    linkage_error_known: bool = False,
    months: int = 12,
    seed: int = SEED,
    resamples: int = RESAMPLES,
    rules: Thresholds = Thresholds(),
) -> Result:
    """The whole procedure. `linkage_error_known`: a clerical sample was done; without one there is
    never a point.
    """
    early = _refusals_before(h, months, rules)
    diagnosed = {"overlaps": diagnostics.overlaps(h)}
    if early:
        return Result(h, REFUSE, tuple(early), diagnostics=diagnosed, seed=seed)
    choice = choose(h, seed)
    alternatives = _alternatives(h, choice)
    if choice.chosen is None:
        return Result(
            histories=h,
            verdict=REFUSE,
            reasons=(choice.refusal,),
            choice=choice,
            alternatives=alternatives,
            diagnostics=diagnosed,
            seed=seed,
        )
    resampled = bootstrap(h, choice, seed, resamples)
    span = profile(h, choice.chosen)
    near = within(choice)
    checks = diagnostics.within_lists(h, seed)
    diagnosed |= {"other_lists": diagnostics.other_lists(h), "within_lists": checks}
    diagnosed |= {"sensitivity": diagnostics.sensitivity(h, choice.chosen)}
    reasons = Reasons()
    if near is None:
        reasons.refuse.append("no model has an estimate")
    else:
        reasons += _model_reasons(h, choice.chosen, span, near, rules)
        reasons += _list_reasons(
            h, choice.chosen, resampled.failed, alternatives["stepwise_p02"], checks, rules
        )
    if not linkage_error_known:
        reasons.range_only.append("the agencies have not checked a sample of the links")
    return Result(
        histories=h,
        verdict=reasons.verdict,
        reasons=tuple(reasons.refuse or reasons.range_only),
        choice=choice,
        bootstrap=resampled,
        profile=span,
        shown=shown(resampled, near),
        alternatives=alternatives,
        diagnostics=diagnosed,
        seed=seed,
    )


@dataclass
class Reasons:
    """Why there is no number, and why there is no more than a range. One reason to refuse is
    enough, whatever else holds.
    """

    refuse: list[str] = field(default_factory=list)
    range_only: list[str] = field(default_factory=list)

    def __iadd__(self, other: Reasons) -> Reasons:
        self.refuse += other.refuse
        self.range_only += other.range_only
        return self

    @property
    def verdict(self) -> str:
        """The worst row of the method's table that applies."""
        if self.refuse:
            return REFUSE
        if self.range_only:
            return RANGE
        return ESTIMATE


def _refusals_before(h: Histories, months: int, rules: Thresholds) -> list[str]:
    reasons = []
    if h.k < rules.lists:
        reasons.append(f"there are fewer than {rules.lists} lists")
    if h.counts[-1] == h.known and h.k > 1:
        reasons.append("everybody known is on every list")
    if h.on(2) < rules.overlap_refuse:
        reasons.append(f"fewer than {rules.overlap_refuse} are on two or more lists")
    if months > rules.months:
        reasons.append(f"the period is longer than {rules.months} months")
    return reasons


def _alternatives(h: Histories, choice: Choice) -> dict[str, Any]:
    main = None
    if is_admissible(h.k, frozenset(), h.counts):
        main = fit(h.k, frozenset(), h.counts).n_hat
    steps = stepwise(h)
    office = home_office(h)
    return {
        "main_effects": main,
        "stepwise_p02": steps.n_hat if steps else None,
        "home_office": office.n_hat if office else None,
        "chao_lower": chao(h),
        "within_6_bic": _pair(within(choice)),
    }


def _model_reasons(
    h: Histories, chosen: Fit, span: Range | None, near: Range, rules: Thresholds
) -> Reasons:
    """What the chosen model and its rivals say, by the table of the method."""
    reasons = Reasons()
    if chosen.df < 1:
        reasons.refuse.append("the chosen model has as many parameters as there are cells")
    spread = near[1] / near[0]
    if spread > rules.spread_refuse:
        reasons.refuse.append("models that fit about equally well are too far apart")
    elif spread > rules.spread_range:
        reasons.range_only.append("models that fit about equally well are some way apart")
    # A profile interval that does not close is as wide as can be.
    width = float("inf")
    if span is not None:
        width = span[1] / span[0]
    if width > rules.profile_refuse:
        reasons.refuse.append("the interval of the chosen model is too wide")
    elif width >= rules.profile_range:
        reasons.range_only.append("the interval of the chosen model is wide")
    hidden = chosen.n_hat - h.known
    if hidden > rules.hidden_refuse * h.known:
        reasons.refuse.append(
            f"more than {rules.hidden_refuse:.0f} hidden for each one known cannot be told from "
            "these lists"
        )
    return reasons


def _list_reasons(
    h: Histories,
    chosen: Fit,
    failed: float,
    other_choice: float | None,
    checks: dict[str, dict[str, float | bool]],
    rules: Thresholds,
) -> Reasons:
    """What the lists themselves say. `failed` is the share of resamples without an estimate,
    `other_choice` the N of the model that stepwise choice takes.
    """
    reasons = Reasons()
    if failed > rules.failed_refuse:
        reasons.refuse.append("too many resamples of the lists give no estimate")
    if h.on(2) < rules.overlap_range:
        reasons.range_only.append(f"fewer than {rules.overlap_range} are on two or more lists")
    if other_choice and h.k <= EVERY_PAIRWISE:
        apart = max(chosen.n_hat / other_choice, other_choice / chosen.n_hat)
        if apart > rules.stepwise_range:
            reasons.range_only.append("two ways of choosing a model disagree")
    holding = sum(bool(check["holds"]) for check in checks.values())
    if len(checks) >= LEAST_CHECKS and 2 * holding < len(checks):
        reasons.range_only.append("the method does not find the known size of most lists")
    return reasons
