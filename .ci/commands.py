"""Print the shell commands of the READMEs and of docs/, NUL-terminated, in the order of reading.

No command comes twice, and trainings are cut short. The first block, the one that newcomers run,
stays as it is. docs/render.py, which must be importable, knows the pages.
"""

import re
import sys

from render import blocks, pages

LENGTH = re.compile(r" --(minutes|steps|epochs) \S+")


def shortened(command: str) -> str:
    return LENGTH.sub("", command).replace("charlstm train", "charlstm train --steps 30")


def main() -> None:
    texts = [page.read_text("utf-8") for page in pages()]
    found = [block.body for text in texts for block in blocks(text) if block.language == "sh"]
    first, *others = dict.fromkeys(found)
    sys.stdout.write(first + "\0")
    lines = [line for block in others for line in block.splitlines()]
    for line in dict.fromkeys(lines):
        if line and "pytest" not in line:
            sys.stdout.write(shortened(line) + "\0")


if __name__ == "__main__":
    main()
