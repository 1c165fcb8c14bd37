"""Invented worlds drawn from the contracts alone: small, lopsided and full of gaps, so that what holds in all of them holds by
definition and not by how children usually are.

In each world some agencies and tables are absent, some columns are blank, and the odds of codes are lopsided: in one nearly every
suspect is arrested, in another nobody is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from planned import PLAN, WARDS

from assets.store.counting import count
from assets.store.sql_models import folder_models, staging_models
from assets.store.warehouse import load_reference, run_model, set_as_at
from expectations.contract import Column, Contract, agencies, contracts, contracts_of
from profiles.figures.counted import Counted

AS_AT = dt.date(2024, 3, 1)
FIRST, LAST = dt.date(2019, 1, 1), dt.date(2024, 6, 1)
# Every code that has a group or a weight of harm, and one that has neither.
REFERENCE = Path(__file__).parents[2] / "profiles" / "figures" / "reference"
OFFENCES = tuple(
    sorted(
        {
            code
            for name in ("ref_offence_groups", "ref_harm_weights")
            for code in pd.read_csv(REFERENCE / f"{name}.csv", dtype=str)["offence_code"]
        }
        | {"999"}
    )
)
TERMS = ("2023-24-autumn", "2022-23-summer", "2022-23-autumn", "2023-24-spring")
# Wards of the area, of another, one that was redrawn, and none.
WARD_CODES = (*list(WARDS)[:4], "E05001264", "E05001180", "")
DATED = ("date", "timestamp", "moment")


class _World:
    """Draws one world; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.children = int(self.rng.choice([12, 40, 100, 150]))
        n = self.children
        self.birth = [
            dt.date(int(y), int(m), 1)
            for y, m in zip(self._years(n), self.rng.integers(1, 13, n), strict=True)
        ]
        self.sex = self._codes(["M", "F", "X", "U"], n)
        self.ward = self._codes(list(WARD_CODES), n)
        self.people: dict[str, list[int]] = {}
        self.keys: dict[str, list[str]] = {}
        self.referred: dict[str, pd.Timestamp] = {}

    def _years(self, n: int) -> np.ndarray:
        about = int(self.rng.integers(2005, 2014))
        return np.clip(self.rng.normal(about, 2, n).round(), 2004, 2018)

    def _codes(self, codes: list[str], n: int) -> list[str]:
        """Codes at lopsided odds: few of them take nearly all."""
        odds = self.rng.dirichlet(np.full(len(codes), self.rng.choice([0.15, 0.6, 3.0])))
        return [str(c) for c in self.rng.choice(codes, n, p=odds)]

    def _drawn(self, of: list[int], n: int) -> list[int]:
        """Some of them, in some worlds a few of them again and again."""
        odds = self.rng.dirichlet(np.full(len(of), self.rng.choice([0.1, 1.0, 50.0])))
        return [int(i) for i in self.rng.choice(of, n, p=odds)]

    def _is_there(self, odds: float) -> bool:
        return bool(self.rng.random() < odds)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the world, as text."""
        found = {}
        for agency in agencies():
            is_present = self._is_there(0.85)
            known = [
                i
                for i in range(self.children)
                if self.rng.random() < self.rng.choice([0.4, 0.8, 1.0])
            ]
            self.people[agency] = known if is_present else []
            for table, contract in contracts_of(agency).items():
                has_rows = is_present and (table == "people" or self._is_there(0.85))
                found[contract.name] = (
                    self._people(contract) if table == "people" else self._table(contract, has_rows)
                )
        return found

    def _people(self, contract: Contract) -> pd.DataFrame:
        known = self.people[contract.agency]
        letter = agencies()[contract.agency].prefix
        blank = {
            c: self.rng.choice([0.0, 0.2, 0.9]) for c in ("birth_month", "ethnicity", "ward_code")
        }

        def kept(column: str, value: str) -> str:
            return "" if self.rng.random() < blank[column] else value

        ethnicity = contract.column("ethnicity")
        codes = self._codes(sorted(ethnicity.codes), len(known)) if ethnicity else []
        rows = [
            {
                "person_ref": f"{letter}{i}",
                "key_upn": f"child {i}",
                "birth_month": kept("birth_month", f"{self.birth[i]:%Y-%m}"),
                "sex": self.sex[i],
                "ethnicity": kept("ethnicity", code),
                "ward_code": kept("ward_code", self.ward[i]),
            }
            for i, code in zip(known, codes, strict=True)
        ]
        return pd.DataFrame(rows, columns=[c.name for c in contract.columns]).fillna("")

    def _table(self, contract: Contract, has_rows: bool) -> pd.DataFrame:
        known = self.people[contract.agency]
        n = (
            int(self.rng.poisson(len(known) * self.rng.choice([0.5, 2.0, 5.0])))
            if has_rows and known
            else 0
        )
        dates = iter(self._dates(contract, n))
        columns = {}
        for column in contract.columns:
            if column.name == "recorded_date":
                columns[column.name] = [""] * n
            elif column.kind in DATED:
                columns[column.name] = self._blanked(column, self._written(column, next(dates)))
            else:
                columns[column.name] = self._blanked(column, self._values(contract, column, n))
        return self._mended(contract, pd.DataFrame(columns))

    def _mended(self, contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows that would seldom keep the rules of their table by chance are made to."""
        n = len(frame)
        if contract.name == "trust__hub_episodes":
            # Enough children at risk for the figures about them to mean something.
            is_taken = self.rng.random(n) < self.rng.choice([0.2, 0.6, 0.95])
            frame.loc[is_taken, ["decision", "exploitation_types"]] = ["accepted", "CCE"]
            accepted = frame["decision"] == "accepted"
            referred = pd.to_datetime(frame["referral_date"])
            frame["opened_date"] = np.where(
                accepted, (referred + pd.Timedelta(days=3)).dt.strftime("%Y-%m-%d"), ""
            )
            frame["decision_date"] = np.where(
                frame["decision"] == "pending", "", frame["referral_date"]
            )
            months = self.rng.choice([2, 8, 30, 0], n, p=[0.2, 0.2, 0.2, 0.4])
            ends = (referred + pd.to_timedelta(30 * months + 5, unit="D")).dt.strftime("%Y-%m-%d")
            frame["closed_date"] = np.where(accepted & (months > 0), ends, "")
            frame["closure_reason"] = np.where(
                frame["closed_date"] == "", "", frame["closure_reason"]
            )
            self.referred = dict(zip(frame["episode_ref"], referred, strict=True))
        if contract.name == "trust__risk_assessments" and self.keys.get("hub_episodes"):
            frame = self._assessments()
        if contract.name == "trust__plans":
            in_care = frame["plan_type"] == "CLA"
            own = {"responsible_la": "E08000025", "placement_type": "U6", "legal_status": "C2"}
            for column, value in own.items():
                frame[column] = np.where(
                    in_care, frame[column].where(frame[column] != "", value), ""
                )
            frame["placement_la"] = np.where(in_care, frame["placement_la"], "")
        return frame

    def _assessments(self) -> pd.DataFrame:
        """None to three for each episode, at lopsided levels, some of them late."""
        least = int(self.rng.integers(0, 2))
        refs = [
            ref
            for ref in self.keys["hub_episodes"]
            for _ in range(int(self.rng.integers(least, 4)))
        ]
        after = self.rng.integers(0, self.rng.choice([40, 400, 1200]), len(refs))
        days = [
            min(self.referred[r] + pd.Timedelta(days=int(d)), pd.Timestamp(LAST))
            for r, d in zip(refs, after, strict=True)
        ]
        present = self._codes(
            ["police", "health", "mental_health", "police;health", "education", ""], len(refs)
        )
        return pd.DataFrame(
            {
                "episode_ref": refs,
                "assessed_date": [f"{day:%Y-%m-%d}" for day in days],
                "risk_level": self._codes(["high", "medium", "low", "none"], len(refs)),
                "agencies_present": present,
                "recorded_date": [""] * len(refs),
            }
        )

    def _dates(self, contract: Contract, n: int) -> list[list[dt.date]]:
        """Days of a table's dated columns, each row's in order; in some worlds most are of the last year."""
        many = sum(c.kind in DATED and c.name != "recorded_date" for c in contract.columns)
        span = (LAST - FIRST).days
        recent = self.rng.choice([0.0, 0.5, 0.95])
        first = np.where(
            self.rng.random(n) < recent,
            self.rng.integers(span - 450, span - 60, n),
            self.rng.integers(0, span, n),
        )
        steps = self.rng.choice([0, 1, 3, 20, 120, 500], (many, n))
        days = np.cumsum(steps, axis=0) - steps[:1] + first if many else np.zeros((0, n))
        return [[FIRST + dt.timedelta(days=int(d)) for d in row] for row in days]

    def _written(self, column: Column, days: list[dt.date]) -> list[str]:
        if column.kind == "date":
            return [f"{d}" for d in days]
        hours = self.rng.integers(0, 24, len(days))
        return [f"{d}T{h:02d}:15" for d, h in zip(days, hours, strict=True)]

    def _blanked(self, column: Column, values: list[str]) -> list[str]:
        if column.blank == "error":
            return values
        odds = self.rng.choice([0.0, 0.3, 0.7, 1.0])
        return ["" if self.rng.random() < odds else v for v in values]

    def _values(self, contract: Contract, column: Column, n: int) -> list[str]:
        if column.name == "person_ref":
            letter = agencies()[contract.agency].prefix
            return [f"{letter}{i}" for i in self._drawn(self.people[contract.agency] or [0], n)]
        if column.references:
            return [
                str(k) for k in self.rng.choice(self.keys.get(column.references) or ["none"], n)
            ]
        if column.unique:
            made = [f"{contract.table[:2].upper()}{i}" for i in range(n)]
            self.keys[contract.table] = made
            return made
        if column.kind == "codes":
            return self._codes(sorted(column.codes), n)
        if column.kind == "list_of":
            first, second = (
                self._codes(sorted(column.codes), n),
                self._codes(sorted(column.codes), n),
            )
            return [
                a if a == b or self.rng.random() < 0.5 else f"{a};{b}"
                for a, b in zip(first, second, strict=True)
            ]
        return [str(v) for v in self._plain()[column.kind](n)]

    def _plain(self) -> dict[str, Callable[[int], object]]:
        return {
            "ward": lambda n: self._codes(list(WARD_CODES[:-1]), n),
            "lsoa": lambda n: [""] * n,
            "la": lambda n: self._codes(["E08000025", "E08000026"], n),
            "area": lambda n: ["E08000025"] * n,
            "offence": lambda n: self._codes(list(OFFENCES), n),
            "short_code": lambda n: ["X1"] * n,
            "hour": lambda n: self.rng.integers(0, 24, n),
            "integer": lambda n: self.rng.choice([0, 1, 5, 10, 60, 100], n),
            "number": lambda n: self.rng.integers(0, 500, n),
            "term": lambda n: self._codes(list(TERMS), n),
            "ref": lambda n: [f"R{i}" for i in self.rng.integers(0, max(2, n // 2), n)],
            "key": lambda n: [f"key {i}" for i in self.rng.integers(0, max(2, n), n)],
            "month": lambda n: ["2010-01"] * n,
            "name": lambda n: [""] * n,
            "words": lambda n: [""] * n,
        }


def world(seed: int) -> tuple[duckdb.DuckDBPyConnection, Counted]:
    """A warehouse with all models run over the world of a seed, and what they count."""
    con = duckdb.connect()
    load_reference(con, {"canaries": []}, PLAN.register)
    set_as_at(con, AS_AT)
    con.execute(
        "create table raw_checks (supplier varchar, table_name varchar, rule varchar, column_name varchar, "
        "severity varchar, words varchar, rows bigint, failed bigint)"
    )
    for name, frame in _World(seed).tables().items():
        contract = contracts()[name]
        cells = ", ".join(
            f'nullif("{c.name}"::varchar, \'\') as "{c.name}"' for c in contract.columns
        )
        con.register("drawn", frame.astype("str"))
        con.execute(
            f"create table raw_{name} as select '{contract.agency}' as supplier, {cells} from drawn"
        )
        con.execute(
            "insert into raw_checks values (?, ?, 'x', null, 'error', 'x', ?, 0)",
            [contract.agency, name, len(frame)],
        )
    for model in staging_models():
        run_model(con, model.name, model.sql)
    for contract in contracts().values():
        _keep_rules(con, contract)
    for model in (*folder_models("joined"), *folder_models("profile")):
        run_model(con, model.name, model.sql)
    return con, count(con, PLAN.register, [m.name for m in folder_models("profile")])


def _keep_rules(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Leave out the rows that the contract would refuse."""
    for rule in contract.rules:
        try:
            con.execute(
                f"delete from stg_{contract.name} where not ({rule.sql})"
                if rule.severity == "error"
                else "select 1"
            )
        except duckdb.BinderException:
            continue  # a rule of facts that only a supply has
