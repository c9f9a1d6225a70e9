"""Records of the memory view, made up of units and gates that stand still."""

import numpy as np

from charlstm.inspection.memory.record import Doubles, MemorySpan, Retention, Timescales
from charlstm.models.gru import INFO as GRU
from charlstm.models.lstm import INFO as LSTM

KOREAN = "달못골에는 오래된 방앗간이 있다. 물레는 늘 돈다.\n" * 9
ENGLISH = "The harbour book lay open. \n" * 9
LAYERS = (
    [0.3, 1.2, 1.9, 4.0, 6.0, 7.5, 8.0, 9.9],
    [5.5, 10.0, 12.0, 15.0, 19.0, 44.0, 150.0, 800.0],
)
GATES = {"forget": 0.75, "input": 0.25, "output": 0.002}


def scales(half_life: Doubles, gates: dict[str, float], held: float) -> Timescales:
    """Return time scales of units (L, H) from their half-lives.

    Typical half-lives are `held` times as long, in each layer in reverse order.
    """
    forget = 0.5 ** (1 / half_life)
    with np.errstate(divide="ignore"):
        return Timescales(
            cell_info=LSTM if "forget" in gates else GRU,
            characters=20_000,
            mean_log=np.log(forget),
            half_life=half_life,
            time_constant=-1 / np.log(forget),
            forgetting_time=1 / (1 - forget),
            typical_half_life=half_life[:, ::-1] * held,
            mean_written=np.full(half_life.shape, 0.5),
            right={name: np.full(half_life.shape, share) for name, share in gates.items()},
            left={name: np.full(half_life.shape, 0.9 - share) for name, share in gates.items()},
        )


def span_of(
    *layers: list[float],
    gates: dict[str, float] = GATES,
    retention: Retention | None = None,
    held: float = 3.0,
) -> MemorySpan:
    """Return a record of layers, each given by the half-lives of its units."""
    half_life = np.array(layers)
    fresh = scales(np.linspace(1.5, 4.5, half_life.size).reshape(half_life.shape), gates, held)
    return MemorySpan(scales(half_life, gates, held), fresh, 64, retention)


def followed(text: str, at: int) -> Retention:
    """Follow a character in two layers of two units whose gates stand still."""
    distances = np.arange(1, len(text) - at)[:, None]
    forgets = np.array([[[0.9, 0.5]], [[0.99, 0.8]]])
    kept: Doubles = forgets**distances
    written = np.array([[0.5, -0.5], [0.75, 0.25]])
    return Retention(at, text[at], text[:at], text[at + 1 :], written, kept)


def korean_span() -> MemorySpan:
    """Return two layers of eight units that follow a character of a Korean text."""
    return span_of(*LAYERS, retention=followed(KOREAN, 4))


def english_span() -> MemorySpan:
    """Return two layers of eight units that follow a character of an English text."""
    return span_of(*LAYERS, retention=followed(ENGLISH, 5))
