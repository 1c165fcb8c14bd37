"""Small pieces of sentences."""

from __future__ import annotations

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(number: int) -> str:
    """“two”; digits for more than ten, as the house style of most newspapers has it."""
    if number < len(NUMBERS):
        return NUMBERS[number]
    return f"{number:,}"


def joined(parts: list[str]) -> str:
    """a, b and c."""
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def uncapital(text: str) -> str:
    """The text with its first letter small, to stand in a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def capital(text: str) -> str:
    """The text with its first letter as a capital."""
    return f"{text[:1].upper()}{text[1:]}"
