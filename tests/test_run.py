"""The run folder: what is written is read back, and what is wrong with it is found out."""

import dataclasses
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Generator, Tensor, nn

from charlstm.config import Execution, ModelConfig, RunConfig, TextConfig, TrainConfig
from charlstm.errors import RunError
from charlstm.models import new_model
from charlstm.models.base import Network
from charlstm.run import (
    CONFIG,
    HELDOUT,
    TOKENIZER,
    WEIGHTS,
    check_free,
    claimed,
    free_name,
    held_out,
    load_run,
    newest_run,
    read_heldout,
    write_metrics,
    write_settings,
    write_weights,
    write_whole,
)
from charlstm.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of("방앗간 물레\n")
SHAPE = ModelConfig(family="lstm", vocabulary=len(VOCABULARY), embedding=5, hidden=7, layers=2)
HELD_OUT = "방앗간 물레😀\n".encode()
SPECIAL = torch.tensor([-0.0, 1e-45, -3.4e38, 0.1, 1 + 2**-23])
FILES = (CONFIG, TOKENIZER, WEIGHTS)


def write_run(path: Path) -> Network:
    """Write a run folder with a model that was never trained, and give the model."""
    path.mkdir(parents=True)
    model = new_model(SHAPE, Generator().manual_seed(1))
    with torch.no_grad():
        model.head.bias[: len(SPECIAL)] = SPECIAL
    write_settings(path, settings(), VOCABULARY, [HELD_OUT])
    write_weights(path, model)
    return model


def settings() -> RunConfig:
    """Return the settings of that run."""
    return RunConfig(
        format=RunConfig.FORMAT,
        charlstm="0.1.0",
        model=SHAPE,
        text=TextConfig(),
        training=TrainConfig(8, 10, 0.1, "muon", steps=1),
        execution=Execution(1, 1, "float32"),
        heldout=held_out([HELD_OUT]),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_run(tmp_path / "run")
    return tmp_path / "run"


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return the bytes of all files below a folder, and None for each folder."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() if file.is_file() else None
        for file in folder.rglob("*")
    }


def bits(tensor: Tensor) -> list[int]:
    """Return the numbers of a tensor as they are stored."""
    numbers: list[int] = tensor.detach().flatten().view(torch.int32).tolist()
    return numbers


def refusal(path: Path) -> str:
    """Return the message with which a run is refused."""
    with pytest.raises(RunError) as caught:
        load_run(path)
    return str(caught.value)


def change_config(path: Path, section: str, **changes: Any) -> None:
    """Change fields of a section of config.json."""
    data = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    data[section] |= changes
    (path / CONFIG).write_text(json.dumps(data), encoding="utf-8")


def change_weights(path: Path, **changes: Tensor | None) -> None:
    """Change tensors of model.safetensors, take away those that are None."""
    tensors = load_file(path / WEIGHTS) | {
        name.replace("__", "."): tensor for name, tensor in changes.items()
    }
    save_file({k: v for k, v in tensors.items() if v is not None}, path / WEIGHTS)


def test_weights_come_back_bit_for_bit(tmp_path: Path) -> None:
    """Every number of every tensor is read as it was written, to the last bit."""
    written = write_run(tmp_path / "run").state_dict()
    read = load_run(tmp_path / "run").model.network.state_dict()
    assert {k: bits(v) for k, v in written.items()} == {k: bits(v) for k, v in read.items()}


def test_settings_come_back(path: Path) -> None:
    """The settings, the vocabulary and the path of a run are those that were written."""
    run = load_run(path)
    assert (path, settings(), VOCABULARY.characters) == (
        run.path,
        run.config,
        run.model.vocabulary.characters,
    )


def test_heldout_part_comes_back(path: Path) -> None:
    """The held-out part is read as it was written."""
    assert HELD_OUT.decode() == read_heldout(load_run(path))


def test_what_is_read_is_not_trained(path: Path) -> None:
    """No parameter of a run that was read asks for a gradient."""
    assert {False} == {p.requires_grad for p in load_run(path).model.network.parameters()}


def test_torch_loads_the_weights(path: Path) -> None:
    """A plain torch.nn.LSTM takes the tensors of the file whose names begin with lstm."""
    tensors = load_file(path / WEIGHTS)
    memory = {k.removeprefix("lstm."): v for k, v in tensors.items() if k.startswith("lstm.")}
    oracle = nn.LSTM(SHAPE.embedding, SHAPE.hidden, SHAPE.layers)
    oracle.load_state_dict(memory, strict=True)
    network = load_run(path).model.network
    x = torch.randn(6, 1, SHAPE.embedding, generator=Generator().manual_seed(2))
    expected, _ = oracle(x)
    actual, _ = network.core.forward(x, network.initial_state(1))
    torch.testing.assert_close(actual, expected)


