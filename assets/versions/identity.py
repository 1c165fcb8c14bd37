"""Which code makes a draft: its own files and every library that it can reach. A change of any
makes another draft.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION = "cce-profile"
# What an extra brings is imported where it is installed, by other libraries too.
EXTRAS = frozenset({"postgres"})
PACKAGES = ("assets", "expectations", "profiles", "sql")
ROOT = Path(__file__).parents[2]


def code_version() -> str:
    """The SemVer of the code."""
    return importlib.metadata.version(DISTRIBUTION)


def code_hash() -> str:
    """Changes with any file or library that a number or a page depends on; of the code that this
    process has loaded.
    """
    return _CODE_HASH


def libraries() -> dict[str, str]:
    """Name and version of every installed distribution that the code can import: what it requires,
    what that requires, …

    Extras count where a requirement names them: `a[b]` brings what `a` requires for `b`.
    """
    versions: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(canonicalize_name(DISTRIBUTION), EXTRAS)]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # required by something that was installed without it: it cannot be imported
        versions[name] = distribution.version
        for text in distribution.requires or ():
            requirement = Requirement(text)
            if _applies(requirement, extras):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    del versions[canonicalize_name(DISTRIBUTION)]
    return dict(sorted(versions.items()))


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    """Whether a requirement holds on this machine, for this Python and for the extras that were
    asked for.
    """
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def hash_of_the_code() -> str:
    """Worked out from the disk as it is now; a process takes `code_hash`."""
    parts = [f"{name} {version}" for name, version in libraries().items()]
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                parts.append(
                    f"{path.relative_to(ROOT).as_posix()} "
                    f"{hashlib.sha256(path.read_bytes()).hexdigest()}"
                )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# Once, when the code is loaded: files may be replaced under a process that runs on.
_CODE_HASH = hash_of_the_code()
