"""Print the shell commands of the READMEs, NUL-terminated: each block once, trainings cut short.

The first block, the one that newcomers run, stays as it is.
"""

import re
import sys
from pathlib import Path

SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
LENGTH = re.compile(r" --(minutes|steps|epochs) \S+")


def shortened(block: str) -> str:
    return LENGTH.sub("", block).replace("charlstm train", "charlstm train --steps 30")


def main(files: list[str]) -> None:
    blocks = [block for file in files for block in SHELL.findall(Path(file).read_text("utf-8"))]
    first, *others = dict.fromkeys(blocks)
    for block in (first, *(other for other in others if "pytest" not in other)):
        sys.stdout.write((block if block is first else shortened(block)) + "\0")


if __name__ == "__main__":
    main(sys.argv[1:])
