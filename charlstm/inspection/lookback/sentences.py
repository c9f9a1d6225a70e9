"""A look back in plain sentences."""

from collections.abc import Iterable, Iterator, Sequence

from charlstm.drawing.pen import Pen
from charlstm.inspection.lookback.cells import rank_correlation, signed
from charlstm.inspection.lookback.record import Lookback, PastChar


def sentences(record: Lookback, rows: Sequence[int], pen: Pen, *, with_past: bool) -> Iterator[str]:
    """Yield what mattered for the guesses of some rows, and perhaps each past character."""
    for row in rows:
        yield _guess(record, row, pen)
        if record.disagrees(row):
            yield _disagreement(record, row, pen)
        if with_past:
            yield from (_past(past_char, pen) for past_char in record.past(row))
    for key in ("gradient", "hidden", "caution"):
        yield pen(f"lookback.legend.{key}")


def _guess(record: Lookback, row: int, pen: Pen) -> str:
    place = int(record.places[row])
    return pen(
        f"lookback.plain.{record.asked}",
        place=place,
        char=pen.name_of(record.text[place]),
        target=pen.name_of(record.targets[row]),
        p=pen.percent(float(record.chances[row])),
        by_gradient=_names(((c, f"{c.gradient:.2f}") for c in record.by_gradient(row)), pen),
        by_hiding=_names(((c, signed(c.occlusion)) for c in record.by_occlusion(row)), pen),
        guesses=pen.guess_names(record.guesses[row]),
    )


def _disagreement(record: Lookback, row: int, pen: Pen) -> str:
    return pen(
        "lookback.plain.disagree",
        place=record.places[row],
        shared=record.shared(row),
        agreement=rank_correlation(record, row, pen),
    )


def _past(past_char: PastChar, pen: Pen) -> str:
    return pen(
        "lookback.plain.past",
        place=past_char.place,
        char=pen.name_of(past_char.character),
        gradient=f"{past_char.gradient:.2f}",
        hidden=signed(past_char.occlusion),
    )


def _names(strongest: Iterable[tuple[PastChar, str]], pen: Pen) -> str:
    names = (f"#{c.place} {pen.name_of(c.character)} {value}" for c, value in strongest)
    return ", ".join(names) or pen("lookback.none")
