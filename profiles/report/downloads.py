"""What a reader can take away beside a report."""

from __future__ import annotations

import io

from profiles.disclosure.labels import LabelStore


def figures_csv(labels: LabelStore) -> str:
    """The download beside a report."""
    out = io.StringIO()
    labels.as_table().to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()
