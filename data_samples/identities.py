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
OUTWARD = "B1 B8 B9 B10 B11 B12 B13 B14 B15 B19 B20 B21 B23 B24 B27 B31 B33 B44".split()  # noqa: SIM905
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
        if nhs_number(number):
            invented.append(_child(rng, number))
    return invented


def _child(rng: random.Random, number: int) -> Child:
    given = rng.choice(GIVEN)
    middle = rng.choice(MIDDLE)
    born = dt.date(2006, 1, 1) + dt.timedelta(days=rng.randrange(2900))
    digit = rng.randrange(10)
    letters = rng.choice("ABDEFGHJLN") + rng.choice("PQRSTUWXYZ")
    surname = rng.choice(FAMILY)
    outward = rng.choice(OUTWARD)
    return Child(
        number=number,
        forenames=f"{given} {middle}".strip(),
        surname=surname,
        born=born,
        nhs_number=nhs_number(number),
        upn=upn(number),
        postcode=f"{outward} {digit}{letters}",
        sex=rng.choice("MF"),
    )


def _misspelt(rng: random.Random, name: str) -> str:
    at = rng.randrange(1, max(2, len(name) - 1))
    if rng.random() < 0.5:
        return name[:at] + rng.choice("aeioumnrt") + name[at + 1 :]
    return name[:at] + name[at + 1 :]


PLAIN_LETTERS = str.maketrans("ëáíóé", "eaioe")


def recorded(rng: random.Random, child: Child, error: str) -> Child:  # noqa: C901
    """The child as a record with that error has it."""
    first, _, rest = child.forenames.partition(" ")
    nhs = child.nhs_number
    match error:
        case "case and spaces":
            return replace(
                child,
                forenames=f" {child.forenames.upper()} ",
                surname=child.surname.lower() + " ",
                postcode=child.postcode.replace(" ", "").lower(),
            )
        case "accents dropped":
            forenames = child.forenames.translate(PLAIN_LETTERS)
            surname = child.surname.translate(PLAIN_LETTERS)
            return replace(child, forenames=forenames, surname=surname)
        case "punctuation":
            surname = child.surname.replace("'", "’").replace("-", " ")
            return replace(child, surname=surname)
        case "names exchanged":
            return replace(child, forenames=child.surname.replace("-", ""), surname=first)
        case "middle name added":
            return replace(child, forenames=f"{child.forenames} Anne")
        case "number with spaces":
            return replace(child, nhs_number=f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}")
        case "surname misspelt":
            return replace(child, surname=_misspelt(rng, child.surname))
        case "given name misspelt":
            misspelt = _misspelt(rng, first)
            return replace(child, forenames=f"{misspelt} {rest}".strip())
        case "day and month exchanged":
            return replace(child, born=_exchanged(child.born))
        case "year mistyped":
            day = min(child.born.day, 28)
            return replace(child, born=child.born.replace(year=child.born.year - 1, day=day))
        case "moved house":
            outward = rng.choice(OUTWARD)
            return replace(child, postcode=f"{outward} {rng.randrange(10)}AA")
        case "number mistyped":
            last_digit = (int(nhs[9]) + 1) % 10
            return replace(child, nhs_number=f"{nhs[:9]}{last_digit}")
        case "number not held":
            return replace(child, nhs_number="")
    return child


def _exchanged(born: dt.date) -> dt.date:
    """Day and month the wrong way round, where both can be a month."""
    if born.day > 12:
        return born
    return born.replace(month=born.day, day=born.month)


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
        for number, child in enumerate(order):
            case_id = f"{prefix}{number}"
            error = "none"
            if rng.random() < share_of_errors:
                error = rng.choice((*HARMLESS[1:], *HARMFUL))
            out.writerow([case_id, *_cells(recorded(rng, child, error))])
            truth[case_id] = (child.number, error)
    return truth


def _cells(child: Child) -> list[str]:
    """The cells of COLUMNS but the first."""
    sex = {"M": "Male", "F": "Female"}[child.sex]
    born = child.born.strftime("%d/%m/%Y")
    name = [child.forenames, child.surname]
    return [*name, born, child.nhs_number, child.upn, child.postcode, sex]
