"""The product's own area, register and plan, and its plan under other settings of the rule."""

from __future__ import annotations

import dataclasses

from profiles.disclosure.plan import Plan, default_plan, plan_of
from profiles.disclosure.rule import Rule

# Invented children are not those of whom the council published numbers.
PLAN = dataclasses.replace(default_plan(), published=())
REGISTER = PLAN.register
AREA = REGISTER.area
WARDS = AREA.wards


def under(rule: Rule) -> Plan:
    """The plan with other settings of the rule."""
    plan = plan_of(REGISTER, dataclasses.replace(PLAN.policy, rule=rule))
    return dataclasses.replace(plan, published=())