def test_names_all_other_weights_too(path: Path) -> None:
    """Besides those of torch.nn.LSTM the file has an embedding and a head."""
    names = {name for name in load_file(path / WEIGHTS) if not name.startswith("lstm.")}
    assert {"embedding.weight", "head.weight", "head.bias"} == names


def test_metrics_are_one_object_a_line(tmp_path: Path) -> None:
    """Each row of the metrics is a line of JSON."""
    rows: list[dict[str, object]] = [{"step": 1, "name": "달못골\n"}, {"step": 2}]
    write_metrics(tmp_path, rows)
    lines = (tmp_path / "metrics.jsonl").read_bytes().decode().split("\n")
    assert ([*rows], "") == ([json.loads(line) for line in lines[:-1]], lines[-1])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["removed", "emptied", "cut", "noise", "folder"])
def test_refuses_a_damaged_file(name: str, damage: str, path: Path) -> None:
    """A file that is gone, empty, cut to half, noise or a folder is named."""
    data = (path / name).read_bytes()
    (path / name).unlink()
    if damage == "folder":
        (path / name).mkdir()
    elif damage != "removed":
        noise = np.random.default_rng(1).bytes(len(data))
        wrong = {"emptied": b"", "cut": data[: len(data) // 2], "noise": noise}
        (path / name).write_bytes(wrong[damage])
    assert refusal(path).startswith(f"{path / name}: expected ")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "text", ["{}", "[]", "null", "0", '"x"', "[" * 100_000], ids=lambda text: text[:4]
)
def test_refuses_other_json(name: str, text: str, path: Path) -> None:
    """A file that holds other JSON is named."""
    (path / name).write_text(text, encoding="utf-8")
    assert refusal(path).startswith(f"{path / name}: expected ")


@pytest.mark.parametrize("damage", [b"", HELD_OUT + b"x", HELD_OUT[:-1] + b" ", b"\xff\xfe\xff"])
def test_refuses_a_changed_heldout_part(damage: bytes, path: Path) -> None:
    """A held-out part that is not what it was is refused when it is read, by its name."""
    (path / HELDOUT).write_bytes(damage)
    run = load_run(path)
    with pytest.raises(RunError) as caught:
        read_heldout(run)
    assert str(caught.value).startswith(f"{path / HELDOUT}: expected ")


def test_refuses_a_missing_heldout_part(path: Path) -> None:
    """A held-out part that is gone is refused when it is read, by its name."""
    (path / HELDOUT).unlink()
    run = load_run(path)
    with pytest.raises(RunError) as caught:
        read_heldout(run)
    assert str(caught.value).startswith(f"{path / HELDOUT}: expected ")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_refuses_weights_that_are_no_numbers(number: float, path: Path) -> None:
    """Weights that are not finite are refused, and the tensor is named."""
    bias = torch.zeros(len(VOCABULARY))
    bias[3] = number
    change_weights(path, head__bias=bias)
    assert refusal(path).startswith(f"{path / WEIGHTS}: expected head.bias to be finite")


@pytest.mark.parametrize(
    ("tensor", "found"),
    [
        (torch.zeros(len(VOCABULARY) + 1), f"float32 ({len(VOCABULARY) + 1},)"),
        (torch.zeros(1, len(VOCABULARY)), f"float32 (1, {len(VOCABULARY)})"),
        (torch.zeros(0), "float32 (0,)"),
        (torch.zeros(len(VOCABULARY)).half(), f"float16 ({len(VOCABULARY)},)"),
        (torch.zeros(len(VOCABULARY)).double(), f"float64 ({len(VOCABULARY)},)"),
        (torch.zeros(len(VOCABULARY)).int(), f"int32 ({len(VOCABULARY)},)"),
    ],
    ids=["longer", "two dimensions", "empty", "half", "double", "int"],
)
def test_refuses_weights_of_another_shape(tensor: Tensor, found: str, path: Path) -> None:
    """A tensor of another shape or kind is refused with both shapes."""
    change_weights(path, head__bias=tensor)
    expected = f"expected head.bias to be float32 ({len(VOCABULARY)},), found {found};"
    assert refusal(path).startswith(f"{path / WEIGHTS}: {expected}")


@pytest.mark.parametrize(
    "changes", [{"head__bias": None}, {"extra": torch.zeros(1)}], ids=["missing", "extra"]
)
def test_refuses_other_weights(changes: dict[str, Tensor | None], path: Path) -> None:
    """A file with a tensor too few or too many is refused."""
    change_weights(path, **changes)
    assert refusal(path).startswith(f"{path / WEIGHTS}: expected ")


@pytest.mark.parametrize("changes", [{"hidden": 8}, {"embedding": 4}, {"layers": 1}], ids=str)
def test_refuses_weights_that_the_settings_do_not_fit(changes: dict[str, int], path: Path) -> None:
    """Weights of another size than the settings say are refused."""
    change_config(path, "model", **changes)
    assert refusal(path).startswith(f"{path / WEIGHTS}: expected ")


def test_refuses_a_vocabulary_of_another_size(path: Path) -> None:
    """A vocabulary with more characters than the settings say is refused."""
    (path / TOKENIZER).write_text(Vocabulary.of("abcdefghijklm").to_json(), encoding="utf-8")
    assert refusal(path).startswith(f"{path / TOKENIZER}: expected {len(VOCABULARY)} characters")


@pytest.mark.parametrize(
    "name", ["nowhere", "run/config.json", "x" * 5000], ids=["missing", "file", "too long"]
)
def test_refuses_what_is_no_folder(name: str, path: Path) -> None:
    """A path at which there is no folder is refused by its name."""
    place = path.parent / name
    assert refusal(place).startswith(f"{place}: expected a run folder")


def test_refuses_a_folder_without_a_run(tmp_path: Path) -> None:
    """A folder with no run in it is refused by the first file that is not there."""
    assert refusal(tmp_path).startswith(f"{tmp_path / CONFIG}: expected a file, found none")


@pytest.mark.parametrize(
    "files",
    [
        {CONFIG: b"{}", WEIGHTS: b"w"},
        {CONFIG: b""},
        {"notes.txt": b"mine"},
        {"README.md": b"mine"},
        {".hidden": b"mine"},
        {"inner/notes.txt": b"mine"},
    ],
    ids="-".join,
)
def test_does_not_claim_a_folder_in_use(files: dict[str, bytes], tmp_path: Path) -> None:
    """A folder with a run or anything else in it is refused and left as it was."""
    folder = tmp_path / "taken"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    before = contents(folder)
    with pytest.raises(RunError, match=re.escape(f"{folder}: expected ")), claimed(folder):
        pass
    assert before == contents(folder)


@pytest.mark.parametrize("name", ["file", "file/run"])
def test_does_not_claim_a_file(name: str, tmp_path: Path) -> None:
    """A plain file, or a place below one, is refused and left as it was."""
    (tmp_path / "file").write_bytes(b"mine")
    place = tmp_path / name
    with pytest.raises(RunError, match=re.escape(f"{place}: expected ")), claimed(place):
        pass
    assert {"file": b"mine"} == contents(tmp_path)


def test_does_not_claim_twice(tmp_path: Path) -> None:
    """A folder in which a run is being trained is refused to another, and stays held."""
    with claimed(tmp_path / "run"):
        before = contents(tmp_path)
        with pytest.raises(RunError), claimed(tmp_path / "run"):
            pass
        assert before == contents(tmp_path)


def test_does_not_claim_at_the_same_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that both found a folder free, only one gets it."""
    monkeypatch.setattr("charlstm.run.check_free", lambda _: None)
    with claimed(tmp_path / "run"):
        before = contents(tmp_path)
        with pytest.raises(RunError), claimed(tmp_path / "run"):
            pass
        assert before == contents(tmp_path)


@pytest.mark.parametrize("empty_before", [True, False])
def test_gives_a_claimed_folder_to_the_run(empty_before: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """A new or empty folder is claimed, and once there are weights nothing of it is lost."""
    folder = tmp_path / "runs" / "run"
    if empty_before:
        folder.mkdir(parents=True)
    with claimed(folder):
        (folder / CONFIG).write_bytes(b"{}")
        (folder / WEIGHTS).write_bytes(b"w")
    assert {CONFIG: b"{}", WEIGHTS: b"w"} == contents(folder)


def test_takes_away_a_folder_without_weights(tmp_path: Path) -> None:
    """A claimed folder that got no weights is gone with all of our files."""
    folder = tmp_path / "run"
    with claimed(folder):
        write_settings(folder, settings(), VOCABULARY, [HELD_OUT])
        write_metrics(folder, [])
    assert {} == contents(tmp_path)


def test_keeps_the_weights_of_a_failed_training(tmp_path: Path) -> None:
    """A training that fails once there are weights keeps its folder."""
    folder = tmp_path / "run"

    def train() -> None:
        with claimed(folder):
            (folder / WEIGHTS).write_bytes(b"w")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()
    assert {WEIGHTS: b"w"} == contents(folder)


def test_keeps_what_is_not_ours(tmp_path: Path) -> None:
    """A file that somebody else put into a folder without weights is left there."""
    folder = tmp_path / "run"
    with claimed(folder):
        (folder / CONFIG).write_bytes(b"{}")
        (folder / "notes.txt").write_bytes(b"mine")
    assert {"notes.txt": b"mine"} == contents(folder)


@pytest.mark.parametrize("name", ["run", ".", "link"])
def test_lets_an_error_through(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error during the training comes out as itself, whatever the folder is called."""
    (tmp_path / "work" / "there").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "work" / "there")
    folder = tmp_path / "link" if name == "link" else Path(name)
    monkeypatch.chdir(tmp_path / "work" / "there")
    with pytest.raises(ZeroDivisionError), claimed(folder):
        raise ZeroDivisionError


