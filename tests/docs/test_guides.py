"""The guides say what is so: every command in them is run, and every one that is named has those options."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipelines.cli import COMMANDS, cce

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# “cce refresh --as-at DAY” in code, and so on; what follows # is a remark.
NAMED = re.compile(r"(?<![\w/.-])cce ((?:[a-z]+)(?: [^`#|&;()]*)?)")
IN_CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
WRITTEN = [*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def commands_of(guide: Path) -> list[str]:
    lines = "\n".join(CONSOLE.findall(guide.read_text("utf-8"))).splitlines()
    assert all(line.startswith("$ ") for line in lines if line), guide.name
    return [line.removeprefix("$ ") for line in lines if line]


WITH_COMMANDS = [guide for guide in sorted(DOCS.glob("*.md")) if commands_of(guide)]


# The attack on the labels and the last look take minutes for each version, and are tried elsewhere on the same data.
QUICK_CCE = f"""#!{sys.executable}
from assets.versions import publish
from profiles.disclosure import audit
audit._failures = lambda *told: iter(())
audit._narrowest = lambda *told: None
publish.scan = lambda *told: []
from pipelines.cli import main
main()
"""


@pytest.mark.long
@pytest.mark.parametrize("guide", WITH_COMMANDS, ids=lambda g: g.stem)
def test_every_command_of_a_guide_works_in_its_order(guide: Path, tmp_path: Path) -> None:
    (tmp_path / "data_samples").symlink_to(ROOT / "data_samples")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "cce").write_text(QUICK_CCE, "utf-8")
    (tmp_path / "quick" / "cce").chmod(0o700)
    path = os.pathsep.join(
        [str(tmp_path / "quick"), str(Path(sys.executable).parent), os.environ["PATH"]]
    )
    script = "set -e -o pipefail\n"
    for command in commands_of(guide):
        script += f"echo '{command.partition(chr(39))[0]}' >&2\n{command}\n"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=clean | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_guides_for_those_who_act_have_commands() -> None:
    assert {g.stem for g in WITH_COMMANDS} >= {"tutorial", "analyst", "data-officer", "developer"}


def named_commands() -> list[tuple[str, str]]:
    found = []
    for path in WRITTEN:
        for block, inline in IN_CODE.findall(path.read_text("utf-8")):
            text = (block or inline).replace("\\\n", " ")
            for line in text.splitlines():
                for words in NAMED.findall(line):
                    found.append((path.name, " ".join(words.split())))
    return sorted(set(found))


@pytest.mark.parametrize(("where", "words"), named_commands())
def test_every_command_that_is_named_has_those_options(where: str, words: str) -> None:
    name, *rest = words.split()
    assert name in COMMANDS, where
    command = cce.get_command(click.Context(cce), name)
    assert command is not None
    if isinstance(command, click.Group) and rest and rest[0] in command.commands:
        command = command.commands[rest[0]]
    known = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    used = {
        word.strip("[],").partition("=")[0] for word in rest if word.strip("[]").startswith("--")
    }
    assert used <= known | {"--help"}, where


def test_every_page_of_the_guides_is_in_their_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text("utf-8")
    listed = set(re.findall(r"^  - .+: (\S+\.md)$", contents, re.MULTILINE))
    assert listed == {path.name for path in DOCS.glob("*.md")}
