"""The look back, as it stands in a terminal."""

import itertools

import pytest
from drawn import coloured, plain
from golden import Golden
from records.lookback import TEXTS, record_of
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.lookback.record import Lookback
from charlstm.inspection.lookback.view import LookbackView
from charlstm.messages import catalogue


def draw(
    record: Lookback,
    language: str,
    width: int,
    *,
    symbols: Symbols = UNICODE,
    at: int | None = None,
) -> str:
    return plain(LookbackView(record, Pen(catalogue(language), symbols), at=at), width)


def first_lines(drawn: str, count: int) -> str:
    return "\n".join(drawn.splitlines()[:count])


def test_table_at_60(golden: Golden) -> None:
    """At 60 columns of each past only the end has room, and the second row is of two minds."""
    golden("lookback/table_at_60", draw(record_of(TEXTS["korean"], disagrees=1), "en", 60))


def test_table_in_korean(golden: Golden) -> None:
    """In Korean headings line up by terminal cells."""
    golden("lookback/table_korean_at_80", draw(record_of(TEXTS["english"], disagrees=1), "ko", 80))


def test_table_at_120(golden: Golden) -> None:
    """At 120 columns the whole past has room, and no legend explains a cut."""
    golden("lookback/table_at_120", draw(record_of(TEXTS["english"], disagrees=1), "en", 120))


def test_table_at_40(golden: Golden) -> None:
    """At 40 columns half of the width is the past, and as many guesses stay as have room."""
    golden("lookback/table_at_40", first_lines(draw(record_of(TEXTS["korean"]), "en", 40), 8))


def test_picture_at_60(golden: Golden) -> None:
    """At 60 columns the characters of one guess take two bands, with their numbers beneath."""
    record = record_of(TEXTS["korean"], disagrees=1)
    golden("lookback/picture_at_60", draw(record, "en", 60, at=28))


def test_picture_in_korean(golden: Golden) -> None:
    """At 80 columns they take one, in Korean as well."""
    record = record_of(TEXTS["english"], disagrees=1)
    golden("lookback/picture_korean_at_80", draw(record, "ko", 80, at=56))


def test_long_places_stand_apart() -> None:
    """Places of six digits have a space before each, over their characters."""
    record = record_of("x" * 123_456 + "harbour", rows=1)
    drawn = draw(record, "en", 60, at=123_462).splitlines()
    rows = {
        line: below
        for line, below in itertools.pairwise(drawn)
        if line.startswith(" " * 10 + "1234")
    }
    places = [place for line in rows for place in line.split() if place.isdecimal()]
    assert [str(place) for place in range(123_449, 123_463)] == places
    last = list(rows)[-1]
    assert ("123462", "r") == (last[-6:], rows[last].rstrip()[-1])
    assert len(last) == len(rows[last])


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("asked", ["guess", "text"])
def test_no_line_is_wider_than_the_terminal(
    language: str, text: str, width: int, asked: str
) -> None:
    """On terminals of any usual width nothing runs over the edge."""
    record = record_of(TEXTS[text], asked=asked)
    for at in (None, len(TEXTS[text]) - 1):
        assert max(map(cell_len, draw(record, language, width, at=at).splitlines())) <= width


def test_shows_what_came() -> None:
    """Asked of the text, each row has the character that came, with its probability."""
    drawn = draw(record_of("나다", asked="text", rows=2), "ko", 60).splitlines()
    assert catalogue("ko")("lookback.title.text") == drawn[0]
    assert ["#  읽은 글자    실제     다음", "1       나다    이 100%  이 100%"] == [
        drawn[1],
        drawn[4],
    ]


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the plain signs digits stand for the blocks, and all signs are ASCII."""
    record = record_of('lay open.\n"Who', disagrees=1)
    golden("lookback/table_ascii", first_lines(draw(record, "en", 60, symbols=ASCII), 8))
    drawn = draw(record, "en", 60, symbols=ASCII, at=12)
    golden("lookback/picture_ascii", first_lines(drawn, 7))


@pytest.mark.parametrize("at", [None, 1])
@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_what_mattered(color_system: str, at: int | None) -> None:
    """Where there are colours enough, they take the place of the blocks."""
    drawn = coloured(LookbackView(record_of("나다"), Pen(catalogue("en")), at=at), 80, color_system)
    assert "48;" in drawn
    assert not set(UNICODE.bars) & set(drawn)


def styles(at: int | None = None) -> dict[str, Style]:
    """Draw two characters in colour, and return the style of each segment by its text."""
    console = Console(width=80, force_terminal=True, color_system="truecolor", no_color=False)
    view = LookbackView(record_of("나다", rows=1), Pen(catalogue("en")), at=at)
    return {segment.text: segment.style or Style.null() for segment in console.render(view)}


def test_the_strongest_is_yellow_and_underlined() -> None:
    """The strongest of a row has cividis' yellow for its ground, and a line beneath."""
    strongest, other = styles()["다"], styles()["나"]
    assert (Color.from_rgb(254, 232, 56), True) == (strongest.bgcolor, strongest.underline)
    assert not other.underline


