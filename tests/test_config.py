"""Settings: their limits, and their way into JSON and back."""

import copy
import dataclasses
import json
import math
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.config import (
    Execution,
    HeldOut,
    ModelConfig,
    Regularization,
    RunConfig,
    SampleConfig,
    TextConfig,
    TrainConfig,
    TrainRequest,
)
from charlstm.config_json import from_json, to_json
from charlstm.errors import OptionError
from charlstm.limits import (
    FAMILIES,
    FORMS,
    KERNELS,
    OPTIMIZERS,
    PRECISIONS,
    SIZES,
    Size,
    check_language,
    check_seed,
)
from charlstm.models import build_model

NUMBERLESS = (math.nan, math.inf, -math.inf)
TOO_LARGE = 10**400  # no float is
SHAPE: dict[str, Any] = {
    "family": "lstm",
    "vocabulary": 99,
    "embedding": 8,
    "hidden": 12,
    "layers": 2,
}
TRAINING: dict[str, Any] = {
    "batch_size": 8,
    "seq_length": 20,
    "learning_rate": 0.01,
    "optimizer": "muon",
}
GOOD: dict[type, dict[str, Any]] = {
    ModelConfig: SHAPE,
    Regularization: {},
    TextConfig: {},
    TrainConfig: {**TRAINING, "epochs": 2.0},
    Execution: {"workers": 2, "threads": 1, "precision": "float32"},
    TrainRequest: {"epochs": 2.0},
    SampleConfig: {},
}
IMPOSSIBLE: dict[type, dict[str, tuple[object, ...]]] = {
    ModelConfig: {
        "vocabulary": (1, 0, -1, 1_114_113),
        "embedding": (0, -1, 65_537),
        "hidden": (0, -1, 65_537),
        "layers": (0, -1, 65),
        "window": (0, -1, 65_537),
    },
    Regularization: {
        "dropout": (-0.1, 1.0, 2.0, *NUMBERLESS),
        "weight_dropout": (-0.1, 1.0, 2.0, *NUMBERLESS),
        "activation_penalty": (-0.1, *NUMBERLESS),
        "confidence_penalty": (-0.1, 1.0, 2.0, *NUMBERLESS),
    },
    TextConfig: {
        "form": ("", "nfx", "NFC", "nfkc"),
        "val_fraction": (0.0, -0.1, 0.51, 1.0, *NUMBERLESS),
    },
    TrainConfig: {
        "batch_size": (0, -1, 65_537),
        "seq_length": (0, -1, 65_537),
        "learning_rate": (0.0, -0.1, *NUMBERLESS),
        "optimizer": ("", "sgd"),
        "weight_decay": (-0.1, *NUMBERLESS),
        "clip": (0.0, -0.1, *NUMBERLESS),
        "warmup": (-1, 1_000_001),
        "patience": (0, -1, 1_000_001),
        "seed": (-1, 2**63),
        "epochs": (0.0, -1.0, *NUMBERLESS),
    },
    Execution: {
        "workers": (0, -1, 1025, True, 1.0),
        "threads": (0, -1, 1025, True, 1.0),
        "precision": ("", "auto", "float64"),
        "kernel": ("", "auto", "own"),
    },
    TrainRequest: {
        "model": ("", "transformer"),
        "size": ("", "huge"),
        "epochs": (0.0, TOO_LARGE, "2"),
        "dropout": (-0.1, 1.0),
        "batch_size": (0, 1.5),
        "precision": ("", "int4", "float64"),
        "kernel": ("", "own"),
        "workers": (0, -1, 1025, True, 1.0),
        "window": (5,),
    },
    SampleConfig: {
        "length": (0, -1, 1_000_000_001),
        "temperature": (-0.1, *NUMBERLESS),
        "top_k": (-1, 1_114_113),
        "top_p": (0.0, -0.1, 1.1, *NUMBERLESS),
    },
}
LIMITS: dict[type, dict[str, tuple[object, ...]]] = {
    ModelConfig: {
        "vocabulary": (2, 1_114_112),
        "embedding": (1, 65_536),
        "hidden": (1, 65_536),
        "layers": (1, 64),
        "window": (1, 65_536),
    },
    Regularization: {
        "dropout": (0.0, 0.999),
        "weight_dropout": (0.0, 0.999),
        "activation_penalty": (0.0, 1e9),
        "confidence_penalty": (0.0, 0.999),
    },
    TextConfig: {"form": FORMS, "val_fraction": (1e-6, 0.5)},
    TrainConfig: {
        "batch_size": (1, 65_536),
        "seq_length": (1, 65_536),
        "optimizer": OPTIMIZERS,
        "weight_decay": (0.0,),
        "warmup": (0, 1_000_000),
        "patience": (1, 1_000_000),
        "seed": (0, 2**63 - 1),
    },
    Execution: {
        "workers": (1, 1024),
        "threads": (1, 1024),
        "precision": PRECISIONS,
        "kernel": KERNELS,
    },
    TrainRequest: {
        "model": FAMILIES,
        "size": (*SIZES, None),
        "workers": (1, 1024, None),
        "precision": (*PRECISIONS, "auto"),
        "kernel": (*KERNELS, "auto"),
    },
    SampleConfig: {
        "length": (1, 1_000_000_000),
        "temperature": (0.0,),
        "top_k": (0, 1_114_112),
        "top_p": (1e-6, 1.0),
    },
}
RUN = RunConfig(
    format=RunConfig.FORMAT,
    charlstm="0.1.0",
    model=ModelConfig(**GOOD[ModelConfig]),
    text=TextConfig(),
    training=TrainConfig(**GOOD[TrainConfig]),
    execution=Execution(**GOOD[Execution]),
    heldout=HeldOut(10, "ab"),
)
SECTIONS = ("model", "text", "training", "execution", "heldout")
# A value of a wrong kind for each kind of field.
WRONG_KINDS: dict[type, tuple[object, ...]] = {
    int: (True, 1.5, "1", None, [1], {}),
    float: (True, "0.5", None, [0.5], {}),
    str: (True, 1, None, ["nfc"], {}),
}


