"""What renders cannot be handed exact figures: a type checker refuses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SNIPPET = """
import pandas as pd
from profiles.disclosure.counts import Counts
from profiles.disclosure.labels import LabelStore
from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Page
from profiles.report.render import render

def draw(labels: LabelStore, exact: pd.DataFrame, counts: Counts, page: Page) -> None:
    render(labels, page, EDITIONS[0])
    render({argument}, page, EDITIONS[0])
"""


def _mypy(argument: str, tmp_path: Path) -> str:
    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET.format(argument=argument))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        str(ROOT / "pyproject.toml"),
        "--cache-dir",
        str(tmp_path / "cache"),
        "--follow-imports=silent",
        str(path),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.long
def test_labels_are_taken_and_exact_figures_are_not(tmp_path: Path) -> None:
    assert "Success" in _mypy("labels", tmp_path)
    assert 'incompatible type "DataFrame"; expected "LabelStore"' in _mypy("exact", tmp_path)
    assert 'incompatible type "Counts"; expected "LabelStore"' in _mypy("counts", tmp_path)
