"""Two runs or two texts beside each other, in every form; and what `inspect` draws into a pipe.

The runs that are drawn are set by hand, so that a drawing is the same on every machine.
"""

import json
import shutil
from pathlib import Path

import pytest
import torch
from conftest import KOREAN, Cli, reading_of
from golden import Golden
from rich.cells import cell_len
from safetensors.torch import load_file, save_file

import charlstm
from charlstm.library import Model

VIEWS = ["gates", "story", "memory", "units", "units --unit 3", "lookback"]
LONG = "달못골에는 오래된 방앗간이 있다. " * 4 + "물레가\n늘 돈다."


def set_by_hand(source: Model, run: Path, forget: float) -> None:
    """Make a run whose gates are the same at every character, whatever it reads.

    The forget gate is the sigmoid of `forget`; input 0.62, candidate +0.46, output 0.38.
    """
    shutil.copytree(source.run.path, run)
    tensors = {
        name: torch.zeros_like(tensor)
        for name, tensor in load_file(run / "model.safetensors").items()
    }
    for layer in (0, 1):
        gates = torch.tensor([0.5, forget, 0.5, -0.5])
        tensors[f"lstm.bias_ih_l{layer}"] = gates.repeat_interleave(12)
    ids = source.language_model.encode("가 .")
    tensors["head.bias"][ids] = torch.tensor([3.0, 2.0, 1.0])
    save_file(tensors, run / "model.safetensors")


