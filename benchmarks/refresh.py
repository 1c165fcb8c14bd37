"""A whole refresh of the samples against the bare imports of its libraries, in the same run: ratio
and peak memory.

    python benchmarks/refresh.py [--scale N] [--runs N]

The bound is 6 times the imports with validation cached, 10 times without, and under 1 GB, at scale
1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMPORTS = [sys.executable, "-c", "import dagster, duckdb, pandas, plotly, great_expectations"]
REFRESH = [sys.executable, "-m", "pipelines", "refresh", "--as-at", "2024-03-01"]


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of a command, by the operating system's account of the
    finished process.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(process.stderr.read().decode() if process.stderr else "failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main() -> None:
    """Print medians, ratios and peaks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")} | {
            "CCE_HOME": str(home)
        }
        if chosen.scale > 1:
            samples = Path(folder) / "samples"
            made, peak = measured(
                [
                    sys.executable,
                    "-m",
                    "pipelines",
                    "sample",
                    "--scale",
                    str(chosen.scale),
                    "--out",
                    str(samples),
                ],
                environment,
            )
            print(f"making samples of scale {chosen.scale}: {made:.1f} s, peak {peak:.0f} MB")
            environment["CCE_INBOX"] = str(samples)
        rows: dict[str, list[tuple[float, float]]] = {
            "imports": [],
            "without cache": [],
            "with cache": [],
        }
        for _ in range(chosen.runs):
            rows["imports"].append(measured(IMPORTS, environment))
            shutil.rmtree(home, ignore_errors=True)
            rows["without cache"].append(measured(REFRESH, environment))
            shutil.rmtree(home / "drafts")
            rows["with cache"].append(measured(REFRESH, environment))
    base = statistics.median(seconds for seconds, _ in rows["imports"])
    for name, runs in rows.items():
        seconds = statistics.median(s for s, _ in runs)
        print(
            f"{name:>14}: {seconds:6.1f} s, {seconds / base:4.1f} times the imports, peak "
            f"{max(m for _, m in runs):.0f} MB"
        )


if __name__ == "__main__":
    main()
