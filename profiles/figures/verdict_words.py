"""The words of verdicts by ward: what models may say, and nothing else."""

from __future__ import annotations

MORE, FEWER, AS_MANY = "more", "fewer", "about as many"
HIGHER, LOWER, UNCLEAR = (
    "higher where deprivation is greater",
    "lower where deprivation is greater",
    "not clearly tied to deprivation",
)
QUADRANTS = {
    (True, True): "higher risk, more harm",
    (True, False): "higher risk, less harm",
    (False, True): "lower risk, more harm",
    (False, False): "lower risk, less harm",
}
