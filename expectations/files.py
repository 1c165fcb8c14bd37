"""What a file is: one that a program left in a folder, or, by its bytes and whatever its name says,
text in some encoding, or something that no reader of CSV can read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

AS_CSV = "open it in the program that it belongs to and save the table as “CSV UTF-8”"
UNPACK = "unpack it, and name the CSV file that is in it"
DECRYPT = "decrypt it, and name the CSV file that it holds"
EXPORT = "export the table as CSV in UTF-8"
# The first bytes of a kind of file; what it is; what to do.
KINDS = (
    (b"\x1f\x8b", "a packed file (gzip)", UNPACK),
    (b"BZh", "a packed file (bzip2)", UNPACK),
    (b"\xfd7zXZ\x00", "a packed file (xz)", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a packed file (zstd)", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a packed file (7z)", UNPACK),
    (b"Rar!", "a packed file (rar)", UNPACK),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the older kind, or one with a password", AS_CSV),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"PARE", "a Parquet file that is encrypted", DECRYPT),
    (b"ORC", "an ORC file", EXPORT),
    (b"ARROW1", "an Arrow file", EXPORT),
    (b"SQLite format 3", "a database (SQLite)", EXPORT),
    (b"\x00\x01\x00\x00Standard", "a database (Access)", EXPORT),
    (b"$FL", "a file of SPSS", EXPORT),
    (b"%PDF", "a PDF", EXPORT),
    (b"{\\rtf", "a word processor's document", EXPORT),
    (b"Salted__", "an encrypted file", DECRYPT),
    (b"-----BEGIN PGP", "an encrypted file (PGP)", DECRYPT),
    (b"age-encryption.org", "an encrypted file (age)", DECRYPT),
    (b"\x85\x01", "an encrypted file (PGP)", DECRYPT),
    (b"\x84\x8c", "an encrypted file (PGP)", DECRYPT),
    (b"\x8c\x0d\x04", "an encrypted file (PGP)", DECRYPT),
)
# Text that is no table of cells, however it is named.
MARKUP = re.compile(rb"\s*<(!doctype html|html|table|\?xml|!--)", re.IGNORECASE)
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
IN_ZIP = (
    ("xl/", "an Excel workbook", AS_CSV),
    ("word/", "a word processor's document", EXPORT),
    ("content.xml", "an OpenDocument workbook", AS_CSV),
)
BYTES = 4096
BLOCK = 1_000_000
UTF_8 = "utf-8-sig"
# What UTF-8 looks like where it was read as cp1252: “ZoÃ«”, “Oâ€™Brien”. No name is written so.
_HIGH = "".join(bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(0x80, 0xC0))
# Letters of other scripts, and Vietnamese ones, begin with others: “CreÈ›u”, “Nguyá»…n”. Quotes and
# dashes stand after a letter in good text too.
_HIGH_ALONE = "".join(sorted(set(_HIGH) - set("‘’“”–—…\u00a0·°´")))
MISREAD = re.compile(
    f"[ÂÃÄÅ][{re.escape(_HIGH)}]|â€|[ÈÉÊÎÏÐÑ×ØÙÚÛ][{re.escape(_HIGH_ALONE)}]|á[º»¼]|\ufffd"
)
# What letters of a DOS program (cp850) look like where they were read as cp1252: “Zo‚”.
MISREAD_DOS = re.compile("[A-Za-z][‚„ƒ‡‰¢¤]")


# What operating systems and office programs leave in a folder, by kind: other names could be a
# person's.
OF_SYSTEM = {
    "Thumbs.db": re.compile(r"thumbs\.db", re.IGNORECASE),
    ".DS_Store": re.compile(r"\.DS_Store", re.IGNORECASE),
    "desktop.ini": re.compile(r"desktop\.ini", re.IGNORECASE),
    "~$…": re.compile(r"~\$.*"),
    "._…": re.compile(r"\._.*"),
    ".~lock…": re.compile(r"\.~lock\..*"),
}


def is_of_system(name: str) -> bool:
    """Whether a file is one that a program left in the folder: it is passed over, and named."""
    return any(kind.fullmatch(name) for kind in OF_SYSTEM.values())


def kinds_of_system(names: Iterable[str]) -> list[str]:
    """Which kinds of such files are among these names."""
    there = list(names)
    return [kind for kind, of in OF_SYSTEM.items() if any(map(of.fullmatch, there))]


def what_else(path: Path) -> str | None:
    """“is an Excel workbook, not CSV: open it …” where a file is something else than text; None
    where it may be CSV.
    """
    if words := packed(path):
        return words
    start = _start(path)
    if MARKUP.match(start.removeprefix(codecs.BOM_UTF8)):
        return _not_csv("a web page or XML", EXPORT)
    if b"\0" in start and _utf_16(start) is None:
        return _not_csv("no text (it has NUL bytes)", EXPORT)
    return None


def packed(path: Path) -> str | None:
    """The same of a file that is packed, encrypted or of some program's own kind: none of its bytes
    are cells.
    """
    start = _start(path)
    if start.startswith(ZIP):
        return _not_csv(*_in_zip(path))
    for magic, what, todo in KINDS:
        if start.startswith(magic):
            return _not_csv(what, todo)
    return None


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES)


def _not_csv(what: str, todo: str) -> str:
    return f"is {what}, not CSV: {todo}"


def _in_zip(path: Path) -> tuple[str, str]:
    try:
        with ZipFile(path) as packed:
            names = packed.namelist()
            is_locked = any(entry.flag_bits & 1 for entry in packed.infolist())
    except (BadZipFile, OSError, ValueError):
        return "a packed file (zip) that is damaged", UNPACK
    for start, what, todo in IN_ZIP:
        if any(name.startswith(start) for name in names):
            return what, todo
    if is_locked:
        return "a packed file (zip) with a password", DECRYPT
    return "a packed file (zip)", UNPACK


def _utf_16(start: bytes) -> str | None:
    """UTF-16 by its mark, or by every other byte of plain letters being zero."""
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    even = start[0::2]
    odd = start[1::2]
    if len(start) >= 8 and odd.count(0) > 0.8 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(start) >= 8 and even.count(0) > 0.8 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def told_encoding(path: Path) -> str:
    """The encoding that the first bytes tell: UTF-16 or UTF-8, which is also what is taken where
    they tell nothing.
    """
    return _utf_16(_start(path)) or UTF_8


def encoding_of(path: Path, named: str | None) -> str:
    """The encoding to read a file in, where `named` is what somebody says of it. Raises ValueError
    in words that follow the file's name: it cannot be read so, or can and would be read wrongly.

    The whole file is looked through. UTF-8 reads in cp1252 without a complaint, and `Zoë` would be
    `ZoÃ«`; the other way round most names fail.
    """
    told = told_encoding(path)
    if told != UTF_8:
        return told
    is_utf_8 = _reads_as(path, UTF_8)
    if named is None or codecs.lookup(named).name in ("utf-8", "utf-8-sig"):
        if not is_utf_8:
            raise ValueError(
                f"is not in the encoding {named or 'utf-8'}; Windows programs often write cp1252: "
                "name it in columns.yml (encoding: cp1252)"
            )
        _refuse_misread(path)
        return UTF_8
    if is_utf_8 and not _is_ascii(path):
        raise ValueError(
            f"is in UTF-8, and {named} would misread its letters; write encoding: utf-8 in "
            "columns.yml"
        )
    if not _reads_as(path, named):
        raise ValueError(f"is not in the encoding {named}; name its own in columns.yml")
    if codecs.lookup(named).name == "cp1252":
        _refuse(path, named, MISREAD_DOS, "looks like the letters of DOS (encoding: cp850)")
    return named


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _reads_as(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_ascii(path: Path) -> bool:
    return all(block.isascii() for block in _blocks(path))


def _refuse_misread(path: Path) -> None:
    words = (
        "holds letters that were read in the wrong encoding before (UTF-8 as cp1252), or lost, so "
        "names would not match; export it again in UTF-8"
    )
    _refuse(path, "utf-8", MISREAD, words)


def _refuse(path: Path, encoding: str, misread: re.Pattern[str], words: str) -> None:
    """Raises ValueError with the first line that holds what was misread."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in _blocks(path):
        if block.isascii():
            line += block.count(b"\n")
            continue
        text = decoder.decode(block)
        if found := misread.search(text):
            at = line + text.count("\n", 0, found.start())
            raise ValueError(f"line {at}: {words}")
        line += text.count("\n")
