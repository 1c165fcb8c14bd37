"""When the hidden number is refused, a range or an estimate, what is said of faults, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from capturing import simulated, table
from conftest import run_here

from profiles.statistics.hidden_scale.estimate import RANGE, REFUSE, estimate, two_figures
from profiles.statistics.hidden_scale.histories import HistoriesError, histories, read


def test_the_same_seed_gives_the_same_result() -> None:
    h = simulated(1500, [0.3, 0.25, 0.2, 0.2], 9)
    one, other = (estimate(h, linkage_error_known=True, resamples=200).as_dict() for _ in range(2))
    assert one == other
    assert one["verdict"] == "estimate"
    low, high = one["shown_interval"]
    assert (
        low
        <= one["bootstrap_interval"][0]
        <= one["chosen"]["n_hat"]
        <= one["bootstrap_interval"][1]
        <= high
    )
    assert (
        low
        <= one["alternatives"]["within_6_bic"][0]
        <= one["alternatives"]["within_6_bic"][1]
        <= high
    )


def test_without_a_clerical_sample_there_is_no_point() -> None:
    found = estimate(simulated(1500, [0.3, 0.25, 0.2, 0.2], 9), resamples=100)
    assert found.verdict == RANGE
    assert "Between about" in found.words
    assert (
        f"{two_figures(found.choice.chosen.n_hat):,}" not in found.words
        if found.choice and found.choice.chosen
        else False
    )


REFUSED = {
    "one list": (table(a=50), "fewer than 3 lists"),
    "two lists": (table(a=50, b=40, ab=20), "fewer than 3 lists"),
    "everybody on all": (histories("abc", {7: 90}), "on every list"),
    "one enormous cell": (table(a=10**9, b=12, c=12, ab=6, ac=5, bc=4), ""),
    "saturated": (table(a=400, b=300, c=120, ab=200, ac=60, bc=110, abc=200), "as many parameters"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", REFUSED)
def test_refusals_have_reasons_and_no_infinite_number(name: str) -> None:
    h, words = REFUSED[name]
    found = estimate(h, linkage_error_known=True, resamples=100)
    assert found.verdict == REFUSE
    assert any(words in r for r in found.reasons)
    assert f"{h.known:,} is a minimum" in found.words
    assert not any(x in json.dumps(found.as_dict()) for x in ("Infinity", "NaN"))


def test_a_period_over_a_year_is_refused() -> None:
    assert (
        "longer than 12 months"
        in estimate(simulated(900, [0.3, 0.3, 0.3], 1), months=24).reasons[0]
    )


FAULTS = {
    "a history twice": ("a,b,c,count\n1,0,0,20\n1,0,0,3\n", "stands twice"),
    "nobody's history": ("a,b,c,count\n0,0,0,5\n1,0,0,20\n", "no list has a count"),
    "negative": ("a,b,c,count\n1,0,0,-2\n", "negative or no whole number"),
    "fraction": ("a,b,c,count\n1,0,0,2.5\n", "negative or no whole number"),
    "text": ("a,b,c,count\n1,0,0,many\n", "no number"),
    "other than 0 and 1": ("a,b,c,count\n2,0,0,5\n", "other than 0 and 1"),
    "identical lists": ("a,b,c,count\n1,1,0,30\n0,0,1,30\n1,1,1,5\n", "are identical"),
    "short list": ("a,b,c,count\n1,0,0,30\n0,1,0,30\n0,0,1,4\n1,1,0,9\n", "fewer than 10"),
    "no count": ("a,b,c\n1,0,0\n", "no column “count”"),
    "too many lists": ("a,b,c,d,e,f,g,count\n1,1,1,1,1,1,1,50\n", "3 to 6 can be used"),
    "nothing": ("a,b,c,count\n", "no column “count”"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_and_nothing_is_estimated(tmp_path: Path, fault: str) -> None:
    text, words = FAULTS[fault]
    (tmp_path / "histories.csv").write_text(text)
    with pytest.raises(HistoriesError, match=words):
        read(tmp_path / "histories.csv")


def test_the_command(tmp_path: Path) -> None:
    rows = "".join(
        f"{m & 1},{m >> 1 & 1},{m >> 2 & 1},{n}\n"
        for m, n in enumerate(simulated(900, [0.3, 0.3, 0.3], 1).counts, start=1)
    )
    (tmp_path / "histories.csv").write_text("police,trust,health,count\n" + rows)
    done = run_here(tmp_path / "home", "mse", str(tmp_path / "histories.csv"), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {
        "known",
        "verdict",
        "reasons",
        "chosen",
        "profile_interval",
        "bootstrap_interval",
        "shown_interval",
        "alternatives",
        "models",
    } <= found.keys()
    assert {"terms", "n_hat", "aic", "bic", "df", "fit_p"} == found["chosen"].keys()
    assert {"main_effects", "stepwise_p02", "home_office", "chao_lower", "within_6_bic"} == found[
        "alternatives"
    ].keys()
    assert found["models"] == sorted(found["models"], key=lambda m: m["bic"])
    assert found["verdict"] == "range"
    told = run_here(tmp_path / "home", "mse", str(tmp_path / "histories.csv"), "--linkage-checked")
    assert "Verdict:" in told.stdout
    (tmp_path / "histories.csv").write_text(FAULTS["negative"][0])
    done = run_here(tmp_path / "home", "mse", str(tmp_path / "histories.csv"))
    assert done.returncode == 1
    assert "Nothing was estimated" in done.stderr
    assert "Traceback" not in done.stderr