@pytest.mark.parametrize("name", ["new", "empty"])
def test_a_new_or_empty_folder_is_free(name: str, tmp_path: Path) -> None:
    """A folder that is not there or has nothing in it is free, and asking makes none."""
    (tmp_path / "empty").mkdir()
    check_free(tmp_path / name)
    assert {"empty": None} == contents(tmp_path)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], "tales"),
        (["tales-2"], "tales"),
        (["tales"], "tales-2"),
        (["tales", "tales-2", "tales-3"], "tales-4"),
        (["tales", "tales-3"], "tales-2"),
    ],
)
def test_finds_a_free_name(taken: list[str], expected: str, tmp_path: Path) -> None:
    """The first free name of tales, tales-2, tales-3 and so on is given."""
    for name in taken:
        (tmp_path / name).mkdir()
    assert tmp_path / expected == free_name(tmp_path, "tales")


def test_a_file_takes_a_name(tmp_path: Path) -> None:
    """A name that a file has is not free."""
    (tmp_path / "tales").touch()
    assert tmp_path / "tales-2" == free_name(tmp_path, "tales")


@pytest.mark.parametrize("newest", ["a", "b", "c"])
def test_finds_the_newest_run(newest: str, tmp_path: Path) -> None:
    """The run whose weights were written last is the newest, whatever its name."""
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / WEIGHTS).touch()
        moment = 2000 if name == newest else 1000
        os.utime(tmp_path / name / WEIGHTS, (moment, moment))
    (tmp_path / "without weights").mkdir()
    assert tmp_path / newest == newest_run(tmp_path)


