"""Small pieces of sentences."""

from __future__ import annotations

NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def in_words(number: int) -> str:
    """“two”, “twenty-one”; digits from a hundred on."""
    if number < len(NUMBERS):
        return NUMBERS[number]
    if number >= 100:
        return f"{number:,}"
    tens, rest = divmod(number, 10)
    if rest:
        return f"{TENS[tens - 2]}-{NUMBERS[rest]}"
    return TENS[tens - 2]


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
