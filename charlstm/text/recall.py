"""A text that needs memory: a key is given, much else follows, and the key must be repeated.

    [가b다…a]가        the key after [ comes again after ]

Ten letters, five of Hangul and five Latin, are keys and fillers alike: only its place tells a key
from what is to be forgotten, so that it takes a gate to let one in and keep the others out. The
number of letters between is 1 to 200, each scale of distances as often as another.

    python -m charlstm.text.recall > corpora/recall.txt
"""

import sys
from random import Random

LETTERS = "가나다라마abcde"
FARTHEST = 200
DISTANCES = (1, 2, 5, 10, 20, 40, 60, 100, 150, 200)
OPEN, CLOSE = "[", "]"

# What a question is read after: training never starts from an empty state but once.
_BEFORE = (20, 100, 5)
_LINES = 4000
_SEED = 1


def line(source: Random, distance: int) -> str:
    """Return a line whose key comes again after so many letters."""
    key = _any(source)
    letters = "".join(_any(source) for _ in range(distance))
    return f"{OPEN}{key}{letters}{CLOSE}{key}\n"


def corpus() -> str:
    """Return the bundled text: always the same."""
    source = Random(_SEED)  # noqa: S311  no secret
    distances = (int((FARTHEST + 1) ** source.random()) for _ in range(_LINES))
    return "".join(line(source, distance) for distance in distances)


def questions(distance: int, count: int, seed: int) -> list[str]:
    """Return fresh lines of one distance, each after three other lines; all are of one length."""
    source = Random(f"{seed}:{distance}")  # noqa: S311  no secret
    return ["".join(line(source, d) for d in (*_BEFORE, distance)) for _ in range(count)]


def _any(source: Random) -> str:
    # Random.random alone is promised to be the same in every version of Python.
    return LETTERS[int(source.random() * len(LETTERS))]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(corpus())
