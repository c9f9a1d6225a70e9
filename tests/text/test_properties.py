"""Properties of a text, against what one writes down by hand."""

import pytest

from charlstm.text.properties import properties
from charlstm.text.unicode_forms import normalized

QUOTES = [
    ('a "b" c', "0011000"),
    ("가 “나” 다", "0011000"),
    # A paragraph that goes on opens again; a blank line closes what nobody did.
    ('"a\n"b" c', "11111000"),
    ('"a\n\nb', "11100"),
    ('("a")', "01100"),
    ('a"b"', "0110"),
    ('"a" "b"', "1100110"),
    ("'a' 「b」", "0000000"),
]
BRACKETS = [
    ("a(b)c", "01100"),
    ("([a])b", "122100"),
    ("「가《나》다」", "1122110"),
    ("([a)b", "12200"),
    ("a) :) b", "0000000"),
    ("(a\nb\n\nc", "1111100"),
]
PLACES = [
    ("column", "ab\n\ncd e", "01200123"),
    ("eojeol", "돌쇠가 물\n었다", "01200001"),
    ("after_space", "a b\tc\nd", "1010101"),
    ("after_batchim", "달이 말. A", "0100100"),
    ("after_digit", "3냥 12", "01001"),
    ("after_latin", "aé가b", "0110"),
    ("after_hangul", "가a나다", "0101"),
    ("digit", "3냥a", "100"),
    ("latin", "aé가1", "1100"),
    ("hangul", "가ㅋa.", "1100"),
    ("batchim", "달이a", "100"),
]


def found(name: str, text: str, form: str = "nfc") -> str:
    """Write a property as a row of digits."""
    return "".join(f"{number:.0f}" for number in properties(text, form)[name])


@pytest.mark.parametrize(("text", "expected"), QUOTES)
def test_inside_quotes(text: str, expected: str) -> None:
    """A double quotation is open from its opening mark on, up to its closing one."""
    assert expected == found("quotes", text)


@pytest.mark.parametrize(("text", "expected"), BRACKETS)
def test_bracket_depth(text: str, expected: str) -> None:
    """Brackets that are open are counted, Korean ones too; strays and blank lines do no harm."""
    assert expected == found("brackets", text)


@pytest.mark.parametrize(("name", "text", "expected"), PLACES)
def test_places_and_characters(name: str, text: str, expected: str) -> None:
    """Where a character is, and what the character before it was, is what one sees."""
    assert expected == found(name, text)


JAMO = [
    ("leading", "10010010"),
    ("vowel", "01001001"),
    ("trailing", "00100000"),
    ("after_batchim", "00011000"),
    ("eojeol", "00011000"),
    ("column", "00011233"),
    ("after_space", "11100011"),
]


@pytest.mark.parametrize(("name", "expected"), JAMO)
def test_jamo_have_the_numbers_of_their_syllable(name: str, expected: str) -> None:
    """Each jamo has its own slot, and otherwise what its syllable has."""
    assert expected == found(name, "달이 가", "nfd")


def test_marks_belong_to_their_letter() -> None:
    """A letter with a mark is read as two characters, both of which are Latin."""
    assert "1100" == found("latin", "é가", "nfd")


@pytest.mark.parametrize(
    ("form", "slots", "batchim"), [("nfc", False, True), ("nfd", True, False), ("none", True, True)]
)
def test_slots_are_for_jamo(form: str, slots: bool, batchim: bool) -> None:  # noqa: FBT001
    """There are slots where jamo may be read, and 받침 where syllables may be."""
    names = properties("달이 가", form).keys()
    assert (slots, batchim) == ("leading" in names, "batchim" in names)


@pytest.mark.parametrize("form", ["nfc", "nfd", "none"])
def test_every_character_read_has_its_numbers(form: str) -> None:
    """There are as many numbers as the model reads characters, whatever they are."""
    text = "\u0301가\u11a8\u1100각e\u0301\n" + normalized("돌쇠", "nfd")
    lengths = {len(numbers) for numbers in properties(text, form).values()}
    assert {len(normalized(text, form))} == lengths


def test_nothing_looks_ahead() -> None:
    """What follows a character changes none of its properties."""
    text = 'He said "3냥 (달)"\n\n'
    whole = properties(text + 'a"b', "nfc")
    for end in range(1, len(text)):
        for name, numbers in properties(text[:end], "nfc").items():
            assert whole[name][:end].tolist() == numbers.tolist()
