"""From bytes to text: finding the encoding, never decoding with losses, and one kind of line end.

UTF-8 (with or without a byte-order mark), UTF-16 with one, and CP949 (which holds EUC-KR) are
found without being told. What fits none of them is an error.
"""

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from charlstm.errors import OptionError, TextError
from charlstm.messages import Message

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARK = "\ufeff"
# The single letters that people write; other encodings decode to the others just as often.
_LETTERS = set("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅓㅔㅕㅗㅛㅜㅠㅡㅣ")


@dataclass(frozen=True)
class Document:
    """One text as it was read: where from, in which encoding it was, and its characters."""

    name: str | Message
    encoding: str
    text: str


def decode(name: str | Message, data: bytes, encoding: str | None = None) -> Document:
    """Decode the bytes of a text called `name`; CRLF and CR become LF.

    Raises:
        TextError: the bytes are not text, or in no known encoding; names the byte offset.
    """
    known = encoding or _find(name, data)
    try:
        # The plain codec counts offsets from the very beginning; the mark is taken off below.
        text = data.decode("utf-8" if codecs.lookup(known).name == "utf-8-sig" else known)
        text.encode("utf-8")
    except UnicodeError as error:
        if isinstance(error, UnicodeDecodeError) and error.start < len(data):
            byte = byte_at(data, error.start)
            raise TextError(
                "errors.text.wrong_encoding", source=name, encoding=known, byte=byte
            ) from None
        raise TextError("errors.text.wrong_codec", source=name, encoding=known) from None
    text = text.removeprefix(_MARK).replace("\r\n", "\n").replace("\r", "\n")
    return Document(name, known, text)


def is_binary(data: bytes, encoding: str | None = None) -> bool:
    """Return whether bytes are no text; `encoding` is what they are said to be in."""
    if encoding is not None and codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return False
    utf16 = data.startswith(_UTF16_MARKS) and not data.startswith(codecs.BOM_UTF32_LE)
    return not utf16 and b"\0" in data


def check_encoding(encoding: str) -> None:
    """Refuse an encoding that there is not.

    Raises:
        OptionError: Python does not know it, or it is none of text.
    """
    try:
        "".encode(encoding)
        is_text = codecs.lookup(encoding)._is_text_encoding  # noqa: SLF001  there is no other way
    except (LookupError, UnicodeError, ValueError):
        is_text = False
    if not is_text:
        raise OptionError("encoding", "errors.expected.encoding", encoding)


def byte_at(data: bytes, offset: int) -> Message:
    """Name a byte for an error message."""
    return Message("errors.text.byte", byte=f"0x{data[offset]:02X}", offset=offset)


def _find(name: str | Message, data: bytes) -> str:
    if is_binary(data):
        raise TextError("errors.text.binary", source=name, byte=byte_at(data, data.index(0)))
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith(_UTF16_MARKS):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _find_korean(name, data, error.start)
    return "utf-8"


def _find_korean(name: str | Message, data: bytes, offset: int) -> str:
    """Take CP949 only where the text then reads as Korean: its bytes allow nearly anything."""
    guess = from_bytes(data).best()
    likeliest = guess.encoding if guess else ""
    try:
        korean = _reads_as_korean(data.decode("cp949"), likely=likeliest in {"cp949", "euc_kr"})
    except UnicodeDecodeError:
        korean = False
    if korean:
        return "cp949"
    byte = byte_at(data, offset)
    if likeliest in {"", "cp949"}:
        raise TextError("errors.text.no_encoding", source=name, byte=byte)
    raise TextError("errors.text.likely_encoding", source=name, byte=byte, likeliest=likeliest)


def _reads_as_korean(text: str, *, likely: bool) -> bool:
    """Tell Korean from what only decodes as it.

    Nearly all of a Korean text is among the 2,350 syllables of KS X 1001. A text with many hanja
    is Korean if it is the likeliest to be.
    """
    usual = sum(_is_usual_syllable(character) for character in text)
    hanja = sum("\u4e00" <= character <= "\u9fff" for character in text)
    odd = sum(_is_odd(character) for character in text)
    if likely:
        return usual > odd
    return usual >= 9 * (hanja + odd) > 0 or usual > hanja + odd == 0


def _is_usual_syllable(character: str) -> bool:
    return "가" <= character <= "힣" and len(character.encode("euc_kr", "ignore")) == 2


def _is_odd(character: str) -> bool:
    """Tell rare syllables, letters of old Hangul, kana, Greek and the like from usual signs."""
    if "가" <= character <= "힣":
        return not _is_usual_syllable(character)
    jamo = "\u3131" <= character <= "\u318e"
    foreign = "\u0370" <= character <= "\u04ff" or "\u3041" <= character <= "\u30ff"
    return (jamo and character not in _LETTERS) or foreign or "\uf900" <= character <= "\ufaff"
