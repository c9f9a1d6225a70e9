"""Profiles of units: how each remembers, where it erases and writes, and what to call it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Habit:
    """A character at which a unit does something, such as erasing.

    Attributes:
        char: the character.
        share: the share of its occurrences at which the unit does it, 0..1.
        part: the part that these are of all that the unit does of it, 0..1.
    """

    char: str
    share: float
    part: float


@dataclass(frozen=True)
class Profile:
    """What one unit is like.

    Attributes:
        layer: its layer, counted from 0.
        unit: its number in the layer, counted from 0.
        kind: "holder" keeps nearly all at most characters and erases at a few; "idle" hardly
            changes what it holds; any other is "fast".
        name: what it follows, as a key of words ("quotes", "line" …); None if nothing clearly.
        keep: the median of the gate that keeps.
        erased: the share of characters at which it erases.
        swing: the standard deviation of the gate that keeps.
        memory: that of what the unit holds, tanh(C) or h.
        effect: `memory` times the length of its weights in what reads it, the next layer or the
            head.
        erases: the characters at which it erases most of the times that it does, at more than half
            of their occurrences, the most frequent of its erasures first.
        writes: the same for where it writes.
    """

    layer: int
    unit: int
    kind: str
    name: str | None
    keep: float
    erased: float
    swing: float
    memory: float
    effect: float
    erases: tuple[Habit, ...]
    writes: tuple[Habit, ...]


@dataclass(frozen=True)
class Profiles:
    """The profiles of all units of a model.

    Attributes:
        characters: how many were read.
        units: by layer, then by unit.
        shown: the places in `units` of those to show first, the best first; each holds something
            else than those before it.
    """

    characters: int
    units: tuple[Profile, ...]
    shown: tuple[int, ...]

    @property
    def first(self) -> tuple[Profile, ...]:
        """Return the units to show first."""
        return tuple(self.units[place] for place in self.shown)