def test_signs_of_effects_have_their_own_colours() -> None:
    """Hiding what helped most is blue, and hiding what stood in the way reddish."""
    drawn = styles(at=1)
    helped, hindered = (drawn[text].bgcolor for text in (" -4.2", " +0.5"))
    assert Color.from_rgb(33, 102, 172) == helped
    assert hindered is not None
    assert hindered.triplet is not None
    assert hindered.triplet.red > hindered.triplet.blue


def test_what_is_cut_off_is_as_strong_as_its_strongest() -> None:
    """Where the strongest finds no room, the mark in its place is the strongest."""
    record = record_of(TEXTS["english"], rows=1)
    record.gradient[0, 3] = 1.0
    record.gradient[0, 4:] = 0.0
    row, levels = draw(record, "en", 60).splitlines()[2:4]
    assert ("…", "█") == (row[4], levels[4])
    assert levels.strip() == "█"


def test_jamo_are_letters_in_the_text() -> None:
    """A row of conjoining jamo reads as letters of two cells, without the names of their places."""
    row, levels = draw(record_of("\u1103\u1169\u11af", rows=1), "ko", 60).splitlines()[2:4]
    assert ("ㄷㅗㄹ", "▄▄▅▅██") == (row.split()[1], levels.strip())


def test_letters_stand_beneath_their_syllable(golden: Golden) -> None:
    """Of jamo each syllable comes once in a band, above its first letter, as far as it was read."""
    record = record_of("a\u1103\u1169\u11af \u1109\u116c\u11ab", rows=2)
    golden("lookback/picture_jamo_at_30", first_lines(draw(record, "ko", 30, at=6), 17))


@pytest.mark.parametrize("at", [None, 10])
def test_any_character_is_seen_and_does_nothing(at: int | None) -> None:
    """Markup, emoji and controls stand as themselves or by name."""
    drawn = draw(record_of("[b]:x:\x1b\0\t가😀", rows=1), "en", 120, at=at)
    shown = "".join(drawn.split())
    assert "[b]:x:U+001BU+0000⇥가😀" in shown
    assert not {"\x1b", "\0", "\t"} & set(drawn)


def test_a_guess_that_owes_nothing_is_drawn() -> None:
    """Where nothing matters, by neither measure, the picture says none and does not fail."""
    record = record_of("나다", rows=1)
    record.gradient[:], record.occlusion[:] = 0.0, 0.0
    drawn = draw(record, "en", 80, at=1)
    assert "most by gradient: none\nmost by hiding: none" in drawn
    assert "█" not in draw(record, "en", 80)


def test_a_place_that_was_not_asked_is_a_fault() -> None:
    """A picture of a row that the record does not have cannot be made."""
    with pytest.raises(KeyError):
        LookbackView(record_of("나다", rows=1), Pen(catalogue("en")), at=0)


def sentences(language: str, *, at: int | None = None, asked: str = "guess") -> list[str]:
    record = record_of("돌쇠가 물\n", asked=asked, disagrees=1)
    return list(LookbackView(record, Pen(catalogue(language)), at=at).sentences())


def test_sentences_have_a_line_a_guess(golden: Golden) -> None:
    """Plain sentences say what was guessed and what mattered, and where the two disagree."""
    golden("lookback/sentences", "\n".join(sentences("en")))
    golden("lookback/sentences_korean", "\n".join(sentences("ko")))


def test_sentences_say_what_came() -> None:
    """Asked of the text, they say what came."""
    first = sentences("en", asked="text")[0]
    assert first.startswith("3: after space came 쇠, 71%; most by gradient:")


def test_sentences_have_each_past_character(golden: Golden) -> None:
    """With a place they go through its past, and explain what the numbers mean."""
    golden("lookback/sentences_at", "\n".join(sentences("en", at=4)))
