"""Read a long text once and say of each unit how it remembers, where it erases and writes.

Shapes: L layers, T characters, H hidden, U = L·H units, C different characters, P properties.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from charlstm.errors import OptionError, TextError
from charlstm.inspection.correlation import Groups, correlation
from charlstm.inspection.gates.compute import placed_traces
from charlstm.inspection.gates.record import Floats
from charlstm.inspection.profiles.choice import choose
from charlstm.inspection.profiles.record import Habit, Profile, Profiles
from charlstm.language_model import LanguageModel
from charlstm.text.properties import properties

MOST = 20_000  # characters: habits hardly change with more
LEAST = 200
_OPEN, _KEPT, _SHUT = 0.7, 0.9, 0.3
_RARELY, _OFTEN = 0.003, 0.15  # of the characters a holder erases at
_IDLE = 0.05
_FEW = 5  # occurrences, of which a share would say little
_USUAL = 0.5
_EXPLAINED = 0.8
_MOST_HABITS = 3
_CLEARLY = 0.5  # |r| with a property that gives a unit its name
_NAMES = {
    "quotes": "quotes",
    "brackets": "brackets",
    "column": "line",
    "after_space": "word",
    "eojeol": "word",
}
# What a unit is called that erases at these characters and hardly anywhere else.
_NAMED_BY_ERASING = (
    ("quotes", frozenset('"“”「」『』')),
    ("line", frozenset("\n")),
    ("word", frozenset(" \n")),
    ("sentence", frozenset('.?!\n"”')),
    ("clause", frozenset('.?!,;:\n"”')),
)

Booleans = NDArray[np.bool_]


@torch.inference_mode()
def profiles(model: LanguageModel, text: str) -> Profiles:
    """Read a text, of which 20,000 characters count, and profile every unit of a gated model.

    Raises:
        TextError: the text is shorter than 200 characters.
        OptionError: the model has no gate that keeps anything.
    """
    if model.cell_info.keeps is None:
        raise OptionError("view", "errors.expected.keeping", "profiles")
    text = model.normalize(text)[:MOST]
    if len(text) < LEAST:
        raise TextError("errors.text.short_to_inspect", least=LEAST, found=len(text))
    keeps, writes, held, read_with = _read(model, text)
    erased = keeps < _SHUT
    median, share = np.median(keeps, axis=1), erased.mean(axis=1)
    swing, memory = keeps.std(axis=1), held.std(axis=1)
    effect = read_with * memory
    erases, opens = _habits(text, erased), _habits(text, writes > _OPEN)
    followed = _followed(text, model.form, held)
    hidden = len(keeps) // len(model.network.core.layers())
    units = tuple(
        Profile(
            *divmod(u, hidden),
            kind=_kind(median[u], share[u], memory[u]),
            name=followed[u] or _name(erases[u], share[u]),
            keep=float(median[u]),
            erased=float(share[u]),
            swing=float(swing[u]),
            memory=float(memory[u]),
            effect=float(effect[u]),
            erases=erases[u],
            writes=opens[u],
        )
        for u in range(len(keeps))
    )
    return Profiles(len(text), units, choose(units, held))


def _read(model: LanguageModel, text: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Return what keeps, what writes and what is held, (U, T) each, and how much it is read (U)."""
    info = model.cell_info
    keep, write = info.keeps or "", info.writes or ""
    found: dict[str, Floats] = {}
    for start, part in placed_traces(model, text):
        for name in {keep, write, info.memory} & part.keys():
            layers, length, hidden = part[name].shape
            array = found.setdefault(name, np.empty((layers, len(text), hidden), np.float32))
            array[:, start : start + length] = part[name]
    keeps, held = _by_unit(found[keep]), _by_unit(found[info.memory])
    writes = _by_unit(found[write]) if write else 1 - keeps
    if info.memory == "cell":
        held = np.tanh(held)
    return keeps, writes, held, _reading_weights(model)


def _by_unit(values: Floats) -> Floats:
    """Return values (L, T, H) as (U, T)."""
    flat: Floats = values.transpose(0, 2, 1).reshape(-1, values.shape[1])
    return flat


def _reading_weights(model: LanguageModel) -> Floats:
    """Return the length of the weights with which each unit is read: (U)."""
    network = model.network
    readers = [layer.inputs.weight for layer in network.core.layers()[1:]]
    readers.append(network.head.weight)
    lengths: Floats = torch.cat([each.norm(dim=0) for each in readers]).numpy()
    return lengths


def _kind(median: float, share: float, memory: float) -> str:
    if memory < _IDLE:
        return "idle"
    return "holder" if median > _KEPT and _RARELY <= share <= _OFTEN else "fast"


def _habits(text: str, does: Booleans) -> list[tuple[Habit, ...]]:
    """Return for each unit at which characters it does something (U, T), mostly."""
    characters, which, occurrences = np.unique(
        np.array(list(text)), return_inverse=True, return_counts=True
    )
    at = np.zeros((len(text), len(characters)), np.float32)
    at[np.arange(len(text)), which] = 1
    counts = does.astype(np.float32) @ at
    found = []
    for times in counts:
        total = times.sum()
        usual = (occurrences >= _FEW) & (times > _USUAL * occurrences)
        order = np.flatnonzero(usual)[np.argsort(-times[usual], kind="stable")]
        habits: list[Habit] = []
        for place in order[:_MOST_HABITS]:
            if sum(habit.part for habit in habits) >= _EXPLAINED:
                break
            part = float(times[place] / total)
            share = float(times[place] / occurrences[place])
            habits.append(Habit(str(characters[place]), share, part))
        found.append(tuple(habits))
    return found


def _followed(text: str, form: str, held: Floats) -> list[str | None]:
    """Return for each unit the name of the property that it clearly follows, if any."""
    groups = Groups(np.array([ord(character) for character in text]))
    numbers = {
        name: values
        for name, values in properties(text, form).items()
        if name in _NAMES and np.ptp(values) and not groups.give_away(values)
    }
    if not numbers:
        return [None] * len(held)
    r = np.abs(correlation(held, np.array(list(numbers.values())), groups))
    names = [_NAMES[name] for name in numbers]
    best = r.argmax(axis=0)
    return [names[p] if r[p, u] >= _CLEARLY else None for u, p in enumerate(best)]


def _name(erases: tuple[Habit, ...], share: float) -> str | None:
    """Return the name of a unit that erases rarely, and at characters of one kind."""
    if share > _OFTEN or sum(habit.part for habit in erases) < _EXPLAINED:
        return None
    characters = {habit.char for habit in erases}
    return next((name for name, kind in _NAMED_BY_ERASING if characters <= kind), None)