@pytest.mark.parametrize("name", ["nowhere", "empty", "runs"])
def test_finds_no_run(name: str, tmp_path: Path) -> None:
    """Where no run has weights, the error names the folder and how to make one."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "runs" / "a").mkdir(parents=True)
    (tmp_path / "runs" / "a" / CONFIG).touch()
    with pytest.raises(
        RunError, match=re.escape(f"{tmp_path / name}/: expected ") + ".*charlstm train"
    ):
        newest_run(tmp_path / name)


def test_writes_a_file_whole(tmp_path: Path) -> None:
    """A file gets its new contents, and nothing else is left beside it."""
    (tmp_path / "a").write_bytes(b"old and longer")
    write_whole(tmp_path / "a", b"new\0\xff")
    assert {"a": b"new\0\xff"} == contents(tmp_path)


@pytest.mark.parametrize("before", [{}, {"a": b"old"}], ids=["new file", "old file"])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_writing_leaves_the_old_file(
    call: str, before: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails the old file, or none, is there, and nothing beside it."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name, data in before.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a", b"new")
    assert before == contents(tmp_path)


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    """A file written whole has the permissions of any new file."""
    (tmp_path / "plain").write_bytes(b"")
    write_whole(tmp_path / "whole", b"")
    assert (tmp_path / "plain").stat().st_mode == (tmp_path / "whole").stat().st_mode


def test_held_out_part_is_known_by_its_bytes() -> None:
    """The description of a held-out part counts characters and has the SHA-256 of the bytes."""
    # What `printf abc | sha256sum` prints.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert {"characters": 3, "sha256": digest} == dataclasses.asdict(held_out([b"a", b"bc"]))
