"""What stands above and below a drawing of gates: its title, and what its numbers do not mean."""

from collections.abc import Iterator, Sequence

from charlstm.drawing.symbols import Symbols
from charlstm.inspection.gates.quantities import Choice, Quantity, notice
from charlstm.inspection.gates.record import Trace
from charlstm.messages import Catalogue


def title(trace: Trace, choice: Choice, layers: Sequence[int], messages: Catalogue) -> str:
    """Say what of which layer, or layers, is shown."""
    which = messages(f"gates.title.{choice.kind}", units=trace.hidden.shape[-1], unit=choice.unit)
    return title_of(trace, layers, which, messages)


def title_of(trace: Trace, layers: Sequence[int], which: str, messages: Catalogue) -> str:
    """Say which layer, or layers, something is of."""
    every = len(trace.hidden)
    if len(layers) > 1:
        return messages("gates.title.layers", layers=every, which=which)
    return messages("gates.title.layer", layer=layers[0] + 1, layers=every, which=which)


def meaning(quantity: Quantity, messages: Catalogue, symbols: Symbols) -> str:
    """Say what the numbers of a quantity mean."""
    name = quantity.heading(messages, symbols)
    return messages("gates.legend.line", name=name, meaning=quantity.meaning(messages))


def caveats(trace: Trace, choice: Choice, messages: Catalogue) -> Iterator[str]:
    """Say what the numbers do not mean, and which gates the model lacks."""
    yield messages(f"gates.legend.{choice.kind}", units=trace.hidden.shape[-1])
    yield from lacking(trace, messages)


def lacking(trace: Trace, messages: Catalogue) -> Iterator[str]:
    """Say which gates the model lacks, if any, and where there are such."""
    missing = notice(trace)
    if missing is not None:
        yield messages(missing)
