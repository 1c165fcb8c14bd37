"""Invented children as two agencies' case systems would export them: names, dates of birth,
numbers, addresses, with the usual faults.

Nobody in them exists: NHS numbers begin with 998, which was never issued, pupil numbers have no
authority, names are drawn from lists. They show `cce pseudonymise`, and measure what its keys find
again.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from dataclasses import dataclass, replace
from pathlib import Path

GIVEN = (  # noqa: SIM905
    "Aaliyah Adam Aisha Callum Chloe Daniel Ebony Ethan Fatima Freya Hamza Hannah Imran Isla "
    "Jayden Jack Kezia Leo Maryam Mia Noah Omar Priya Reece Saira Sophie Tariq Tyrese Zara Zoë"
).split()
MIDDLE = ["", "", "", "Rose", "James", "Noor", "Lee", "Grace"]
FAMILY = (  # noqa: SIM905
    "Ahmed Akhtar Begum Bennett Brown Campbell Clarke Davies Edwards Fernández García-López "
    "Green Hussain Iqbal Jackson Johnson Khan Lewis Mahmood McDonald Miller Nowak O'Brien "
    "Okafor Patel Reid Richards Shah Singh Smith Taylor Thompson Walker Williams Wright Yusuf"
).split()
OUTWARD = (
    "B1",
    "B8",
    "B9",
    "B10",
    "B11",
    "B12",
    "B13",
    "B14",
    "B15",
    "B19",
    "B20",
    "B21",
    "B23",
    "B24",
    "B27",
    "B31",
    "B33",
    "B44",
)
# What goes wrong in one field of one record. The first do not matter to a key that is made by the
# rules.
HARMLESS = (
    "none",
    "case and spaces",
    "accents dropped",
    "punctuation",
    "names exchanged",
    "middle name added",
    "number with spaces",
)
HARMFUL = (
    "surname misspelt",
    "given name misspelt",
    "day and month exchanged",
    "year mistyped",
    "moved house",
    "number mistyped",
    "number not held",
)


@dataclass(frozen=True)
class Child:
    """What is true of a child, or what one record says of it."""

    number: int
    forenames: str
    surname: str
    born: dt.date
    nhs_number: str
    upn: str
    postcode: str
    sex: str


def nhs_number(n: int) -> str:
    """A number with its check digit, of a range that was never issued; blank where no check digit
    exists.
    """
    nine = f"998{n % 10**6:06d}"
    check = -sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    if check == 10:
        return ""
    return f"{nine}{check}"


def upn(n: int) -> str:
    """A pupil number with its check letter, of no local authority."""
    rest = f"000{n % 10**9:09d}"
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[sum(p * int(d) for p, d in enumerate(rest, 2)) % 23] + rest


def children(n: int, seed: int) -> list[Child]:
    """`n` children with different numbers; names, birthdays and postcodes repeat as they do in a
    city.
    """
    rng = random.Random(seed)
    invented: list[Child] = []
    number = 0
    while len(invented) < n:
        number += 1
        nhs = nhs_number(number)
        if nhs:
            forenames = " ".join(filter(None, (rng.choice(GIVEN), rng.choice(MIDDLE))))
            born = dt.date(2006, 1, 1) + dt.timedelta(days=rng.randrange(2900))
            inward = f"{rng.randrange(10)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWXYZ')}"
            invented.append(
                Child(
                    number,
                    forenames,
                    rng.choice(FAMILY),
                    born,
                    nhs,
                    upn(number),
                    f"{rng.choice(OUTWARD)} {inward}",
                    rng.choice("MF"),
                )
            )
    return invented


def _misspelt(rng: random.Random, name: str) -> str:
    at = rng.randrange(1, max(2, len(name) - 1))
    if rng.random() < 0.5:
        return name[:at] + rng.choice("aeioumnrt") + name[at + 1 :]
    return name[:at] + name[at + 1 :]


def recorded(rng: random.Random, child: Child, error: str) -> Child:
    """The child as a record with that error has it."""
    plain = str.maketrans("ëáíóé", "eaioe")
    first, _, rest = child.forenames.partition(" ")
    if child.born.day <= 12:
        changed_day = child.born.replace(month=child.born.day, day=child.born.month)
    else:
        changed_day = child.born
    return {
        "case and spaces": lambda: replace(
            child,
            forenames=f" {child.forenames.upper()} ",
            surname=child.surname.lower() + " ",
            postcode=child.postcode.replace(" ", "").lower(),
        ),
        "accents dropped": lambda: replace(
            child,
            forenames=child.forenames.translate(plain),
            surname=child.surname.translate(plain),
        ),
        "punctuation": lambda: replace(
            child, surname=child.surname.replace("'", "’").replace("-", " ")
        ),
        "names exchanged": lambda: replace(
            child, forenames=child.surname.replace("-", ""), surname=first
        ),
        "middle name added": lambda: replace(child, forenames=f"{child.forenames} Anne"),
        "number with spaces": lambda: replace(
            child,
            nhs_number=f"{child.nhs_number[:3]} {child.nhs_number[3:6]} {child.nhs_number[6:]}",
        ),
        "surname misspelt": lambda: replace(child, surname=_misspelt(rng, child.surname)),
        "given name misspelt": lambda: replace(
            child, forenames=f"{_misspelt(rng, first)} {rest}".strip()
        ),
        "day and month exchanged": lambda: replace(child, born=changed_day),
        "year mistyped": lambda: replace(
            child, born=child.born.replace(year=child.born.year - 1, day=min(child.born.day, 28))
        ),
        "moved house": lambda: replace(
            child, postcode=f"{rng.choice(OUTWARD)} {rng.randrange(10)}AA"
        ),
        "number mistyped": lambda: replace(
            child, nhs_number=child.nhs_number[:9] + str((int(child.nhs_number[9]) + 1) % 10)
        ),
        "number not held": lambda: replace(child, nhs_number=""),
    }.get(error, lambda: child)()


COLUMNS = ("CaseId", "Given", "Family", "DOB", "NHS No", "UPN", "Post Code", "Gender")


def export(
    people: list[Child], path: Path, prefix: str, seed: int, share_of_errors: float
) -> dict[str, tuple[int, str]]:
    """Write one agency's export; returns its own identifier of each record → the child's number and
    the record's error.
    """
    rng = random.Random(seed)
    truth = {}
    order = list(people)
    rng.shuffle(order)
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(COLUMNS)
        for i, child in enumerate(order):
            if rng.random() < share_of_errors:
                error = rng.choice((*HARMLESS[1:], *HARMFUL))
            else:
                error = "none"
            as_recorded = recorded(rng, child, error)
            out.writerow(
                [
                    f"{prefix}{i}",
                    as_recorded.forenames,
                    as_recorded.surname,
                    as_recorded.born.strftime("%d/%m/%Y"),
                    as_recorded.nhs_number,
                    as_recorded.upn,
                    as_recorded.postcode,
                    "Male" if as_recorded.sex == "M" else "Female",
                ]
            )
            truth[f"{prefix}{i}"] = (child.number, error)
    return truth
