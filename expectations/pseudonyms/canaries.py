"""Three agreed fictitious children that every extract carries: their keys must agree between
agencies, and are then removed.
"""

from __future__ import annotations

from expectations.contract import ethnicity_codes
from expectations.pseudonyms.keys import KEYS, fingerprint, keyed

# NHS numbers of the test range, which is never issued; pupil numbers of no authority; a postcode
# that no place has.
CANARIES = (
    {
        "key_nhs": "9990000018",
        "key_upn": "A000000000001",
        "key_name_dob": "CANARY|ONE|2010-01-11",
        "key_name_postcode": "CANARY|ONE|ZZ991AA",
    },
    {
        "key_nhs": "9990000026",
        "key_upn": "A000000000002",
        "key_name_dob": "CANARY|TWO|2010-01-12",
        "key_name_postcode": "CANARY|TWO|ZZ991AB",
    },
    {
        "key_nhs": "9990000034",
        "key_upn": "A000000000003",
        "key_name_dob": "CANARY|THREE|2010-01-13",
        "key_name_postcode": "CANARY|THREE|ZZ991AC",
    },
)
BIRTH_MONTH = "2010-01"


def canary_keys(secret: bytes) -> list[dict[str, str]]:
    """The linkage keys of the fictitious children under a secret, one dict per child."""
    keys = []
    for child in CANARIES:
        keys.append({k: keyed(secret, k, child[k]) for k in KEYS})
    return keys


def canaries_json(secret: bytes) -> dict[str, object]:
    """What the settings of the analysis team hold: it tells the secret's fingerprint, never the
    secret.
    """
    return {"key_fingerprint": fingerprint(secret), "canaries": canary_keys(secret)}


def canary_people(secret: bytes, prefix: str, systems: tuple[str, ...]) -> list[dict[str, str]]:
    """The fictitious children as rows of an agency's people table."""
    unknown = next(
        e["code"]
        for e in ethnicity_codes()
        if e["system"] in systems and e["broad_group"] == "Not known"
    )
    people = []
    for n, keys in enumerate(canary_keys(secret), 1):
        people.append(
            {
                "person_ref": f"{prefix}CANARY{n}",
                **keys,
                "birth_month": BIRTH_MONTH,
                "sex": "U",
                "ethnicity": unknown,
            }
        )
    return people
