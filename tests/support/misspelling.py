"""Small edits of files that people write: every word that a schema knows, misspelt one at a time."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel


@dataclass(frozen=True)
class Misspelt:
    """A text with one word misspelt, the line where, and the word as it was."""

    text: str
    line: int
    word: str


def misspelt(text: str, model: type[BaseModel]) -> Iterator[Misspelt]:
    """A text for every key and every word of a list in it that the model knows, with that one misspelt."""
    for node in _words(yaml.compose(text), model):
        quote = 1 if node.style else 0
        start, end = node.start_mark.index + quote, node.end_mark.index - quote
        wrong = node.value[:-1] if len(node.value) > 4 else f"{node.value}q"
        yield Misspelt(text[:start] + wrong + text[end:], node.start_mark.line + 1, node.value)


def _words(node: yaml.Node | None, wanted: Any) -> Iterator[yaml.ScalarNode]:
    """The scalars of a tree that must be one of the words that its type knows."""
    origin = get_origin(wanted)
    if origin is Annotated:
        yield from _words(node, get_args(wanted)[0])
    elif origin in (Union, types.UnionType):
        # A part may be of either type: of the one that its form fits.
        for one in get_args(wanted):
            yield from _words(node, one)
    elif isinstance(wanted, type) and issubclass(wanted, BaseModel):
        yield from _of_model(node, wanted)
    elif isinstance(node, yaml.MappingNode) and origin in (dict, Mapping):
        for key, value in node.value:
            yield from _words(key, get_args(wanted)[0])
            yield from _words(value, get_args(wanted)[1])
    elif isinstance(node, yaml.SequenceNode) and origin in (list, tuple):
        for part, one in zip(node.value, _each(get_args(wanted), len(node.value)), strict=False):
            yield from _words(part, one)
    elif isinstance(node, yaml.MappingNode) and origin in (list, tuple):
        # One part is short for a list of one.
        yield from _words(node, get_args(wanted)[0])
    elif isinstance(node, yaml.ScalarNode) and origin is Literal:
        yield node


def _each(of: tuple[Any, ...], many: int) -> tuple[Any, ...]:
    return (of[0],) * many if len(of) == 1 or of[-1] is Ellipsis else of


def _of_model(node: yaml.Node | None, model: type[BaseModel]) -> Iterator[yaml.ScalarNode]:
    if "root" in model.model_fields:
        yield from _words(node, model.model_fields["root"].annotation)
        return
    if not isinstance(node, yaml.MappingNode):
        return
    hints = typing.get_type_hints(model, include_extras=True)
    by_key = {field.alias or name: hints[name] for name, field in model.model_fields.items()}
    for key, value in node.value:
        if key.value in by_key:
            yield key
            yield from _words(value, by_key[key.value])
