"""Reading texts: encodings, line ends, folders, standard input, and what is refused."""

import codecs
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.errors import OptionError, TextError
from charlstm.text.encodings import Document, decode
from charlstm.text.files import Reading, Skipped, read

KOREAN = "달못골에는 오래된 방앗간이 있다.\n“누가 왔니?” 하고 물었다.\n"
RARE = KOREAN + "똠방각하는 펲시를 마셨다.\n"  # 똠 and 펲 are in CP949 and not in EUC-KR
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043000806060706")
JPEG_WITHOUT_NUL = bytes.fromhex("ffd8ffdb50ffd9")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
SYLLABLES = [
    character
    for character in map(chr, range(ord("가"), ord("힣") + 1))
    if len(character.encode("euc_kr", "ignore")) == 2
]
FOREIGN = {
    "French": ("latin-1", "Où est passée la rivière ? « À côté du moulin », dit une voix."),
    "German": ("latin-1", "Größere Äpfel rollten über die Straße; niemand hörte es."),
    "Spanish": ("latin-1", "¿Dónde está el río? El niño volvió mañana, ¡qué alegría!"),
    "Portuguese": ("latin-1", "Não há pão à mão, e a água já não está fria."),
    "Danish": ("latin-1", "På øen står en mølle; børnene råber på hæren."),
    "degrees": ("latin-1", "At noon it was 21 °C in the mill."),
    "Shift-JIS": ("shift_jis", "昔々、ある所に川が流れていました。古い水車が回っていました。"),
    "Shift-JIS hiragana": ("shift_jis", "いろはにほへと ちりぬるを わかよたれそ つねならむ"),
    "Shift-JIS katakana": ("shift_jis", "イロハニホヘト チリヌルヲ ワカヨタレソ ツネナラム"),
    "EUC-JP": ("euc_jp", "昔々、ある所に川が流れていました。古い水車が回っていました。"),
    "EUC-JP hiragana": ("euc_jp", "いろはにほへと ちりぬるを わかよたれそ つねならむ"),
    "GB18030": ("gb18030", "从前有一条小河，河边有一座老磨坊，夜里总能听见有人唱歌。"),
    "Big5": ("big5", "從前有一條小河，河邊有一座老磨坊，夜裡總能聽見有人唱歌。"),
    "Russian": ("koi8_r", "Жила-была мельница у реки, и вода пела по ночам."),
    "Greek": ("iso8859_7", "Ο μύλος ήταν παλιός και το νερό τραγουδούσε."),
}


def refusal(sources: Sequence[object], encoding: str | None = None) -> str:
    """Return the message with which sources are refused."""
    with pytest.raises(TextError) as caught:
        read([str(source) for source in sources], encoding)
    return str(caught.value)


def at(byte: int, offset: int) -> str:
    """Say where a wrong byte is, as every message does."""
    return f"byte 0x{byte:02X} at offset {offset}"


def write(path: Path, data: bytes | str) -> Path:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def pipe_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put bytes on standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def names(reading: Reading, folder: Path) -> list[str]:
    """Return the paths of what was read, below a folder."""
    return [
        Path(str(document.name)).relative_to(folder).as_posix() for document in reading.documents
    ]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (RARE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + RARE.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + RARE.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + RARE.encode("utf-16-be"), "utf-16"),
        (RARE.encode("cp949"), "cp949"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little", "utf-16 big", "cp949"],
)
def test_finds_the_encoding(data: bytes, encoding: str, tmp_path: Path) -> None:
    """A file in any of the known encodings is read without being told which."""
    path = str(write(tmp_path / "a.txt", data))
    assert (Document(path, encoding, RARE),) == read([path]).documents


def test_finds_euc_kr(tmp_path: Path) -> None:
    """EUC-KR is read as the CP949 that holds it."""
    path = str(write(tmp_path / "a.txt", KOREAN.encode("euc_kr")))
    assert (Document(path, "cp949", KOREAN),) == read([path]).documents


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff")))
def test_reads_any_utf8(text: str) -> None:
    """Any text without NUL comes back from its UTF-8."""
    assert Document("a", "utf-8", text) == decode("a", text.encode())


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r")))
def test_reads_any_utf16(text: str) -> None:
    """Any text comes back from UTF-16 with a byte-order mark."""
    data = codecs.BOM_UTF16_LE + ("-" + text).encode("utf-16-le")
    assert Document("a", "utf-16", "-" + text) == decode("a", data)


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from([*SYLLABLES, *"abc 0.,\n“”…"])))
def test_reads_any_usual_korean(text: str) -> None:
    """Any text of KS X 1001 syllables comes back from CP949."""
    assert Document("a", "cp949", KOREAN + text) == decode("a", (KOREAN + text).encode("cp949"))


