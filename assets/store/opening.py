"""A new data folder with every file that it needs, each explained in itself. Nothing that is there
is written over. No Dagster here.
"""

from __future__ import annotations

from pathlib import Path

from assets.store.folder import DataFolder, write_atomically

AGENCIES = """\
# Whose supply of a month is waited for, and until when; in days of the month after it. Nobody waits
# for an agency with required: false; what it supplies is used. For health name the codes of the
# providers that are expected: {{expected_by: 10, give_up: 25, providers: [CODE, CODE]}}
{entries}"""
GOVERNANCE = """\
# Who is responsible for each agency's data, and until when that holds. Publishing is refused while
# an entry of an agency in use has a blank field, or is past its review date.
#
# controller          the body that decides about the data
# lawful_basis        the article of the law, and the statutory function
# conditions          for special-category data and data on offences
# dpia                reference of the data-protection impact assessment
# sharing_agreement   reference of the agreement under which it is supplied
# secret_held_by      who holds the partnership's secret there; never the analysis team
# review_date         YYYY-MM-DD
agencies:
{entries}
"""
ENTRY = """\
  {key}:
    controller:
    lawful_basis:
    conditions:
    dpia:
    sharing_agreement:
    secret_held_by:
    review_date:
"""
RECORDING = """\
# Days from which on something is recorded otherwise: a new law, a new form, a new system. A number
# that moves across such a day has not risen or fallen for that alone, and limits of charts begin
# anew there. Agencies can send their own in the extract recording_changes.
#
# extract   agency__table          from      YYYY-MM-DD, the first day
# what      as the report says it  source    where that is written
#
# The offence of child criminal exploitation and its prevention orders, and that of cuckooing, need
# a line each, with the day on which the law takes effect:
#
#  - extract: police__involvements
#    from: YYYY-MM-DD
#    what: Child criminal exploitation is an offence of its own
#    source: the commencement regulations
changes: []
"""
REPORT = """\
# What the front of every report says. Each may be left blank; the report then says so.
#
# contact        whom readers ask, and tell of errors: a team and an address
# next_edition   YYYY-MM-DD, the day on which the next edition is to come
# concern        whom parents and neighbours tell of a child who may be exploited, in one sentence
contact:
next_edition:
concern:
"""
POLICY = """\
# The data controller's choices: what may be shown, to whom, and how coarsely. What is not said here
# stays as it is in the product's own profiles/disclosure/policy.yml, which explains each of them.
#
# Counts below threshold are not shown, others are rounded to the nearest base; published as-at
# dates are at least days_apart days apart; one count in lot_one_in is withheld by lot.
rule: {threshold: 8, base: 5, days_apart: 28, lot_one_in: 50}
"""
NEXT = """\
What comes next, in this order:

1. canaries.json    Whoever holds the partnership's secret makes it (cce keygen) and gives you this
                    file: the agreed fictitious children. It is no secret. Put it here.
2. governance.yml   Fill in an entry for each agency, for health for each provider (health:CODE).
3. agencies.yml     Say whose supply is waited for, and until when.
   report.yml       Say whom readers may ask, and when the next edition comes.
   policy.yml       Agree with the data controller what may be shown.
   recommendations.yml  Keep the state of each recommendation up to date.
4. inbox/           Where agencies' supplies arrive: <agency>/<date>/, health/<provider>/<date>/.
5. cce supplies     takes them in, and says what was accepted or refused, and why.
6. cce status       says what is in, what is late, and which month can be made.
7. cce refresh      makes a draft. Read it; cce approve and cce publish release it.
8. cce dev          shows runs and checks, and makes the months when they are due.

Back this folder up. What is in ledger/ cannot be made again: it says what was published, and holds
the key that its entries are signed with.
"""


def open_folder(data: DataFolder) -> list[Path]:
    """Write every file that is not there yet; returns those that were written."""
    data.make()
    entries = "".join(ENTRY.format(key=key) for key in _suppliers(data))
    waits = "".join(f"{key}: {{expected_by: 10, give_up: 25}}\n" for key in data.agencies)
    texts = {
        "agencies.yml": AGENCIES.format(entries=waits),
        "governance.yml": GOVERNANCE.format(entries=entries),
        "recording_changes.yml": RECORDING,
        "report.yml": REPORT,
        "policy.yml": POLICY,
    }
    template = data.area.folder / "recommendations.yml"
    if template.exists():
        # The area's recommendations to begin with; their states are for the partnership to keep.
        texts["recommendations.yml"] = template.read_text("utf-8")
    texts["NEXT.txt"] = NEXT
    written = []
    for name, text in texts.items():
        path = data.home / name
        if not path.exists():
            write_atomically(path, text)
            written.append(path)
    for agency in data.agencies:
        (data.inbox / agency).mkdir(mode=0o700, parents=True, exist_ok=True)
    (data.home / "commentary").mkdir(mode=0o700, exist_ok=True)
    return written


def _suppliers(data: DataFolder) -> list[str]:
    """A provider's code is not known yet: an example stands for it."""
    return [f'"{key}:CODE"' if agency.providers else key for key, agency in data.agencies.items()]
