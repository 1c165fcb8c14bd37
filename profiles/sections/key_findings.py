"""What stands out: findings chosen by a rule among one candidate for each question, the rest stay
in their sections.

Each candidate is made from labels alone, and has something to be held against: another group, the
share of all, or a standard. Its weight is how many children would be expected, times how far what
is recorded lies from that (from 0 to 1); halved where records that were not joined could make the
difference by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from profiles.disclosure.labels import UNCLEAR, Label, LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page
from profiles.drawing.words import capital, joined, uncapital
from profiles.sections import equity
from profiles.sections.common import is_below_limits, of, share

TITLE = "What stands out"
SHOWN = 6


@dataclass(frozen=True)
class Finding:
    """A candidate. `section` and `heading` say where its table stands, `sentence` has the number
    and what it is compared with, `meaning` what follows for whom.
    """

    section: str
    heading: str
    sentence: str
    meaning: str
    children: float
    distance: float
    is_clear: bool = True

    @property
    def weight(self) -> float:
        """By what it is ranked."""
        certainty = 1.0 if self.is_clear else 0.5
        return self.children * min(1.0, abs(self.distance)) * certainty


def build(store: LabelStore, page: Page) -> Section:
    """The strongest six, at most one of a section."""
    strongest = sorted(candidates(store, page), key=lambda found: (-found.weight, found.section))
    chosen: dict[str, Finding] = {}
    for found in strongest:
        if found.weight > 0 and len(chosen) < SHOWN:
            chosen.setdefault(found.section, found)
    blocks = []
    for found in chosen.values():
        link = (found.section, found.heading)
        blocks.append(Block(sentences=[found.sentence, found.meaning], link=link))
    if not blocks:
        answer = "No finding can be told from what was supplied."
    else:
        answer = "Chosen by rule: how many children, how far from what would be expected, how sure."
    return Section("key_findings", TITLE, answer, blocks)


def candidates(store: LabelStore, page: Page) -> Iterator[Finding]:
    """Every finding that the labels of an edition can tell, in no order."""
    for question in QUESTIONS:
        yield from question(store, page)


def _stages(store: LabelStore, dimension: str) -> Iterator[Finding]:
    """Who reaches the next stage less, or more, often than the group that all are compared with."""
    reference, them = equity.COMPARED_WITH[dimension]
    for figure, _, reached, before in equity.STAGES:
        for group in store.groups_of(dimension):
            if group.group == reference or not store.has(figure, "ratio", dimension, group.group):
                continue
            ratio = store.get(figure, "ratio", dimension, group.group)
            some = store.get(figure, "count", dimension, group.group)
            if not (ratio.is_shown and ratio.value and some.value) or ratio.note == UNCLEAR:
                continue
            if ratio.value < 1:
                often = "less often than"
                distance = 1 - ratio.value
            else:
                often = "more often than"
                distance = 1 - 1 / ratio.value
            yield Finding(
                dimension,
                equity.heading_of(reached, before, dimension),
                (
                    f"{group.label}: {reached} {often} {them}, {ratio.text} times as often "
                    f"({ratio.interval}) of children {before}."
                ),
                "Those who decide should check whether the same signs lead to the same decision.",
                _number(some) / ratio.value,
                distance,
                not equity.could_be_missed_links(store, figure, ratio, dimension, group),
            )


def _by_sex(store: LabelStore, page: Page) -> Iterator[Finding]:
    yield from _furthest(_stages(store, "sex"))


def _by_ethnic_group(store: LabelStore, page: Page) -> Iterator[Finding]:
    yield from _furthest(_stages(store, "ethnicity"))


def _furthest(found: Iterator[Finding]) -> list[Finding]:
    """Of the stages and groups of one question that which is furthest from being alike."""
    return sorted(found, key=lambda each: (-each.is_clear, -each.distance, each.sentence))[:1]


def _in_both_records(store: LabelStore, page: Page) -> Iterator[Finding]:
    both = share(store, "missing_records", "recorded_by", "both")
    children = store.get("missing_children")
    if both and _are_shown(both, children):
        yield Finding(
            "missing",
            "The Trust's records beside the police's",
            (
                f"{both.text} of missing spells are in the records of both the Trust and the "
                f"police{_of_base(both, 'spells')}."
            ),
            "Whoever asks one agency alone sees a part of what happened to a child.",
            _number(children),
            1 - _part(both),
        )


def _return_interviews(store: LabelStore, page: Page) -> Iterator[Finding]:
    timely = share(store, "return_interviews", "rhi_step", "held within 72 hours")
    children = store.get("missing_children")
    if timely and _are_shown(timely, children):
        yield Finding(
            "missing",
            "Return home interviews",
            (
                f"An interview within 72 hours followed {timely.text} of returns"
                f"{_of_base(timely, 'returns')}."
            ),
            "What a child could have said on coming back was mostly not heard in time."
            if _part(timely) < 0.5
            else "The rest were not heard in time.",
            _number(children),
            1 - _part(timely),
        )


def _absent(store: LabelStore, page: Page) -> Iterator[Finding]:
    """The agency that is absent most often where risk is assessed."""
    at_risk = store.get("at_risk", period_end=page.as_at)
    for group in store.groups_of("absent"):
        absent = share(store, "assessments", "absent", group.group)
        if absent is None or not _are_shown(absent, at_risk):
            continue
        who = uncapital(group.label)
        yield Finding(
            "risk",
            "Who was not in the room",
            f"{absent.text} of assessments were made {who}{_of_base(absent, 'assessments')}.",
            "What that service knows of the child may not have been used to set the level of risk.",
            _number(at_risk),
            _part(absent),
        )


def _both_roles(store: LabelStore, page: Page) -> Iterator[Finding]:
    both = store.get("both_roles")
    never = store.get("both_roles", "count", "hub", "never referred")
    percent = share(store, "both_roles", "hub", "never referred")
    if percent and _are_shown(both, never, percent):
        yield Finding(
            "offences",
            "Both victim and suspect",
            (
                f"{capital(never.about)} of {both.about} children who were both victim and "
                f"suspect of a crime in the 12 months are in no referral to the hub that was "
                f"supplied{of(percent)}."
            ),
            "A child whom the police meet in both roles may be one whom somebody uses.",
            _number(both),
            _part(percent),
        )


def _agencies_that_refer(store: LabelStore, page: Page) -> Iterator[Finding]:
    """An agency that refers fewer of the children whom it sees than agencies do together. Where its
    own number is too small to be shown, the limits tell by themselves that it is too few.
    """
    for group in store.groups_of("agency"):
        if not store.has("agency_referred", "expected", "agency", group.group):
            continue
        seen = store.get("agency_indicated", "count", "agency", group.group)
        sent = store.get("agency_referred", "count", "agency", group.group)
        expected = store.get("agency_referred", "expected", "agency", group.group)
        every = (store.get("agency_indicated"), store.get("agency_referred"))
        if not _are_shown(seen, *every) or sent.status not in ("suppressed", "rounded", "exact"):
            continue
        at_the_share = _number(seen) * _number(every[1]) / _number(every[0])
        if expected.is_shown and "fewer" not in expected.note:
            continue
        if not expected.is_shown and not is_below_limits(seen, sent, every):
            continue
        if expected.is_shown:
            beside = f"about {expected.text} would be expected ({expected.interval})"
        else:
            beside = "clearly more would be expected"
        yield Finding(
            "referrals",
            "Which agencies refer the children whom they see",
            (
                f"{group.label}: {sent.about} of {seen.about} children with an indicator there "
                f"were referred to the hub by them; at the share of all agencies {beside}."
            ),
            "Agencies see different children: a difference is a question, and no verdict.",
            at_the_share,
            1 - _number(sent) / at_the_share,
        )


def _wards(store: LabelStore, page: Page) -> Iterator[Finding]:
    """The ward whose rate lies furthest above the area's, beyond chance."""
    city = _area_rate(store)
    above = {}
    for code in store.area.wards:
        if not store.has("ever_at_risk_48_months", "rate", "ward", code):
            continue
        rate = store.get("ever_at_risk_48_months", "rate", "ward", code)
        count = store.get("ever_at_risk_48_months", "count", "ward", code)
        if _are_shown(rate, count) and city and (rate.lower or 0) > city:
            above[store.area.wards[code].name] = (rate, count)
    for name, (rate, count) in above.items():
        higher = {n: of for n, of in above.items() if _number(of[0]) > _number(rate)}
        others = f" Rates are higher in {joined(sorted(higher))}" if higher else ""
        if others and all(_number(of[1]) < _number(count) for of in higher.values()):
            others += ", of fewer children"
        others += "." if others else ""
        yield Finding(
            "place",
            "Where they lived, over four years",
            (
                f"{name}: {rate.text} of every 10,000 residents aged 10–17 were at risk at "
                f"some time in 48 months ({rate.interval}), {count.about} children."
            ),
            (
                f"That is clearly above {store.area.name} as a whole.{others} This is no ranking "
                "of danger."
            ),
            _number(count),
            1 - city / _number(rate),
        )