@pytest.mark.parametrize("text", ["누가 왔니?", "겨울 이불 걷어라", "오래된 방앗간이 있다."])
def test_reads_a_short_line_of_korean(text: str) -> None:
    """A single line is enough for CP949 to be recognised."""
    assert Document("a", "cp949", text) == decode("a", text.encode("cp949"))


def test_ascii_is_utf8() -> None:
    """A text of ASCII is read as UTF-8."""
    assert Document("a", "utf-8", "mill\n") == decode("a", b"mill\n")


@pytest.mark.parametrize("encoding", ["latin-1", "shift_jis", "utf-16-le", "euc_kr", "utf-8"])
def test_takes_the_encoding_that_is_named(encoding: str, tmp_path: Path) -> None:
    """A named encoding is used and nothing else is tried."""
    text = "°" if encoding == "latin-1" else "川" * 3
    path = str(write(tmp_path / "a.txt", text.encode(encoding)))
    assert (Document(path, encoding, text),) == read([path], encoding).documents


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (codecs.BOM_UTF8 + b"mill", "utf-8"),
        (codecs.BOM_UTF16_LE + "mill".encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + "mill".encode("utf-16-be"), "utf-16-be"),
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be"],
)
def test_a_byte_order_mark_is_no_character(data: bytes, encoding: str) -> None:
    """A byte-order mark does not get into the text where the encoding was named either."""
    assert "mill" == decode("a", data, encoding).text


def test_utf32_is_not_utf16() -> None:
    """A UTF-32 file, whose mark begins as that of UTF-16 does, is not read as UTF-16."""
    with pytest.raises(TextError, match=r"^a\.txt: "):
        decode("a.txt", codecs.BOM_UTF32_LE + "mill".encode("utf-32-le"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp949"])
def test_makes_all_line_ends_one(encoding: str) -> None:
    """CRLF and CR become LF in every encoding."""
    data = "가\r\n나\r다\n라\r\r\n마\n\r바".encode(encoding)
    assert "가\n나\n다\n라\n\n마\n\n바" == decode("a", data, encoding).text


def test_reads_a_folder_in_order_of_paths(tmp_path: Path) -> None:
    """The files of a folder and of those below it come in order of their paths."""
    expected = ["a/c.txt", "b.txt", "c/a.txt", "c/d/e.txt", "d.txt"]
    for name in reversed(expected):
        write(tmp_path / name, name)
    assert expected == names(read([str(tmp_path)]), tmp_path)


def test_reads_sources_in_the_order_given(tmp_path: Path) -> None:
    """Files and folders come in the order in which they were named."""
    for name in ("a.txt", "m/b.txt", "z.txt"):
        write(tmp_path / name, name)
    sources = [str(tmp_path / name) for name in ("z.txt", "m", "a.txt")]
    assert ["z.txt", "m/b.txt", "a.txt"] == names(read(sources), tmp_path)


def test_files_of_a_folder_differ_in_encoding(tmp_path: Path) -> None:
    """Each file of a folder is read in its own encoding."""
    write(tmp_path / "a.txt", KOREAN.encode("cp949"))
    write(tmp_path / "b.txt", KOREAN.encode())
    assert ["cp949", "utf-8"] == [d.encoding for d in read([str(tmp_path)]).documents]


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), (JPEG, "binary"), (PNG, "binary")])
def test_passes_over_files_of_a_folder(data: bytes, reason: str, tmp_path: Path) -> None:
    """Empty and binary files of a folder are passed over, and listed with the reason."""
    write(tmp_path / "a.txt", "mill")
    odd = write(tmp_path / "b", data)
    reading = read([str(tmp_path)])
    assert (["a.txt"], (Skipped(odd, reason),)) == (names(reading, tmp_path), reading.skipped)


def test_a_mark_alone_is_empty(tmp_path: Path) -> None:
    """A file of a folder that holds only a byte-order mark is passed over as an empty one is."""
    write(tmp_path / "a.txt", "mill")
    write(tmp_path / "b.txt", codecs.BOM_UTF8)
    assert ["a.txt"] == names(read([str(tmp_path)]), tmp_path)


def test_passes_over_pictures_whatever_the_encoding(tmp_path: Path) -> None:
    """A picture in a folder is passed over when the encoding of its texts was named, too."""
    write(tmp_path / "a.txt", "Größe".encode("latin-1"))
    write(tmp_path / "b.png", PNG)
    assert ["a.txt"] == names(read([str(tmp_path)], "latin-1"), tmp_path)


