"""Files that a person writes, in YAML, JSON or CSV: read strictly, and faults told by file, line
and what is allowed.

`expectations/reading.py` and `profiles/reading.py` are the same file: neither package imports the
other, and both read what people write. A test holds them equal.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

MOST_BYTES = 2_000_000
MOST_NAMED = 12
# A file of people has thousands of parts at most, its aliases written out.
MOST_PARTS = 200_000


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
                    "unknown_key", "unknown key", {"key": str(key), "known": known}
                )
        return raw


Model = TypeVar("Model", bound=BaseModel)


class _Once:
    """No key twice: what a reader drops could be anything."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)  # type: ignore[attr-defined]
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem="a key is there twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)  # type: ignore[misc]
        return found


class _Loader(_Once, yaml.SafeLoader):
    """YAML as people write it."""


class _OwnLoader(_Once, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, in a tenth of the time, for files that came with this code: a hostile
    one could end the process, and its messages name less.
    """


class _TextLoader(_Once, yaml.BaseLoader):
    """The same, but every scalar stays the text that it is: YAML would make a truth of Yes and a
    number of 01.
    """


def read_file(model: type[Model], path: Path) -> Model:
    """The file as `model`. Raises FileError where it is not there, is not YAML or JSON, or does not
    fit the model.
    """
    return read_text(model, read_words(path), path.name)


def read_words(path: Path) -> str:
    """The text of a file that a person writes. Raises FileError where it cannot be read as UTF-8
    text.
    """
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


def read_text(model: type[Model], text: str, name: str, *, as_texts: bool = False) -> Model:
    """The text as `model`; `name` stands for the file in messages. `as_texts`: no scalar is made a
    number or a truth.

    Raises FileError.
    """
    raw, tree = read_raw(text, name, as_texts=as_texts)
    return as_model(model, raw, tree, name)


def read_own(model: type[Model], text: str, name: str) -> Model:
    """The text of a file that came with this code as `model`. Raises FileError."""
    raw, tree = _read(_OwnLoader(text), name)
    return as_model(model, raw, tree, name)


def read_raw(text: str, name: str, *, as_texts: bool = False) -> tuple[Any, yaml.Node | None]:
    """What a YAML text holds, and the places of its parts. Raises FileError."""
    return _read((_TextLoader if as_texts else _Loader)(text), name)


def _read(loader: Any, name: str) -> tuple[Any, yaml.Node | None]:
    try:
        tree = loader.get_single_node()
        if tree is not None and _size(tree, {}) > MOST_PARTS:
            raise FileError(
                f"{name}: aliases (*name) in it stand for more than {MOST_PARTS:,} parts."
            )
        raw = None
        if tree is not None:
            raw = loader.construct_document(tree)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError(f"{name}, line {line}: not valid YAML: {error.problem}.") from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{name}: not valid YAML.") from None
    except RecursionError:
        raise FileError(f"{name}: parts lie too deep inside one another.") from None
    finally:
        loader.dispose()
    return raw, tree


def as_model(model: type[Model], raw: Any, tree: yaml.Node | None, name: str) -> Model:
    """What was read as `model`; `tree` tells the lines. Raises FileError."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            faults.append(f"{name}, line {_line(tree, fault)}: {_in_words(fault)}.")
        raise FileError("\n".join(dict.fromkeys(faults))) from None


def read_json(model: type[Model], text: str, name: str) -> Model:
    """A JSON text that another party's program wrote, as `model`. Messages name no key of it.
    Raises FileError.
    """
    try:
        raw = json.loads(text, object_pairs_hook=_once)
    except FileError as error:
        raise FileError(f"{name}: {error}") from None
    except (ValueError, RecursionError):
        raise FileError(f"{name}: not valid JSON.") from None
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        tree = _json_tree(text)
        faults = []
        for f in error.errors():
            faults.append(f"{name}, line {_line(tree, f)}: {_in_words(f, names_keys=False)}.")
        raise FileError("\n".join(dict.fromkeys(faults))) from None


def read_rows(model: type[Model], path: Path) -> list[tuple[int, Model]]:
    """The rows of a CSV file with a header, each with the number of its line. Raises FileError.

    The file comes from another party: messages name no column that is not known, and no cell.
    """
    name = path.name
    reader = csv.DictReader(io.StringIO(read_words(path), newline=""), strict=True)
    try:
        columns = [column.strip() for column in reader.fieldnames or ()]
        reader.fieldnames = columns
        _only_known_columns(model, columns, name)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error:
        raise FileError(f"{name}: not valid CSV.") from None
    if not rows:
        raise FileError(f"{name}: there is no row below the header.")
    return [(line, _row(model, row, f"{name}, line {line}")) for line, row in rows]


def _only_known_columns(model: type[BaseModel], columns: list[str], name: str) -> None:
    known = model.model_fields
    missing = []
    for column, field in known.items():
        if field.is_required() and column not in columns:
            missing.append(column)
    if missing:
        raise FileError(f"{name}, line 1: the file needs the columns {', '.join(missing)}.")
    if not set(columns) <= set(known):
        raise FileError(
            f"{name}, line 1: a column is not known here; known are: {', '.join(known)}."
        )
    if len(set(columns)) < len(columns):
        raise FileError(f"{name}, line 1: a column is there twice.")


def _row(model: type[Model], row: Mapping[str, str | None], where: str) -> Model:
    # The reader puts what is too many under no name, and None where a cell is wanting.
    if None in row or None in row.values():
        raise FileError(f"{where}: the line has not as many cells as there are columns.")
    try:
        return model.model_validate(row)
    except ValidationError as error:
        faults = [f"{where}: {_in_words(fault)}." for fault in error.errors()]
        raise FileError("\n".join(faults)) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise FileError("a key is there twice in one object.")
    return dict(pairs)


def _json_tree(text: str) -> yaml.Node | None:
    """The places of a JSON text's parts, for line numbers; None where YAML reads it otherwise."""
    try:
        return yaml.compose(text.replace("\t", "  "), yaml.SafeLoader)
    except yaml.YAMLError:
        return None


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many parts a node stands for once its aliases are written out: a small file can stand for
    a huge one.
    """
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MOST_PARTS  # an alias inside its own anchor never ends
    if isinstance(node, yaml.MappingNode):
        size = 1 + sum(_size(part, known) for pair in node.value for part in pair)
    elif isinstance(node, yaml.SequenceNode):
        size = 1 + sum(_size(part, known) for part in node.value)
    else:
        size = 1
    known[id(node)] = size
    return size


def fault(name: str, text: str, at: tuple[str, ...], words: str) -> FileError:
    """A FileError for what is wrong at a place (keys from the top) that the model itself cannot
    see.
    """
    line = line_of(yaml.compose(text, yaml.SafeLoader), at)
    return FileError(f"{name}, line {line}: {words}.")


def nearest(word: str, known: list[str]) -> str:
    """“did you mean x? Known are: …” for a word that is not known."""
    near = difflib.get_close_matches(word, known, 1)
    guess = f"did you mean “{near[0]}”? " if near else ""
    more = ""
    if len(known) > MOST_NAMED:
        more = f", … ({len(known)} in all)"
    return f"{guess}Known are: {', '.join(known[:MOST_NAMED])}{more}"


def _unknown(context: Mapping[str, Any], names_keys: bool) -> str:
    if names_keys:
        return (
            f"“{context['key'][:40]}” is not known here; "
            f"{nearest(context['key'], context['known'])}"
        )
    return f"a key is not known here; known are: {', '.join(context['known'])}"


def _in_words(fault: ErrorDetails, names_keys: bool = True) -> str:
    if fault["type"] == "unknown_key":
        return _unknown(fault.get("ctx", {}), names_keys)
    names = []
    for part in fault["loc"]:
        if isinstance(part, str):
            names.append(str(part))
    where = f"{names[-1][:40]}: " if names and names_keys else ""
    literal_error = f"must be one of {fault.get('ctx', {}).get('expected', '')}"
    value_error = str(fault.get("ctx", {}).get("error", ""))
    words = {
        "missing": "it is missing",
        "literal_error": literal_error,
        "string_type": "must be text",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "date_type": "must be a day, YYYY-MM-DD",
        "date_parsing": "must be a day, YYYY-MM-DD",
        "date_from_datetime_parsing": "must be a day, YYYY-MM-DD",
        "list_type": "must be a list",
        "tuple_type": "must be a list",
        "dict_type": "must be a list of keys with values",
        "model_type": "must be a list of keys with values",
        "value_error": value_error,
    }
    return where + words.get(fault["type"], fault["msg"].lower())


def _line(tree: yaml.Node | None, fault: ErrorDetails) -> int:
    at = tuple(str(part) for part in fault["loc"])
    if fault["type"] == "unknown_key":
        at = (*at, fault.get("ctx", {})["key"])
    return line_of(tree, at)


def line_of(tree: yaml.Node | None, at: tuple[str, ...]) -> int:
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
