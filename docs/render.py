"""Renew what the READMEs and the pages of docs/ show: run their commands, put the output in place.

In a page, a `sh` block and a `text` block right after it belong together: the text is what the
commands print on standard output. A text block that no command prints has the comment
`<!-- not rendered -->` before it. Commands in other blocks are not run, but for trainings: a run
that a shown command names is trained first, by the first training command of any page that makes
it, and only once: runs stay in the work folder, which may be deleted to train anew.

    python docs/render.py                      renew every page
    python docs/render.py docs/en/gates.md     renew some
    python docs/render.py --check              only say which blocks differ; exit with 1 if any does
"""

import argparse
import itertools
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "docs"
NOT_RENDERED = "<!-- not rendered -->"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LISTED = re.compile(r"^\| \[[^]]+\]\((docs/\w+/[\w-]+\.md)\)", re.MULTILINE)
_TRAINING = re.compile(r"\bcharlstm train\b")
_OUTPUT = re.compile(r" (?:-o|--output) (\S+)")
_TEXT = re.compile(r"([\w-]+)\.txt\b")
_RUN = re.compile(r"\bruns/[\w-]+")
_LOCALES = {"en": "C.UTF-8", "ko": "ko_KR.UTF-8"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        language: what stands after the fence, such as sh.
        body: the lines between the fences.
        start: where in the page the body begins.
        end: where in the page the body ends.
        marked: whether the comment that it is not rendered stands before it.
    """

    language: str
    body: str
    start: int
    end: int
    marked: bool


def pages() -> list[Path]:
    """List every page in the order of reading: each README and what its table of pages lists."""
    readmes = [ROOT / "README.md", ROOT / "README.ko.md"]
    return [page for readme in readmes for page in (readme, *_listed(readme))]


def blocks(page: str) -> list[Block]:
    """Find the fenced blocks of a page."""
    found: list[Block] = []
    before = 0
    for fence in _FENCE.finditer(page):
        marked = NOT_RENDERED in page[before : fence.start()]
        found.append(Block(fence[1], fence[2], fence.start(2), fence.end(2), marked))
        before = fence.end()
    return found


def shown(page: str) -> Iterator[tuple[Block, Block]]:
    """Return each block of commands that is followed by its output, and that."""
    for commands, output in itertools.pairwise(blocks(page)):
        if (commands.language, output.language) == ("sh", "text") and not output.marked:
            yield commands, output


def trainings(texts: list[str]) -> dict[str, str]:
    """Find the first command that trains each run, by the run's path."""
    found: dict[str, str] = {}
    for text in texts:
        lines = [line for each in blocks(text) if each.language == "sh" for line in _lines(each)]
        for command in (part for line in lines for part in line.split(" && ")):
            if _TRAINING.search(command):
                found.setdefault(_run_of(command), command)
    return found


@dataclass(frozen=True)
class Shell:
    """Runs commands in the work folder, where corpora/ is linked and runs/ is shared.

    Attributes:
        trainings: the command that trains each run, by the run's path.
        work: the work folder.
    """

    trainings: Mapping[str, str]
    work: Path = WORK

    def prepare(self) -> None:
        """Make the work folder."""
        self.work.mkdir(parents=True, exist_ok=True)
        corpora = self.work / "corpora"
        if not corpora.exists():
            corpora.symlink_to(ROOT / "corpora", target_is_directory=True)

    def output(self, commands: Block, language: str) -> str:
        """Run the commands of a block and return what they print, without spaces at line ends."""
        for run in _RUN.findall(commands.body):
            if run in self.trainings and not (self.work / run).exists():
                self._run(self.trainings[run], language)
        lines = [line for line in _lines(commands) if not _TRAINING.search(line)]
        printed = "".join(self._run(line, language) for line in lines)
        return "\n".join(line.rstrip() for line in printed.splitlines()).rstrip("\n") + "\n"

    def _run(self, command: str, language: str) -> str:
        """Run a command; its messages go to this script's own, and a failure ends all."""
        print(f"+ {command}", file=sys.stderr, flush=True)
        environment = os.environ | {
            "LANG": _LOCALES[language],
            "LC_ALL": "",  # it and LC_MESSAGES would come before LANG
            "LC_MESSAGES": "",
            "PATH": os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"])),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",  # the locale need not be installed
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        return done.stdout


def rendered(page: str, language: str, shell: Shell) -> tuple[str, list[int]]:
    """Return a page with its outputs renewed, and the lines at which the changed ones begin."""
    pieces, changed, done = [], [], 0
    for commands, output in shown(page):
        new = shell.output(commands, language)
        if new != output.body:
            changed.append(page.count("\n", 0, output.start) + 1)
        pieces += [page[done : output.start], new]
        done = output.end
    return "".join((*pieces, page[done:])), changed


def language_of(page: Path) -> str:
    """Tell in which language a page is written."""
    return "ko" if page.name.endswith(".ko.md") or page.parent.name == "ko" else "en"


def main() -> int:
    """Renew or check the pages that are named, all if none is."""
    parser = argparse.ArgumentParser(description="Renew what the pages show.")
    parser.add_argument("pages", nargs="*", type=Path, help="pages to renew; all if none")
    parser.add_argument("--check", action="store_true", help="only say which blocks differ")
    asked = parser.parse_args()
    every = pages()
    shell = Shell(trainings([page.read_text(encoding="utf-8") for page in every]))
    shell.prepare()
    differ = False
    for page in [path.resolve() for path in asked.pages] or every:
        old = page.read_text(encoding="utf-8")
        new, changed = rendered(old, language_of(page), shell)
        for line in changed:
            print(f"{page.relative_to(ROOT)}:{line}: differs from what its commands print")
        if changed and not asked.check:
            page.write_text(new, encoding="utf-8")
        differ = differ or bool(changed)
    return 1 if asked.check and differ else 0


def _listed(readme: Path) -> list[Path]:
    return [ROOT / name for name in _LISTED.findall(readme.read_text(encoding="utf-8"))]


def _lines(block: Block) -> list[str]:
    return [line for line in block.body.splitlines() if line.strip()]


def _run_of(training: str) -> str:
    """Tell which run a training makes: its output, or the name of its text."""
    output, text = _OUTPUT.search(training), _TEXT.search(training)
    return output[1] if output else f"runs/{text[1] if text else 'korean'}"


if __name__ == "__main__":
    sys.exit(main())