def test_does_not_see_hidden_files(tmp_path: Path) -> None:
    """Hidden files and folders are neither read nor listed."""
    for name in ("a.txt", ".b.txt", ".c/d.txt"):
        write(tmp_path / name, name)
    reading = read([str(tmp_path)])
    assert (["a.txt"], ()) == (names(reading, tmp_path), reading.skipped)


def test_a_hidden_file_may_be_named(tmp_path: Path) -> None:
    """A hidden file that is named itself is read."""
    assert "mill" == read([str(write(tmp_path / ".a.txt", "mill"))]).text


@pytest.mark.parametrize("files", [{}, {"a.png": PNG, "b.txt": b""}, {".a.txt": b"mill"}])
def test_refuses_a_folder_without_texts(files: dict[str, bytes], tmp_path: Path) -> None:
    """A folder with no text in it is refused by its name."""
    for name, data in files.items():
        write(tmp_path / name, data)
    assert refusal([tmp_path]).startswith(f"{tmp_path}: expected a folder with text files")


def test_names_the_wrong_file_of_a_folder(tmp_path: Path) -> None:
    """A file of a folder in no known encoding is named itself."""
    write(tmp_path / "a.txt", "mill")
    wrong = write(tmp_path / "b.txt", b"caf\xe9 noir")
    message = refusal([tmp_path])
    assert message.startswith(f"{wrong}: ")
    assert at(0xE9, 3) in message


