"""Great Expectations' own pages of a judgement (its data docs): rules and counts, no value, and
nothing asked of the network.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

# The library's pages load styles and scripts from the network; without these they are plain tables.
_FROM_ELSEWHERE = re.compile(
    r"<script\b[^>]*\bsrc=[^>]*>\s*</script>|<link\b[^>]*>|<img\b[^>]*>|<script\b[^>]*>.*?</script>|<a\b[^>]*href=\"(?:https?:|\.\./)[^>]*>.*?</a>|<iframe\b.*?</iframe>|<footer\b.*?</footer>|<style\b.*?</style>",
    re.DOTALL | re.IGNORECASE,
)
_STYLE = (
    "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 "
    "auto;padding:1rem}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #b9c2cb;padding:.3rem "
    ".5rem;text-align:left;vertical-align:top}nav,button,input,label,.modal{display:none}</style>"
)
# Its signs are letters of a font that is not there.
_SIGNS = (
    (re.compile(r"<i\b[^>]*text-success[^>]*></i>"), "kept"),
    (re.compile(r"<i\b[^>]*text-(?:danger|warning)[^>]*></i>"), "not kept"),
)
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def page(suite: Any, totals: list[dict[str, Any]], judged_at: dt.datetime) -> str:
    """One table's page from its suite and the counts of all chunks added up. `judged_at` is the
    supply's own moment.
    """
    import great_expectations as gx
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
        RunIdentifier,
    )
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    counted = {(t["rule"], t["column"]): t for t in totals}
    results = []
    for expectation in suite.expectations:
        figure = (expectation.meta["rule"], expectation.meta["column"])
        total = counted.get(figure)
        rows, failed = (total["rows"], total["failed"]) if total else (0, 0)
        percent = 100 * failed / rows if rows else 0.0
        counts: dict[str, Any] = {
            "element_count": rows,
            "unexpected_count": failed,
            "unexpected_percent": percent,
            "partial_unexpected_list": [],
        }
        raised = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
        results.append(
            ExpectationValidationResult(
                success=not failed,
                expectation_config=expectation.configuration,
                result=counts,
                exception_info=raised,
            )
        )
    succeeded = sum(r.success for r in results)
    success_percent = None
    if results:
        success_percent = 100.0 * succeeded / len(results)
    statistics = {
        "evaluated_expectations": len(results),
        "successful_expectations": succeeded,
        "unsuccessful_expectations": len(results) - succeeded,
        "success_percent": success_percent,
    }
    run_id = RunIdentifier(run_name=suite.name, run_time=judged_at.replace(tzinfo=dt.UTC))
    meta = {
        "run_id": run_id,
        "great_expectations_version": gx.__version__,
        "batch_spec": {},
        "active_batch_definition": None,
    }
    result = ExpectationSuiteValidationResult(
        success=succeeded == len(results),
        results=results,
        suite_name=suite.name,
        statistics=statistics,
        meta=meta,
    )
    html = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(result))
    return _alone(str(html))


def _alone(html: str) -> str:
    """The page without anything from elsewhere, and the same bytes each time."""
    numbers: dict[str, str] = {}
    bare = _FROM_ELSEWHERE.sub("", html).replace("</head>", f"{_STYLE}</head>", 1)
    for sign, word in _SIGNS:
        bare = sign.sub(word, bare)
    return _RANDOM_ID.sub(lambda m: numbers.setdefault(m[0], f"part-{len(numbers) + 1}"), bare)
