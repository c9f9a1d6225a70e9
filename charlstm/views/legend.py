"""What stands above and below a drawing of gates: its title, and what its numbers do not mean."""

from collections.abc import Iterator, Sequence

from charlstm.inspection.records import Trace
from charlstm.views.glyphs import Marks
from charlstm.views.quantities import Choice, Quantity, notice
from charlstm.words import Words


def title(trace: Trace, choice: Choice, layers: Sequence[int], words: Words) -> str:
    """Say what of which layer, or layers, is shown."""
    which = words(f"gates.title.{choice.kind}", units=trace.hidden.shape[-1], unit=choice.unit)
    return title_of(trace, layers, which, words)


def title_of(trace: Trace, layers: Sequence[int], which: str, words: Words) -> str:
    """Say which layer, or layers, something is of."""
    every = len(trace.hidden)
    if len(layers) > 1:
        return words("gates.title.layers", layers=every, which=which)
    return words("gates.title.layer", layer=layers[0] + 1, layers=every, which=which)


def meaning(quantity: Quantity, words: Words, marks: Marks) -> str:
    """Say what the numbers of a quantity mean."""
    name = quantity.heading(words, marks)
    return words("gates.legend.line", name=name, meaning=quantity.meaning(words))


def caveats(trace: Trace, choice: Choice, words: Words) -> Iterator[str]:
    """Say what the numbers do not mean, and which gates the model lacks."""
    yield words(f"gates.legend.{choice.kind}", units=trace.hidden.shape[-1])
    yield from lacking(trace, words)


def lacking(trace: Trace, words: Words) -> Iterator[str]:
    """Say which gates the model lacks, if any, and where there are such."""
    missing = notice(trace)
    if missing is not None:
        yield words(missing)