@pytest.mark.parametrize(
    "data", [KOREAN.encode(), KOREAN.encode("cp949"), ("\ufeff" + KOREAN).encode("utf-16-le")]
)
def test_reads_standard_input(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads standard input, in any of the known encodings."""
    pipe_in(monkeypatch, data)
    reading = read(["-"])
    assert ("standard input", KOREAN) == (str(reading.documents[0].name), reading.text)


def test_reads_standard_input_among_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input takes its place among other sources."""
    pipe_in(monkeypatch, b"two\n")
    files = [str(write(tmp_path / name, name)) for name in ("one", "three")]
    assert "one\ntwo\nthree" == read([files[0], "-", files[1]]).text


def test_a_file_called_dash_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder before its name a file called - is read."""
    write(tmp_path / "-", "mill")
    monkeypatch.chdir(tmp_path)
    assert "mill" == read(["./-"]).text


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "found nothing in it"), (b"ab\0", at(0, 2)), (b"ab\xff", at(0xFF, 2))],
)
def test_refuses_standard_input(data: bytes, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong on standard input is refused in the same way, and by that name."""
    pipe_in(monkeypatch, data)
    message = refusal(["-"])
    assert message.startswith("standard input: ")
    assert found in message


@pytest.mark.parametrize(
    ("first", "expected"), [("one", "one\ntwo"), ("one\n", "one\ntwo"), ("one\n\n", "one\n\ntwo")]
)
def test_a_document_begins_on_a_line_of_its_own(first: str, expected: str, tmp_path: Path) -> None:
    """A line end is put between documents where there is none."""
    sources = [str(write(tmp_path / "1", first)), str(write(tmp_path / "2", "two"))]
    assert expected == read(sources).text


@pytest.mark.parametrize(
    "name",
    ["nowhere.txt", "no/where.txt", "b\0d", "x" * 5000],
    ids=["missing", "missing folder", "nul", "too long"],
)
def test_refuses_a_missing_file(name: str, tmp_path: Path) -> None:
    """A file that is not there, or cannot be, is refused by its name."""
    assert refusal([tmp_path / name]).startswith(f"{tmp_path / name}: expected ")


def test_refuses_a_name_below_a_file(tmp_path: Path) -> None:
    """A name that takes a file for a folder is refused."""
    path = write(tmp_path / "a.txt", "mill") / "b.txt"
    assert refusal([path]).startswith(f"{path}: expected ")


def test_an_empty_name_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty name, as an unset variable gives, is not taken for the working folder."""
    write(tmp_path / "a.txt", "mill")
    monkeypatch.chdir(tmp_path)
    assert "expected" in refusal([""])


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_refuses_an_empty_file(data: bytes, tmp_path: Path) -> None:
    """A file without a character is refused by its name."""
    path = write(tmp_path / "a.txt", data)
    assert refusal([path]).startswith(f"{path}: expected text, found nothing in it")


@pytest.mark.parametrize(
    ("data", "byte", "offset"),
    [(JPEG, 0, 4), (PNG, 0, 8), ("mill".encode("utf-16-le"), 0, 1)],
    ids=["jpeg", "png", "utf-16 without mark"],
)
def test_refuses_a_binary_file(data: bytes, byte: int, offset: int, tmp_path: Path) -> None:
    """A binary file is refused by its name and by its first NUL byte."""
    path = write(tmp_path / "a", data)
    message = refusal([path])
    assert message.startswith(f"{path}: expected text, found a binary file")
    assert at(byte, offset) in message


HALF, OTHER_HALF = KOREAN.encode(), KOREAN.encode("cp949")


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (JPEG_WITHOUT_NUL, 0),
        (b"mill \x80", 5),
        (b"mill \xff\xfe", 5),
        (HALF + OTHER_HALF, len(HALF)),
        (b"mill " + OTHER_HALF + HALF, 5),
        (HALF + b"\xe0", len(HALF)),
        (KOREAN.encode("cp949") + b"\xb4", 0),
    ],
    ids=["jpeg", "tail", "mark inside", "utf-8 first", "cp949 first", "cut utf-8", "cut cp949"],
)
def test_names_the_byte_that_fits_nothing(data: bytes, offset: int, tmp_path: Path) -> None:
    """A file in no known encoding is refused by its name and the first byte that is not UTF-8."""
    path = write(tmp_path / "a.txt", data)
    message = refusal([path])
    assert message.startswith(f"{path}: ")
    assert at(data[offset], offset) in message


@pytest.mark.parametrize(
    ("data", "encoding", "offset"),
    [
        (b"mill\xff", "ascii", 4),
        (b"mill\xff", "utf-8", 4),
        (b"mill\x80", "cp949", 4),
        (codecs.BOM_UTF8 + b"mill\xff", "utf-8-sig", 7),
        (codecs.BOM_UTF16_LE + b"m\0\0\xd8i\0", "utf-16", 4),
    ],
    ids=["ascii", "utf-8", "cp949", "utf-8-sig", "utf-16"],
)
def test_names_the_byte_that_the_named_encoding_lacks(
    data: bytes, encoding: str, offset: int, tmp_path: Path
) -> None:
    """Bytes that are wrong in the named encoding are refused by name, encoding and offset."""
    path = write(tmp_path / "a.txt", data)
    expected = f"{path}: expected text in {encoding}, found {at(data[offset], offset)}; "
    assert refusal([path], encoding).startswith(expected)


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (codecs.BOM_UTF8 + b"mill\xff mill", 7),
        (codecs.BOM_UTF16_LE + b"m\0\0\xd8i\0", 4),
        (codecs.BOM_UTF16_BE + b"\0m\xd8\0\0i", 4),
        (codecs.BOM_UTF16_LE + b"m\0i", 4),
    ],
    ids=["utf-8", "utf-16 little", "utf-16 big", "cut utf-16"],
)
def test_names_the_byte_after_a_mark(data: bytes, offset: int, tmp_path: Path) -> None:
    """Where a byte-order mark named the encoding, an offset is counted from the file's start."""
    path = write(tmp_path / "a.txt", data)
    message = refusal([path])
    assert message.startswith(f"{path}: ")
    assert at(data[offset], offset) in message


@pytest.mark.parametrize("language", FOREIGN)
def test_does_not_take_other_languages_for_korean(language: str, tmp_path: Path) -> None:
    """Text of another language is refused by name and offset and not read as Korean."""
    encoding, text = FOREIGN[language]
    data = text.encode(encoding)
    path = write(tmp_path / "a.txt", data)
    offset = next(i for i, byte in enumerate(data) if byte > 0x7F)
    message = refusal([path])
    assert message.startswith(f"{path}: ")
    assert at(data[offset], offset) in message


@pytest.mark.parametrize("encoding", ["klingon", "", "rot13", "hex", "undefined"])
def test_refuses_an_unknown_encoding(encoding: str, tmp_path: Path) -> None:
    """The name of no encoding of text is refused as an option."""
    path = write(tmp_path / "a.txt", "mill")
    with pytest.raises(OptionError) as caught:
        read([str(path)], encoding)
    assert "encoding" == caught.value.field


@pytest.mark.parametrize(
    ("encoding", "data"), [("idna", b"xn--99999999"), ("punycode", b"mill-99999999")]
)
def test_refuses_what_an_odd_encoding_lacks(encoding: str, data: bytes, tmp_path: Path) -> None:
    """Bytes that are wrong in one of Python's odder encodings are refused by the file's name."""
    path = write(tmp_path / "a.txt", data)
    assert refusal([path], encoding).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("encoding", "data"), [("utf-7", b"mill +2AA-"), ("unicode_escape", b"mill \\ud800")]
)
def test_refuses_half_a_character(encoding: str, data: bytes, tmp_path: Path) -> None:
    """Half of a surrogate pair, which no file could be written with, is refused."""
    path = write(tmp_path / "a.txt", data)
    assert refusal([path], encoding).startswith(f"{path}: ")