def _area_rate(store: LabelStore) -> float:
    """The rate of all wards together, from the labels of wards: children over residents."""
    children = residents = 0.0
    for code in store.area.wards:
        if not store.has("ever_at_risk_48_months", "rate", "ward", code):
            continue
        rate = store.get("ever_at_risk_48_months", "rate", "ward", code)
        count = store.get("ever_at_risk_48_months", "count", "ward", code)
        if _are_shown(rate, count) and rate.value:
            children += _number(count)
            residents += _number(count) / rate.value
    return children / residents if residents else 0.0


def _are_shown(*labels: Label) -> bool:
    return all(label.is_shown and label.value is not None for label in labels)


def _number(label: Label) -> float:
    """What a label tells at most: “fewer than 8” is 7 or less."""
    if label.below:
        return label.below - 1
    return label.value or 0


def _part(percent: Label) -> float:
    return (percent.value or 0) / 100


def _of_base(percent: Label, what: str) -> str:
    """“ (of 1,980 spells)”; blank where the denominator is a range."""
    if " to " in percent.denominator or not percent.denominator:
        return ""
    return f" (of {percent.denominator} {what})"


QUESTIONS: tuple[Callable[[LabelStore, Page], Iterator[Finding]], ...] = (
    _by_sex,
    _by_ethnic_group,
    _in_both_records,
    _return_interviews,
    _absent,
    _both_roles,
    _agencies_that_refer,
    _wards,
)
