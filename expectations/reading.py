"""Files that a person writes, in YAML or JSON: read strictly, and faults told by file, line and what is allowed.

`expectations/reading.py` and `profiles/reading.py` are the same file: neither package imports the other, and both read what
people write. A test holds them equal.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

MOST_BYTES = 2_000_000
MOST_NAMED = 12


class FileError(ValueError):
    """What is wrong with a file, one line per fault: file, line, and what is allowed there."""


class Strict(BaseModel):
    """A part of a file in which every key must be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys_only(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in raw:
            if key not in known:
                raise PydanticCustomError(
                    "unknown_key", "{words}", {"key": str(key), "words": f"{_unknown(str(key), known)}"}
                )
        return raw


Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML as people write it: no key twice, and no aliases, with which a small file can stand for a huge one."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(problem="a key is there twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_file(model: type[Model], path: Path) -> Model:
    """The file as `model`. Raises FileError where it is not there, is not YAML or JSON, or does not fit the model."""
    return read_text(model, read_words(path), path.name)


def read_words(path: Path) -> str:
    """The text of a file that a person writes. Raises FileError where it cannot be read as UTF-8 text."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError(f"{path.name}: the file is larger than {MOST_BYTES // 1_000_000} MB.")
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise FileError(f"{path.name}: the file is not there.") from None
    except UnicodeDecodeError:
        raise FileError(f"{path.name}: the file is not text in UTF-8.") from None
    except OSError as error:
        raise FileError(f"{path.name}: the file cannot be read ({type(error).__name__}).") from None


def read_text(model: type[Model], text: str, name: str) -> Model:
    """The text as `model`; `name` stands for the file in messages. Raises FileError."""
    try:
        raw = yaml.load(text, _Loader)  # noqa: S506 a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError(f"{name}, line {line}: not valid YAML: {error.problem}.") from None
    except yaml.YAMLError:
        raise FileError(f"{name}: not valid YAML.") from None
    except RecursionError:
        raise FileError(f"{name}: parts lie too deep inside one another.") from None
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        tree = yaml.compose(text, yaml.SafeLoader)
        faults = [f"{name}, line {_line(tree, fault)}: {_in_words(fault)}." for fault in error.errors()]
        raise FileError("\n".join(dict.fromkeys(faults))) from None


def fault(name: str, text: str, at: tuple[str, ...], words: str) -> FileError:
    """A FileError for what is wrong at a place (keys from the top) that the model itself cannot see."""
    line = _line_of(yaml.compose(text, yaml.SafeLoader), at)
    return FileError(f"{name}, line {line}: {words}.")


def nearest(word: str, known: list[str]) -> str:
    """“did you mean x? Known are: …” for a word that is not known."""
    near = difflib.get_close_matches(word, known, 1)
    guess = f"did you mean “{near[0]}”? " if near else ""
    more = f", … ({len(known)} in all)" if len(known) > MOST_NAMED else ""
    return f"{guess}Known are: {', '.join(known[:MOST_NAMED])}{more}"


def _unknown(key: str, known: list[str]) -> str:
    return f"“{key[:40]}” is not known here; {nearest(key, known)}"


def _in_words(fault: ErrorDetails) -> str:
    names = [str(part) for part in fault["loc"] if isinstance(part, str)]
    where = f"{names[-1][:40]}: " if names and fault["type"] != "unknown_key" else ""
    words = {
        "missing": "it is missing",
        "literal_error": f"must be one of {fault.get('ctx', {}).get('expected', '')}",
        "string_type": "must be text",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "list_type": "must be a list",
        "tuple_type": "must be a list",
        "dict_type": "must be a list of keys with values",
        "model_type": "must be a list of keys with values",
        "value_error": str(fault.get("ctx", {}).get("error", "")),
        "unknown_key": str(fault.get("ctx", {}).get("words", "")),
    }
    return where + words.get(fault["type"], fault["msg"].lower())


def _line(tree: yaml.Node | None, fault: ErrorDetails) -> int:
    at = tuple(str(part) for part in fault["loc"])
    if fault["type"] == "unknown_key":
        at = (*at, fault.get("ctx", {})["key"])
    return _line_of(tree, at)


def _line_of(tree: yaml.Node | None, at: tuple[str, ...]) -> int:
    """The line of the innermost part of a path that the file has."""
    line = 1
    node = tree
    for part in at:
        child = _child(node, part)
        if child is None:
            continue
        line, node = child
    return line


def _child(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        item = node.value[int(part)]
        return item.start_mark.line + 1, item
    return None
