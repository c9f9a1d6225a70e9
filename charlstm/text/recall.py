"""A text that asks for memory: a key is named, much else follows, and the key must be said again.

    [가n차…p]가        the key after [ comes again after ]

Ten keys, five of Hangul and five Latin, among letters of which none is a key. The number of
letters between is 1 to 200, short distances as often as long ones on a logarithmic scale.

    python -m charlstm.text.recall > corpora/recall.txt
"""

import sys
from random import Random

KEYS = "가나다라마abcde"
FILLER = "바사아자차카타파하거" + "ijklmnopqr"
FARTHEST = 200
DISTANCES = (1, 2, 5, 10, 20, 40, 60, 100, 150, 200)
OPEN, CLOSE = "[", "]"

# What a question is read after: a memory that has read nothing is one that training never met.
_BEFORE = (20, 100, 5)
_LINES = 4000
_SEED = 1


def line(source: Random, distance: int) -> str:
    """Write a line whose key comes again after so many letters."""
    key = _any(source, KEYS)
    letters = "".join(_any(source, FILLER) for _ in range(distance))
    return f"{OPEN}{key}{letters}{CLOSE}{key}\n"


def corpus() -> str:
    """Write the bundled text: always the same."""
    source = Random(_SEED)  # noqa: S311  no secret
    distances = (int((FARTHEST + 1) ** source.random()) for _ in range(_LINES))
    return "".join(line(source, distance) for distance in distances)


def questions(distance: int, count: int, seed: int) -> list[str]:
    """Write fresh lines of one distance, each after three other lines; all are of one length."""
    source = Random(f"{seed}:{distance}")  # noqa: S311  no secret
    return ["".join(line(source, d) for d in (*_BEFORE, distance)) for _ in range(count)]


def _any(source: Random, letters: str) -> str:
    # Random.random alone is promised to be the same in every version of Python.
    return letters[int(source.random() * len(letters))]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(corpus())
