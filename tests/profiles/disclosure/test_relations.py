"""Facts from a folder: kinds, hierarchies, relations, published examples, and faults told in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from profiles.disclosure.attacker import Interval, intervals
from profiles.disclosure.facts import FactsError
from profiles.disclosure.lattice import LatticeError
from profiles.disclosure.relations import known, read


def folder(at: Path, cells: str, relations: str = "", hierarchies: str = "") -> Path:
    for name, text in (("cells", cells), ("relations", relations), ("hierarchies", hierarchies)):
        if text:
            (at / f"{name}.csv").write_text(text)
    return at


def answer(at: Path) -> dict[str, tuple[int | None, int | None]]:
    question = read(at)
    return {
        n: (i.low, i.high)
        for n, i in intervals(question.facts, {t: {t: 1} for t in question.targets}).items()
    }


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("exact", "7", (7, 7)),
        ("suppressed", "", (0, None)),
        ("lt:8", "", (0, 7)),
        ("pos:5", "", (1, 4)),
        ("nearest:5", "10", (8, 12)),
        ("nearest:5", "0", (0, 2)),
        ("nearest:4", "8", (6, 10)),
        ("nearest:10", "20", (15, 25)),
        ("nearest:5:8", "10", (8, 12)),
        ("nearest:10:7", "10", (7, 15)),
        ("nearest:1", "6", (6, 6)),
        ("within:2", "5", (3, 7)),
        ("within:4", "1", (0, 5)),
        ("range:3-9", "", (3, 9)),
        ("free", "", (None, None)),
        ("exact", "7.0", (7, 7)),
    ],
)
def test_kinds(kind: str, value: str, wanted: tuple[int | None, int | None]) -> None:
    assert known(kind, value) == wanted


@pytest.mark.parametrize(
    "bad",
    [
        ("exact", ""),
        ("exact", "7.5"),
        ("lt", ""),
        ("nearest:0", "5"),
        ("roughly", "5"),
        ("range:3", ""),
        ("lt:x", ""),
    ],
)
def test_kinds_that_are_none(bad: tuple[str, str]) -> None:
    with pytest.raises(FactsError):
        known(*bad)


def test_a_published_example(tmp_path: Path) -> None:
    """Willenborg and de Waal's table of investments (Elements of Statistical Disclosure Control, 2001, p. 141) hides four
    cells with all totals shown: the interval of each is as worked out by hand from the two free rows."""
    cells = "cell,kind,value\n" + "\n".join(
        f"{r}{c},{'suppressed' if (r, c) in (('a', 'x'), ('a', 'z'), ('c', 'x'), ('c', 'z')) else 'exact'},{v}"
        for r, row in {"a": (20, 50, 10), "b": (8, 19, 22), "c": (17, 32, 12)}.items()
        for c, v in zip("xyz", row, strict=True)
    )
    cells += "\n" + "\n".join(
        f"{n},exact,{v}" for n, v in {"a": 80, "b": 49, "c": 61, "x": 45, "y": 101, "z": 44}.items()
    )
    relations = "relation,cell,coef\n" + "".join(
        [f"row {r},{r}{c},1\n" for r in "abc" for c in "xyz"]
        + [f"row {r},{r},-1\n" for r in "abc"]
        + [f"col {c},{r}{c},1\n" for c in "xyz" for r in "abc"]
        + [f"col {c},{c},-1\n" for c in "xyz"]
    )
    assert answer(folder(tmp_path, cells, relations)) == {
        "ax": (8, 30),
        "az": (0, 22),
        "cx": (7, 29),
        "cz": (0, 22),
    }


def test_right_hand_sides_and_free_numbers(tmp_path: Path) -> None:
    cells = "cell,kind,value,target\nx,lt:8,,\ny,lt:8,,\nd,free,,yes\n"
    relations = (
        "relation,cell,coef,rhs\nsum,x,1,12\nsum,y,1,\napart,x,1,\napart,y,-1,0\napart,d,-1,\n"
    )
    assert answer(folder(tmp_path, cells, relations)) == {"d": (-2, 2)}


def test_dimensions_and_hierarchies(tmp_path: Path) -> None:
    """Two wards in one locality and one in another, by sex: the joint cells of the leaves are the unknowns."""
    cells = (
        "cell,kind,value,target,place,sex\nall,exact,30,,,\nnorth,nearest:5,20,,north,\nw1,lt:8,,,w1,\nw3,exact,9,,w3,\n"
        "girls,exact,3,,,F\nboys in w3,exact,9,,w3,M\nw2,suppressed,,yes,w2,\ngirls in w3,suppressed,,yes,w3,F\nwest,free,,yes,west,\n"
    )
    hierarchies = "dim,child,parent\nplace,w1,north\nplace,w2,north\nplace,w3,west\n"
    assert answer(folder(tmp_path, cells, "", hierarchies)) == {
        "w2": (14, 21),
        "girls in w3": (0, 0),
        "west": (9, 9),
    }


def test_no_targets_named_means_all_that_is_hidden(tmp_path: Path) -> None:
    assert list(
        answer(folder(tmp_path, "cell,kind,value\na,exact,3\nb,lt:5,\nc,free,\nd,nearest:5,10\n"))
    ) == [
        "b",
        "d",
    ]


@pytest.mark.parametrize(
    ("cells", "relations", "hierarchies", "words"),
    [
        ("cell,kind\na,exact\n", "", "", "no column “value”"),
        ("cell,kind,value\na,exact,3\na,exact,3\n", "", "", "two cells are named"),
        (
            "cell,kind,value\na,exact,3\n",
            "relation,cell,coef\nr,b,1\n",
            "",
            "names a cell that there is not",
        ),
        ("cell,kind,value\na,exact,3\n", "relation,cell,coef\nr,a,1.5\n", "", "no whole number"),
        (
            "cell,kind,value\na,exact,3\n",
            "relation,cell,coef,rhs\nr,a,1,3\nr,a,1,4\n",
            "",
            "two right-hand sides",
        ),
        (
            "cell,kind,value,d\na,exact,3,x\n",
            "",
            "dim,child,parent\nd,x,p\nd,x,q\n",
            "does not nest",
        ),
        (
            "cell,kind,value,d\na,exact,3,x\n",
            "",
            "dim,child,parent\nd,x,y\nd,y,x\n",
            "does not nest",
        ),
        (
            "cell,kind,value,d\na,exact,3,x\n",
            "",
            "dim,child,parent\ne,x,y\n",
            "no column of cells.csv",
        ),
        ("cell,kind,value\na,range:5-3,\n", "", "", "no number fits"),
        ("cell,kind,value,target\na,exact,3,perhaps\n", "", "", "neither yes nor no"),
    ],
)
def test_faults_are_told_in_words(
    tmp_path: Path, cells: str, relations: str, hierarchies: str, words: str
) -> None:
    with pytest.raises(FactsError, match=words):
        read(folder(tmp_path, cells, relations, hierarchies))


def test_a_lattice_over_the_cap(tmp_path: Path) -> None:
    rows = "".join(
        f"{d}{i},lt:8,,{','.join(f'{d}{i}' if d == e else '' for e in 'xyz')}\n"
        for d in "xyz"
        for i in range(22)
    )
    with pytest.raises(LatticeError, match="10,648 joint leaves"):
        read(folder(tmp_path, "cell,kind,value,x,y,z\n" + rows))


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"cells\.csv is not there"):
        read(tmp_path)
    assert Interval(None, 3).width == float("inf")
