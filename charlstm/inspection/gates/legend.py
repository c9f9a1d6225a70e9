"""What stands above and below a drawing of gates: its title, and what its numbers do not mean."""

from collections.abc import Iterator, Sequence

from charlstm.drawing.pen import Pen
from charlstm.inspection.gates.quantities import Quantity, Selection, notice
from charlstm.inspection.gates.record import Trace


def title(trace: Trace, selection: Selection, layers: Sequence[int], pen: Pen) -> str:
    """Return what of which layer, or layers, is shown."""
    units = trace.hidden.shape[-1]
    which = pen(f"gates.title.{selection.kind}", units=units, unit=selection.unit)
    return title_of(trace, layers, which, pen)


def title_of(trace: Trace, layers: Sequence[int], which: str, pen: Pen) -> str:
    """Return a title with the layer, or layers, that something is of."""
    every = len(trace.hidden)
    if len(layers) > 1:
        return pen("gates.title.layers", layers=every, which=which)
    return pen("gates.title.layer", layer=layers[0] + 1, layers=every, which=which)


def meaning(quantity: Quantity, pen: Pen) -> str:
    """Return what the numbers of a quantity mean."""
    return pen("gates.legend.line", name=quantity.heading(pen), meaning=quantity.meaning(pen))


def caveats(trace: Trace, selection: Selection, pen: Pen) -> Iterator[str]:
    """Yield what the numbers do not mean, and which gates the model lacks."""
    yield pen(f"gates.legend.{selection.kind}", units=trace.hidden.shape[-1])
    yield from lacking(trace, pen)


def lacking(trace: Trace, pen: Pen) -> Iterator[str]:
    """Yield which gates the model lacks, if any, and where there are such."""
    missing = notice(trace.cell_info)
    if missing is not None:
        yield pen(missing)