def cases(table: dict[type, dict[str, tuple[object, ...]]]) -> list[Any]:
    """Return kind, field and value of each entry of a table."""
    return [
        pytest.param(kind, field, value, id=f"{field}-{value}")
        for kind, fields in table.items()
        for field, values in fields.items()
        for value in values
    ]


def plain() -> dict[str, Any]:
    """Return the JSON of a good run."""
    return copy.deepcopy(to_json(RUN))


def leaves() -> list[tuple[str, ...]]:
    """Return the paths of all plain values in the JSON of a run."""

    def below(data: dict[str, Any], path: tuple[str, ...]) -> list[tuple[str, ...]]:
        paths = []
        for name, value in data.items():
            is_object = isinstance(value, dict)
            paths += below(value, (*path, name)) if is_object else [(*path, name)]
        return paths

    return below(plain(), ())


def has_default(path: tuple[str, ...]) -> bool:
    """Whether the field at a path has a value without being given one."""
    owner: Any = RUN
    for name in path[:-1]:
        owner = getattr(owner, name)
    (field,) = (field for field in dataclasses.fields(owner) if field.name == path[-1])
    return field.default is not dataclasses.MISSING


def at(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Return the object that holds the field at a path."""
    for name in path[:-1]:
        data = data[name]
    return data


def refusal(data: object) -> OptionError:
    """Return the error with which JSON is refused."""
    with pytest.raises(OptionError) as caught:
        from_json(data)
    return caught.value


def words(text: object) -> set[str]:
    """Return the words of a message."""
    return set(str(text).replace(",", " ").split())


positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
shapes = st.builds(
    ModelConfig,
    family=st.sampled_from(FAMILIES),
    vocabulary=st.integers(2, 1_114_112),
    embedding=st.integers(1, 65_536),
    hidden=st.integers(1, 65_536),
    layers=st.integers(1, 64),
    window=st.integers(1, 65_536),
)
texts = st.builds(
    TextConfig,
    form=st.sampled_from(FORMS),
    val_fraction=st.floats(0, 0.5, exclude_min=True),
)
shares = st.floats(0, 1, exclude_max=True)
regularizations = st.builds(
    Regularization,
    dropout=shares,
    weight_dropout=shares,
    activation_penalty=st.floats(min_value=0, allow_infinity=False),
    confidence_penalty=shares,
)
lengths = st.one_of(
    st.fixed_dictionaries({"epochs": positive}),
    st.fixed_dictionaries({"steps": st.integers(1, 2**63)}),
    st.fixed_dictionaries({"minutes": positive}),
)
trainings = st.builds(
    lambda common, length: TrainConfig(**common, **length),
    st.fixed_dictionaries(
        {
            "batch_size": st.integers(1, 65_536),
            "seq_length": st.integers(1, 65_536),
            "learning_rate": positive,
            "optimizer": st.sampled_from(OPTIMIZERS),
            "regularization": regularizations,
            "weight_decay": st.floats(min_value=0, allow_infinity=False),
            "clip": positive,
            "warmup": st.integers(0, 1_000_000),
            "patience": st.integers(1, 1_000_000),
            "seed": st.integers(0, 2**63 - 1),
        }
    ),
    lengths,
)
executions = st.builds(
    Execution,
    workers=st.integers(1, 1024),
    threads=st.integers(1, 1024),
    precision=st.sampled_from(PRECISIONS),
    kernel=st.sampled_from(KERNELS),
)
runs = st.builds(
    RunConfig,
    format=st.just(RunConfig.FORMAT),
    charlstm=st.text(),
    model=shapes,
    text=texts,
    training=trainings,
    execution=executions,
    heldout=st.builds(HeldOut, characters=st.integers(min_value=0), sha256=st.text()),
)


@settings(deadline=None, max_examples=100)
@given(runs)
def test_comes_back_from_json(config: RunConfig) -> None:
    """Any possible settings, written as JSON and read again, are the same settings."""
    assert config == from_json(json.loads(json.dumps(to_json(config))))


@pytest.mark.parametrize(("kind", "field", "value"), cases(IMPOSSIBLE))
def test_refuses_an_impossible_value(kind: type, field: str, value: object) -> None:
    """An impossible value is refused by an error that has the field's name."""
    with pytest.raises(OptionError) as caught:
        kind(**GOOD[kind] | {field: value})
    assert field == caught.value.field


@pytest.mark.parametrize(("kind", "field", "value"), cases(LIMITS))
def test_takes_a_value_at_the_limit(kind: type, field: str, value: object) -> None:
    """The last possible values on either side are taken."""
    assert value == getattr(kind(**GOOD[kind] | {field: value}), field)


@pytest.mark.parametrize("field", ["epochs", "steps", "minutes"])
@pytest.mark.parametrize("value", [0, -1])
def test_refuses_a_training_without_length(field: str, value: int) -> None:
    """A length of nothing or less is refused by the name of the option that gave it."""
    lengths: dict[str, Any] = {field: value}
    with pytest.raises(OptionError) as caught:
        TrainConfig(**TRAINING, **lengths)
    assert field == caught.value.field


@pytest.mark.parametrize(
    "given_lengths",
    [
        {},
        *(dict.fromkeys(pair, 2) for pair in combinations(("epochs", "steps", "minutes"), 2)),
        dict.fromkeys(("epochs", "steps", "minutes"), 2),
    ],
    ids=lambda given_lengths: "-".join(given_lengths) or "none",
)
def test_refuses_all_but_one_length(given_lengths: dict[str, Any]) -> None:
    """Unless exactly one of epochs, steps and minutes is given, the error names all three."""
    with pytest.raises(OptionError) as caught:
        TrainConfig(**TRAINING, **given_lengths)
    assert {"--epochs", "--steps", "--minutes"} <= words(caught.value.expected)


@pytest.mark.parametrize("field", ["epochs", "steps", "minutes"])
def test_takes_one_length(field: str) -> None:
    """Each of epochs, steps and minutes is enough alone."""
    lengths: dict[str, Any] = {field: 3}
    assert 3 == getattr(TrainConfig(**TRAINING, **lengths), field)


def test_refuses_steps_beyond_counting() -> None:
    """A number of steps that no float can hold is refused by its name."""
    with pytest.raises(OptionError) as caught:
        TrainConfig(**TRAINING, steps=TOO_LARGE)
    assert "steps" == caught.value.field


@pytest.mark.parametrize("family", ["", "transformer", "LSTM"])
def test_refuses_an_unknown_family(family: str) -> None:
    """A family that is not there is refused by the name of its option, model."""
    with pytest.raises(OptionError) as caught:
        ModelConfig(**GOOD[ModelConfig] | {"family": family})
    assert ("model", True) == (caught.value.field, words(caught.value.expected) >= set(FAMILIES))


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_refuses_an_impossible_seed(seed: int) -> None:
    """A seed that no generator takes is refused."""
    with pytest.raises(OptionError, match=r"seed: expected .*, found"):
        check_seed(seed)


def test_refuses_a_language_that_is_not_spoken() -> None:
    """A language without a catalogue is an impossible option."""
    with pytest.raises(OptionError, match="lang: expected one of en, ko, found 'fr'"):
        check_language("fr")


def test_an_error_names_the_option() -> None:
    """The command line's message has its spelling of the option, what was expected and found."""
    with pytest.raises(OptionError) as caught:
        TextConfig(val_fraction=0.9)
    message = "--val-fraction: expected more than 0 and at most 0.5, found 0.9"
    assert message == str(caught.value.message)


def test_settings_stay_as_they_are() -> None:
    """Settings cannot be changed once they are made."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        RUN.model.hidden = 1  # type: ignore[misc]


@pytest.mark.parametrize("path", [path for path in leaves() if not has_default(path)], ids=".".join)
def test_json_misses_a_field(path: tuple[str, ...]) -> None:
    """A missing field without a default is among what was expected, not among what was found."""
    data = plain()
    del at(data, path)[path[-1]]
    error = refusal(data)
    assert {path[-1]} == words(error.expected) - words(error.found) - {"the", "fields"}


@pytest.mark.parametrize(
    "path",
    [path for path in leaves() if has_default(path) and path != ("training", "epochs")],
    ids=".".join,
)
def test_json_misses_a_field_with_a_default(path: tuple[str, ...]) -> None:
    """A missing field that has a default gets it."""
    data = plain()
    del at(data, path)[path[-1]]
    assert RUN == from_json(data)


def test_an_fnn_has_no_weights_to_drop() -> None:
    """Weight dropout is refused for a family without weights between the units of a layer."""
    with pytest.raises(OptionError) as caught:
        TrainRequest(model="fnn", weight_dropout=0.1)
    assert "weight_dropout" == caught.value.field


def test_an_unrolled_kernel_is_for_an_lstm() -> None:
    """The unrolled kernel is refused for the other families."""
    with pytest.raises(OptionError) as caught:
        TrainRequest(model="gru", kernel="unrolled")
    assert "kernel" == caught.value.field


def test_a_request_may_have_no_length() -> None:
    """Without epochs, steps and minutes the length is left to the plan."""
    assert TrainRequest().epochs is None


@pytest.mark.parametrize(
    "pair", list(combinations(("epochs", "steps", "minutes"), 2)), ids="-".join
)
def test_a_request_has_one_length_at_most(pair: tuple[str, str]) -> None:
    """Two lengths are refused in a request too."""
    lengths: dict[str, Any] = dict.fromkeys(pair, 2)
    with pytest.raises(OptionError) as caught:
        TrainRequest(**lengths)
    assert {"--epochs", "--steps", "--minutes"} <= words(caught.value.expected)


def test_a_request_goes_before_what_was_chosen() -> None:
    """What was asked for is settled as it is, and the rest as it was chosen."""
    request = TrainRequest(steps=3, patience=9, dropout=0.25)
    chosen = Regularization(dropout=0.5, weight_dropout=0.2)
    regularization = request.regularized(chosen)
    assert Regularization(dropout=0.25, weight_dropout=0.2) == regularization
    settled = request.settled(batch_size=4, learning_rate=0.1, optimizer="adamw")
    assert (3, 9, 64, 4) == (
        settled.steps,
        settled.patience,
        settled.seq_length,
        settled.batch_size,
    )


FORMAT_1: dict[str, Any] = {
    "format": 1,
    "charlstm": "0.1.0",
    "model": SHAPE | {"dropout": 0.3, "weight_dropout": 0.2, "activation_penalty": 1.0},
    "text": {"form": "nfd"},
    "training": {
        "batch": 16,
        "stretch": 32,
        "learning_rate": 0.02,
        "precision": "bf16",
        "loop": "unrolled",
        "workers": 2,
        "threads": 1,
        "steps": 7,
    },
    "heldout": {"characters": 10, "sha256": "ab"},
}


def test_reads_settings_of_format_1() -> None:
    """Each setting of format 1 is found in its place in the present format."""
    config = from_json(copy.deepcopy(FORMAT_1))
    assert RunConfig.FORMAT == config.format
    assert ModelConfig(**SHAPE) == config.model
    assert Regularization(0.3, 0.2, 1.0, 0.0) == config.training.regularization
    assert (16, 32, 7) == (
        config.training.batch_size,
        config.training.seq_length,
        config.training.steps,
    )
    assert Execution(2, 1, "bf16", "unrolled") == config.execution


def test_reads_the_first_settings_of_format_1() -> None:
    """What the first runs of format 1 do not say is what they were trained with."""
    data = copy.deepcopy(FORMAT_1)
    data["training"] = {"precision": "auto", "workers": None, "epochs": 1.0}
    config = from_json(data)
    assert Execution(1, 1, "float32", "fused") == config.execution
    assert (32, 64, 1.6e-2, "muon") == (
        config.training.batch_size,
        config.training.seq_length,
        config.training.learning_rate,
        config.training.optimizer,
    )


@pytest.mark.parametrize("section", ["model", "training", "heldout"])
@pytest.mark.parametrize("value", [None, 1, [], {"colour": 1}], ids=str)
def test_refuses_damaged_settings_of_format_1(section: str, value: object) -> None:
    """What stands in the place of a section of format 1 is refused."""
    with pytest.raises(OptionError):
        from_json({**copy.deepcopy(FORMAT_1), section: value})


@pytest.mark.parametrize("section", SECTIONS)
def test_json_misses_a_section(section: str) -> None:
    """A missing section is among what was expected and not among what was found."""
    data = plain()
    del data[section]
    error = refusal(data)
    assert {section} == words(error.expected) - words(error.found) - {"the", "fields"}


@pytest.mark.parametrize("section", ["", *SECTIONS])
def test_json_has_an_unknown_field(section: str) -> None:
    """An unknown field is among what was found and not among what was expected."""
    data = plain()
    (data[section] if section else data)["colour"] = 1
    error = refusal(data)
    assert {"colour"} == words(error.found) - words(error.expected)


@pytest.mark.parametrize("path", leaves(), ids=".".join)
def test_json_has_a_wrong_kind(path: tuple[str, ...]) -> None:
    """A value of each wrong kind is refused by the name of its field."""
    optional = path[-1] in {"epochs", "steps", "minutes"}
    whole = path[-1] == "steps"
    kind = int if whole else type(at(plain(), path)[path[-1]] or 0.5)
    for value in WRONG_KINDS[kind]:
        if optional and value is None:
            continue
        data = plain()
        at(data, path)[path[-1]] = value
        assert path[-1] == refusal(data).field


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("value", [None, 1, "x", []])
def test_json_has_no_section(section: str, value: object) -> None:
    """What stands in the place of a section is refused by the section's name."""
    assert section == refusal(plain() | {section: value}).field


@pytest.mark.parametrize("data", [None, 1, "x", [], True])
def test_json_is_no_object(data: object) -> None:
    """JSON that is no object is refused."""
    assert "an object in braces" == str(refusal(data).expected)


def test_json_is_empty() -> None:
    """The error about an empty object says what was found."""
    assert str(refusal({}).found).strip()


def test_json_has_an_impossible_value() -> None:
    """A limit holds for what a file says too."""
    data = plain()
    data["model"]["hidden"] = 0
    assert "hidden" == refusal(data).field


@pytest.mark.parametrize(
    "path",
    [
        ("training", "regularization", "dropout"),
        ("training", "regularization", "weight_dropout"),
        ("training", "regularization", "activation_penalty"),
        ("training", "regularization", "confidence_penalty"),
        ("text", "val_fraction"),
        ("training", "learning_rate"),
        ("training", "weight_decay"),
        ("training", "clip"),
        ("training", "epochs"),
    ],
    ids=".".join,
)
def test_json_has_a_number_beyond_any_float(path: tuple[str, ...]) -> None:
    """A whole number too large for a float is refused by the name of its field."""
    data = plain()
    at(data, path)[path[-1]] = TOO_LARGE
    assert path[-1] == refusal(data).field


@pytest.mark.parametrize("version", [0, 3, "1", 1.5])
def test_json_of_another_layout(version: object) -> None:
    """Another version of the layout is refused by its own name, whatever else is there."""
    assert "format" == refusal({"format": version, "new": {}}).field


def test_json_whole_number_stands_for_a_float() -> None:
    """A whole number is taken where a float is wanted, and becomes one."""
    data = plain()
    data["training"]["clip"] = 2
    clip = from_json(data).training.clip
    assert (2.0, float) == (clip, type(clip))


@pytest.mark.parametrize("size", [*SIZES.values(), Size(3, 5, 1), Size(7, 2, 4)], ids=str)
@pytest.mark.parametrize("vocabulary", [2, 1000])
def test_counts_the_parameters_of_the_model(size: Size, vocabulary: int) -> None:
    """A size has as many parameters as the model that is built with it."""
    shape = ModelConfig("lstm", vocabulary, size.embedding, size.hidden, size.layers)
    assert build_model(shape).parameter_count() == size.parameters(vocabulary)
