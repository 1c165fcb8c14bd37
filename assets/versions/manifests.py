"""The manifests of published versions: what each is made of, when and by whom. No Dagster here."""

from __future__ import annotations

import json
from typing import Any

from assets.store.folder import DataFolder


def versions(data: DataFolder) -> list[dict[str, Any]]:
    """The manifests of all published versions, newest publication first."""
    manifests = [json.loads(p.read_text("utf-8")) for p in data.profiles.glob("*/v*/manifest.json")]
    return sorted(manifests, key=lambda m: (m["clock"]["published_at"], m["version"]), reverse=True)
