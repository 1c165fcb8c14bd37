"""Properties that are tried on few examples each time and on many in the long tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy


def sweep(
    few: int, many: int, *strategies: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Hypothesis's `given`, with `few` examples in `make test` and `many` in `make test-long`."""

    def parametrised(check: Callable[..., None]) -> Callable[[int], None]:
        tried = {n: settings(max_examples=n)(given(*strategies)(check)) for n in (few, many)}

        @pytest.mark.parametrize("examples", [few, pytest.param(many, marks=pytest.mark.long)])
        def test(examples: int) -> None:
            tried[examples]()

        test.__doc__ = check.__doc__
        return test

    return parametrised
