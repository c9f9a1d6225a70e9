"""What several tests share: a small text, a small trained run, and the command line."""

from pathlib import Path

import pytest
import torch
from golden import Golden

# The models of tests are small: threads that share their products would only wait for each other.
torch.set_num_threads(1)

import charlstm
from charlstm.cli import run
from charlstm.library import Model
from charlstm.limits import FAMILIES

KOREAN = (
    "달못골에는 오래된 방앗간이 있다. (물레는 늘 돈다.)\n“누가 왔니?” 하고 돌쇠가 물었다.\n" * 30
)
ENGLISH = 'The harbour book lay open. "Who was here?" asked Tom (nobody knew).\n' * 40


def train_small(
    path: Path, text: str, *, family: str = "lstm", form: str = "nfc", steps: int = 40
) -> Model:
    """Train two layers of 12 units for a moment."""
    file = path.with_name(f"{path.name}-text") / "small.txt"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    training = charlstm.train(
        file,
        output=path,
        model=family,
        form=form,
        embedding=8,
        hidden=12,
        layers=2,
        dropout=0.1,
        batch_size=8,
        seq_length=20,
        learning_rate=0.1,
        optimizer="muon",
        steps=steps,
        precision="float32",
        workers=1,
        threads=1,
    )
    return training.wait()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden renderings")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return what compares a rendering with the one that is kept."""
    return Golden(update=request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model of a small Korean text; its folder must not be changed."""
    return train_small(tmp_path_factory.mktemp("runs") / "korean", KOREAN)


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model of a small English text; its folder must not be changed."""
    return train_small(tmp_path_factory.mktemp("runs") / "english", ENGLISH)


@pytest.fixture(scope="session")
def jamo(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model of the letters of a small Korean text; its folder must not be changed."""
    return train_small(tmp_path_factory.mktemp("runs") / "jamo", KOREAN, form="nfd")


@pytest.fixture(scope="session")
def gru(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a GRU of a small Korean text; its folder must not be changed."""
    return train_small(tmp_path_factory.mktemp("runs") / "gru", KOREAN, steps=10, family="gru")


@pytest.fixture(scope="session")
def rnn(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return an RNN of a small Korean text; its folder must not be changed."""
    return train_small(tmp_path_factory.mktemp("runs") / "rnn", KOREAN, steps=10, family="rnn")


@pytest.fixture(scope="session")
def fnn(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return an FNN of a small Korean text; its folder must not be changed."""
    return train_small(tmp_path_factory.mktemp("runs") / "fnn", KOREAN, steps=10, family="fnn")


@pytest.fixture(autouse=True)
def english_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English wherever the tests run."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="session")
def families(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    """Return a model of each family that has read a little English; not to be changed."""
    folder = tmp_path_factory.mktemp("families")
    return {name: train_small(folder / name, ENGLISH, family=name, steps=2) for name in FAMILIES}


class Cli:
    """Runs charlstm in this process and keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        """Run it, and give its exit code."""
        self._capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Return the command line."""
    return Cli(capsys)


def reading_of(asked: str, text: str, file: Path) -> list[str]:
    """Ask for a view, and give it what it reads: a text to go through, a file to find out from."""
    view, *options = asked.split()
    at_large = view in {"memory", "units"} and not {"--at", "--unit"} & set(options)
    files = ["--file", str(file)] if view == "memory" or at_large else []
    return [*([] if at_large else [text]), "--view", view, *options, *files]