@pytest.fixture
def runs(korean: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give, as the working folder, one with the runs `holds` and `forgets` in it."""
    set_by_hand(korean, tmp_path / "holds", 2.0)
    set_by_hand(korean, tmp_path / "forgets", -1.0)
    (tmp_path / "tales.txt").write_text(KOREAN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drawn(cli: Cli, *arguments: object) -> str:
    """Return what is printed, without the blanks at line ends."""
    assert 0 == cli("inspect", *arguments)
    return "\n".join(line.rstrip() for line in cli.out.splitlines())


def train_flat(path: Path) -> Model:
    """Train one layer of 6 units, hardly."""
    file = path.with_suffix(".txt")
    file.write_text(KOREAN, encoding="utf-8")
    training = charlstm.train(
        file,
        output=path,
        embedding=8,
        hidden=6,
        layers=1,
        dropout=0.0,
        batch_size=8,
        seq_length=20,
        learning_rate=0.02,
        steps=1,
        precision="float32",
        workers=1,
        threads=1,
    )
    return training.wait()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("runs_at_130", "--against forgets --width 130"),
        ("runs_at_80", "--against forgets --width 80"),
        ("texts_at_130", "--against-text 물레가 --width 130"),
        ("changed_at_130", "--clamp forget=0 --against holds --width 130"),
        ("stories_at_130", "--against forgets --view story --at 1 --width 130"),
    ],
)
@pytest.mark.usefixtures("runs")
def test_two_are_drawn(name: str, arguments: str, cli: Cli, golden: Golden) -> None:
    """In 130 columns two stand side by side, in 80 one below the other, each under its name."""
    golden(f"beside/{name}", drawn(cli, "holds", "돌쇠", *arguments.split()))


@pytest.mark.parametrize(
    ("view", "width"),
    [
        *((view, width) for view in VIEWS for width in (124, 40)),
        *(("gates", width) for width in (130, 123, 80)),
    ],
)
@pytest.mark.usefixtures("runs")
def test_two_are_drawn_in_every_view(view: str, width: int, cli: Cli) -> None:
    """Names stand on one line where each view has 60 columns, and no line is too wide."""
    options = ["--against", "forgets", "--width", width]
    asking = reading_of(view, "돌쇠가", Path("tales.txt"))
    lines = drawn(cli, "holds", *asking, *options).splitlines()
    names = [line.split() for line in lines if {"holds", "forgets"} & set(line.split())]
    assert ([["holds", "forgets"]] if width >= 124 else [["holds"], ["forgets"]]) == names
    assert max(map(cell_len, lines)) <= width


@pytest.mark.usefixtures("runs")
def test_two_go_into_a_pipe_one_after_the_other(cli: Cli, golden: Golden) -> None:
    """What has no width to share is not set side by side."""
    golden("beside/runs_at_80", drawn(cli, "holds", "돌쇠", "--against", "forgets"))


@pytest.mark.usefixtures("runs")
def test_two_in_sentences(cli: Cli) -> None:
    """In sentences each is introduced by its name."""
    lines = drawn(cli, "holds", "돌쇠", "--against", "forgets", "--plain").splitlines()
    assert ["holds:", "forgets:"] == [line for line in lines if line.endswith(":")]
    assert ["0: 돌", "0: 돌"] == [line[:4] for line in lines if line.startswith("0")]
    assert lines[2].find("forget gate 0.88") > 0 < lines[12].find("forget gate 0.27")


@pytest.mark.usefixtures("runs")
def test_a_changed_model_has_its_name_above(cli: Cli) -> None:
    """What was changed stands above a drawing and before sentences; else no name does."""
    changes = ["--clamp", "forget=0", "--ablate", "L1/3"]
    assert "holds forget=0 L1/3" == drawn(cli, "holds", "돌쇠", *changes).splitlines()[0]
    sentences = drawn(cli, "holds", "돌쇠", *changes, "--plain").splitlines()
    assert "holds forget=0 L1/3:" == sentences[0]
    assert "holds" not in drawn(cli, "holds", "돌쇠")


@pytest.mark.usefixtures("runs")
def test_only_the_first_is_changed(cli: Cli) -> None:
    """A run with a gate clamped stands beside the intact one, also as data."""
    cli("inspect", "holds", "돌쇠", "--clamp", "forget=0", "--against", "holds", "--json")
    changed, intact = map(json.loads, cli.out.splitlines())
    assert (["forget=0"], None) == (changed["changes"], intact.get("changes"))
    forget = [record["characters"][1]["layers"][1]["forget"] for record in (changed, intact)]
    assert [0.0, pytest.approx(0.8808, abs=1e-4)] == forget


@pytest.mark.usefixtures("runs")
def test_another_run_may_read_another_text(cli: Cli) -> None:
    """Both at once are the one run with the one text beside the other run with the other."""
    options = ["--against", "forgets", "--against-text", "물레", "--width", 80]
    lines = drawn(cli, "holds", "돌쇠", *options).splitlines()
    assert ["holds: 돌쇠", "forgets: 물레"] == [x for x in lines if x[:5] in {"holds", "forge"}]


@pytest.mark.usefixtures("runs")
def test_a_name_does_nothing_to_the_terminal(cli: Cli) -> None:
    """A text in a title is shown like the text in the table, and not without end."""
    shown = drawn(cli, "holds", "돌", "--against-text", "\x1b]0;x\x07" + "가" * 500)
    assert "holds: U+001B]0;xU+0007가" in shown
    assert "가" * 90 not in shown
    assert "\x1b" not in shown


def test_each_model_has_its_own_last_layer(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """Without --layer a model of fewer layers beside another shows its own last one."""
    flat = train_flat(tmp_path / "flat")
    assert 0 == cli("inspect", korean.run.path, "돌쇠", "--against", flat.run.path)
    assert "layer 2 of 2, mean of its 12 units" in cli.out
    assert "layer 1 of 1, mean of its 6 units" in cli.out


def test_a_layer_that_one_has_not_is_refused(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """A layer or unit that only the first of two models has is refused by its option."""
    flat = train_flat(tmp_path / "flat")
    for option, value in (("--layer", "2"), ("--unit", "L2/3"), ("--unit", "8")):
        code = cli("inspect", korean.run.path, "돌쇠", "--against", flat.run.path, option, value)
        assert (2, "") == (code, cli.out)
        assert f"{option}: expected" in cli.err


def test_each_family_has_its_own_strip(cli: Cli, korean: Model, gru: Model, rnn: Model) -> None:
    """Without --gate a strip is of what weighs most in the family, also beside each other."""
    options = ["--show", "strip", "--against", gru.run.path]
    assert 0 == cli("inspect", korean.run.path, "돌쇠", *options)
    assert "forget gate of its 12 units" in cli.out
    assert "update gate of its 12 units" in cli.out
    assert 0 == cli("inspect", rnn.run.path, "돌쇠", "--show", "strip")
    assert "h of its 12 units" in cli.out


@pytest.mark.usefixtures("runs")
def test_a_long_text_goes_into_a_pipe_in_rows(cli: Cli) -> None:
    """What does not go to a terminal has a row a character, however many."""
    shown = drawn(cli, "holds", LONG).splitlines()
    rows = [line for line in shown if line[:2].strip().isdecimal()]
    assert [str(index) for index in range(len(LONG))] == [row.split()[0] for row in rows]
    assert len(LONG) > 80


@pytest.mark.usefixtures("runs")
def test_a_ribbon_is_drawn(cli: Cli) -> None:
    """With --ribbon, or where it is long, the text is folded into the width."""
    ribbon = drawn(cli, "holds", LONG, "--width", 80, "--ribbon")
    assert ["   0 ", "  37 ", "  74 "] == [line[:5] for line in ribbon.splitlines()[1:18:8]]
    assert ribbon == drawn(cli, "holds", LONG, "--width", 80)


@pytest.mark.parametrize(
    "view", ["gates", "story", "memory --at 0", "units", "units --unit 3", "lookback"]
)
@pytest.mark.usefixtures("runs")
def test_a_pipe_is_no_wide_terminal(view: str, cli: Cli) -> None:
    """In a pipe nothing is spread over columns that are not there."""
    asking = reading_of(view, "돌쇠가", Path("tales.txt"))
    lines = drawn(cli, "holds", *asking).splitlines()
    assert max(map(cell_len, lines)) < 200
