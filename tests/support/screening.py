"""Values that look like identifiers, drawn, and the screen run over them."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

from expectations.contract import contracts
from expectations.screen.screen import screen_file
from expectations.screen.tally import Found

TODAY = dt.date(2024, 4, 5)


DRAW = random.Random(7)


def nhs(rng: random.Random, test: bool = False) -> str:
    while True:
        nine = ("999" if test else f"{rng.randrange(400, 800)}") + f"{rng.randrange(10**6):06d}"
        check = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return nine + str(check % 11)


def upn(rng: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    rest = f"330{rng.randrange(10**9):09d}"
    return letters[sum(p * int(d) for p, d in enumerate(rest, 2)) % 23] + rest


def screened(
    tmp_path: Path, columns: dict[str, list[str]], contract: str | None = None
) -> list[Found]:
    path = tmp_path / "file.csv"
    with path.open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(columns)
        out.writerows(zip(*columns.values(), strict=True))
    return screen_file(path, contracts()[contract] if contract else None, extracted_on=TODAY)


def many(make: Callable[[random.Random], str], n: int = 30) -> list[str]:
    rng = random.Random(1)
    return [make(rng) for _ in range(n)]
