"""Whatever a person or an agency writes is read strictly: hundreds of misspellings, each refused with file, line and what is allowed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from exporting import CONTACTS, EDUCATION, PEOPLE
from misspelling import misspelt
from pydantic import BaseModel

import expectations.reading
import profiles.reading
from assets.versions.governance import RegisterFile
from assets.versions.retention import Retention
from expectations.contract import CONTRACTS, AgencyFile, ContractFile, agencies, read_contract
from expectations.judging.supply import ManifestFile
from expectations.pseudonyms.mapping_file import MappingFile, SystemFile
from expectations.screen.checks import NamesFile
from expectations.screen.kinds import KindsFile
from pipelines.alerts import AlertsFile
from pipelines.settings import KNOWN, SettingsError, settings
from profiles.areas import AreaFile, default_area
from profiles.areas.published import PublishedFile
from profiles.disclosure.policy import PolicyFile, read_policy
from profiles.drawing.commentary import Head, VoiceHead
from profiles.drawing.front import FrontFile
from profiles.drawing.recommendations import RecommendationsFile
from profiles.figures.declared import SectionFile
from profiles.figures.register_files import register_of

ROOT = Path(__file__).parents[1]
FAULTS = (expectations.reading.FileError, profiles.reading.FileError)


@dataclass(frozen=True)
class Kind:
    """Files of a kind, by name, what they must fit, and how they are read."""

    model: type[BaseModel]
    texts: dict[str, str]
    reading: Callable[..., object] = profiles.reading.read_text


def files(*patterns: str) -> dict[str, str]:
    found = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    assert found, patterns
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in found}


def heads(*names: str) -> dict[str, str]:
    return {
        n: (ROOT / "data_samples/commentary/2024-03-01" / n).read_text("utf-8").split("---")[1]
        for n in names
    }


CONTRACT_FILES = {
    k: v
    for k, v in files("expectations/contracts/*/*.yml").items()
    if not k.endswith(("agency.yml", "codes.yml"))
}
MAPPINGS = {
    "health/columns.yml": PEOPLE.format(provider="INV01", ethnicity="Z") + CONTACTS,
    "education/columns.yml": PEOPLE.format(provider="", ethnicity="NOBT") + EDUCATION,
}
ALERTS = """\
to: [a@example.org]
sender: b@example.org
host: mail.example.org
port: 25
encrypted: false
user: c
"""
ours = expectations.reading.read_text
KINDS = {
    "contracts": Kind(ContractFile, CONTRACT_FILES, ours),
    "agencies": Kind(AgencyFile, files("expectations/contracts/*/agency.yml"), ours),
    "kinds of identifiers": Kind(KindsFile, files("expectations/screen/kinds.yml"), ours),
    "names": Kind(NamesFile, files("expectations/screen/names.yml"), ours),
    "columns.yml": Kind(
        MappingFile, MAPPINGS, lambda model, text, name: ours(model, text, name, as_texts=True)
    ),
    "mappings": Kind(
        SystemFile,
        files("expectations/mappings/*.yml"),
        lambda model, text, name: ours(model, text, name, as_texts=True),
    ),
    "supply.json": Kind(
        ManifestFile,
        files("data_samples/*/*/supply.json", "data_samples/*/*/*/supply.json"),
        expectations.reading.read_json,
    ),
    "register": Kind(SectionFile, files("profiles/figures/register/*.yml")),
    "policy": Kind(PolicyFile, files("profiles/disclosure/policy.yml")),
    "area": Kind(AreaFile, files("profiles/areas/*.yml")),
    "published elsewhere": Kind(
        PublishedFile,
        files("profiles/areas/*/published.yml"),
        lambda model, text, name: profiles.reading.read_text(model, text, name, as_texts=True),
    ),
    "recommendations": Kind(RecommendationsFile, files("profiles/areas/*/recommendations.yml")),
    "report": Kind(
        FrontFile, {"report.yml": "contact: a team\nnext_edition: 2026-12-01\nconcern: tell us\n"}
    ),
    "alerts": Kind(AlertsFile, {"alerts.yml": ALERTS}, ours),
    "retention": Kind(Retention, {"retention.yml": "drafts_days: 30\nsupplies_days: 60\n"}, ours),
    "governance": Kind(RegisterFile, files("data_samples/governance.yml")),
    "heads of commentary": Kind(Head, heads("missing.md")),
    "heads of voices": Kind(VoiceHead, heads("voices.md")),
}
# How many misspellings each kind gives at the least.
MANY = {
    "contracts": 300,
    "register": 1000,
    "supply.json": 50,
    "columns.yml": 15,
    "mappings": 100,
    "policy": 20,
    "recommendations": 40,
}


# Of the kinds with most files every sixth misspelling is tried each time, and every one in the long tests.
LARGE = ("contracts", "register")
STEPS = [pytest.param(kind, 6 if kind in LARGE else 1, id=kind) for kind in KINDS]
STEPS += [pytest.param(kind, 1, id=f"{kind}, every one", marks=pytest.mark.long) for kind in LARGE]


@pytest.mark.parametrize(("kind", "step"), STEPS)
def test_every_misspelling_is_refused_with_file_and_line(kind: str, step: int) -> None:
    of = KINDS[kind]
    tried = 0
    for name, text in of.texts.items():
        of.reading(of.model, text, name)
        for edit in itertools.islice(misspelt(text, of.model), 0, None, step):
            tried += 1
            with pytest.raises(FAULTS) as found:
                of.reading(of.model, edit.text, name)
            said = str(found.value)
            assert f"{name}, line {edit.line}: " in said, (edit.word, said)
            # What may stand there instead.
            assert edit.word in said or "known are" in said.lower() or "one of" in said, (
                edit.word,
                said,
            )
    assert tried >= MANY.get(kind, 2) / step


def _values(text: str, keys: tuple[str, ...]) -> list[yaml.ScalarNode]:
    """The scalars that are the value of one of the keys."""
    found: list[yaml.ScalarNode] = []

    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value in keys and isinstance(value, yaml.ScalarNode):
                    found.append(value)
                walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for part in node.value:
                walk(part)

    walk(yaml.compose(text))
    return found


@pytest.mark.parametrize(
    "path", sorted(CONTRACTS.glob("[!c]*/[!a]*.yml")), ids=lambda p: f"{p.parent.name} {p.stem}"
)
def test_a_contract_refers_to_what_there_is(path: Path, tmp_path: Path) -> None:
    """Types, code lists, tables and the columns that a rule names."""
    agency = agencies()["police" if path.parent.name == "any" else path.parent.name]
    tables = {p.stem for p in [*CONTRACTS.glob("any/*.yml"), *path.parent.glob("*.yml")]}
    text = path.read_text("utf-8")
    for node in _values(text, ("type", "codes", "list_of", "references", "blank", "severity")):
        copy = tmp_path / path.name
        copy.write_text(f"{text[: node.end_mark.index]}x{text[node.end_mark.index :]}", "utf-8")
        with pytest.raises(
            expectations.reading.FileError, match=rf"{path.name}, line {node.start_mark.line + 1}: "
        ):
            read_contract(copy, agency, tables)


def test_a_policy_refers_to_what_there_is(tmp_path: Path) -> None:
    text = (ROOT / "profiles/disclosure/policy.yml").read_text("utf-8")
    register = register_of(default_area())
    required = next(v for k, v in yaml.compose(text).value if k.value == "required")
    crossed = next(v for k, v in yaml.compose(text).value if k.value == "never_crossed")
    for node in [*required.value, *(part for pair in crossed.value for part in pair.value)]:
        copy = tmp_path / "policy.yml"
        copy.write_text(f"{text[: node.end_mark.index]}x{text[node.end_mark.index :]}", "utf-8")
        with pytest.raises(
            profiles.reading.FileError,
            match=rf"policy.yml, line {node.start_mark.line + 1}: no such",
        ):
            read_policy(register, copy)


def test_both_packages_read_alike() -> None:
    """Neither imports the other: the one file stands in both."""
    one, other = (ROOT / package / "reading.py" for package in ("expectations", "profiles"))
    assert one.read_bytes() == other.read_bytes()


def test_a_supply_names_its_key_by_no_word_of_its_own() -> None:
    """What another party's program wrote is never quoted: only known keys are named."""
    (name, text), *_ = KINDS["supply.json"].texts.items()
    written = json.dumps(json.loads(text) | {"Jayden Smith": 1})
    with pytest.raises(expectations.reading.FileError) as found:
        expectations.reading.read_json(ManifestFile, written, name)
    assert "Jayden" not in str(found.value)


@pytest.mark.parametrize("name", KNOWN)
def test_a_misspelt_setting_is_refused(name: str) -> None:
    """It would be ignored, and its default used in silence."""
    with pytest.raises(SettingsError, match=rf"{name[:-1]} is no setting; did you mean “{name}”"):
        settings({name[:-1]: "x"})
    settings({name[:-1]: ""})
