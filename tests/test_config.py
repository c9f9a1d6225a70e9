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
    FAMILIES,
    FORMS,
    KERNELS,
    PRECISIONS,
    HeldOut,
    ModelConfig,
    Regularization,
    RunConfig,
    SampleConfig,
    TextConfig,
    TrainConfig,
    check_language,
    check_regularization,
    check_seed,
)
from charlstm.config_json import from_json, to_json
from charlstm.errors import OptionError
from charlstm.models import build_model
from charlstm.presets import SIZES, Size, optimizer_for, size_named

NUMBERLESS = (math.nan, math.inf, -math.inf)
TOO_LARGE = 10**400  # no float is
GOOD: dict[type, dict[str, Any]] = {
    ModelConfig: {
        "family": "lstm",
        "vocabulary": 99,
        "embedding": 8,
        "hidden": 12,
        "layers": 2,
    },
    Regularization: {},
    TextConfig: {},
    TrainConfig: {"epochs": 2.0},
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
        "batch": (0, -1, 65_537),
        "seq_length": (0, -1, 65_537),
        "learning_rate": (0.0, -0.1, *NUMBERLESS),
        "weight_decay": (-0.1, *NUMBERLESS),
        "clip": (0.0, -0.1, *NUMBERLESS),
        "warmup": (-1, 1_000_001),
        "patience": (0, -1, 1_000_001),
        "seed": (-1, 2**63),
        "precision": ("", "int4", "float64"),
        "loop": ("", "own"),
        "workers": (0, -1, 1025, True, 1.0),
        "threads": (0, -1, 1025, True, 1.0),
        "epochs": (0.0, -1.0, *NUMBERLESS),
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
        "batch": (1, 65_536),
        "seq_length": (1, 65_536),
        "weight_decay": (0.0,),
        "warmup": (0, 1_000_000),
        "patience": (1, 1_000_000),
        "seed": (0, 2**63 - 1),
        "precision": PRECISIONS,
        "loop": KERNELS,
        "workers": (1, 1024, None),
        "threads": (1, 1024, None),
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
    training=TrainConfig(epochs=2.0),
    heldout=HeldOut(10, "ab"),
)
SECTIONS = ("model", "text", "training", "heldout")
# A value of a wrong kind for each kind of field.
WRONG_KINDS: dict[type, tuple[object, ...]] = {
    int: (True, 1.5, "1", None, [1], {}),
    float: (True, "0.5", None, [0.5], {}),
    str: (True, 1, None, ["nfc"], {}),
}


def cases(table: dict[type, dict[str, tuple[object, ...]]]) -> list[Any]:
    """List kind, field and value of each entry of a table."""
    return [
        pytest.param(kind, field, value, id=f"{field}-{value}")
        for kind, fields in table.items()
        for field, values in fields.items()
        for value in values
    ]


def plain() -> dict[str, Any]:
    """Give the JSON of a good run."""
    return copy.deepcopy(to_json(RUN))


def leaves() -> list[tuple[str, ...]]:
    """List the paths of all plain values in the JSON of a run."""

    def below(path: tuple[str, ...], value: object) -> list[tuple[str, ...]]:
        if not isinstance(value, dict):
            return [path]
        return [leaf for name, each in value.items() for leaf in below((*path, name), each)]

    return below((), plain())


def has_default(path: tuple[str, ...]) -> bool:
    """Tell whether the field at a path has a value without being given one."""
    holder: Any = RUN
    for name in path[:-1]:
        holder = getattr(holder, name)
    (field,) = (field for field in dataclasses.fields(holder) if field.name == path[-1])
    return field.default is not dataclasses.MISSING


def at(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Give the object that holds the field at a path."""
    for name in path[:-1]:
        data = data[name]
    return data


def refusal(data: object) -> OptionError:
    """Give the error with which JSON is refused."""
    with pytest.raises(OptionError) as caught:
        from_json(data)
    return caught.value


def words(text: object) -> set[str]:
    """Give the words of a message."""
    return set(str(text).replace(",", " ").split())


positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
shapes = {
    "vocabulary": st.integers(2, 1_114_112),
    "embedding": st.integers(1, 65_536),
    "hidden": st.integers(1, 65_536),
    "layers": st.integers(1, 64),
    "window": st.integers(1, 65_536),
}
models = st.builds(ModelConfig, family=st.sampled_from(FAMILIES), **shapes)
shares = st.floats(0, 1, exclude_max=True)
regularizations = st.builds(
    Regularization, shares, shares, st.floats(min_value=0, allow_infinity=False), shares
)
texts = st.builds(
    TextConfig,
    form=st.sampled_from(FORMS),
    val_fraction=st.floats(0, 0.5, exclude_min=True),
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
            "batch": st.integers(1, 65_536),
            "seq_length": st.integers(1, 65_536),
            "learning_rate": positive,
            "weight_decay": st.floats(min_value=0, allow_infinity=False),
            "clip": positive,
            "warmup": st.integers(0, 1_000_000),
            "patience": st.integers(1, 1_000_000),
            "seed": st.integers(0, 2**63 - 1),
            "precision": st.sampled_from(PRECISIONS),
            "loop": st.sampled_from(KERNELS),
            "workers": st.none() | st.integers(1, 1024),
            "threads": st.none() | st.integers(1, 1024),
            "regularization": regularizations,
        }
    ),
    lengths,
)


def run_of(model: ModelConfig, training: TrainConfig, **others: Any) -> RunConfig:
    """Make settings in which no weights of an fnn are dropped."""
    if model.family == "fnn":
        kept = dataclasses.replace(training.regularization, weight_dropout=0.0)
        training = dataclasses.replace(training, regularization=kept)
    return RunConfig(RunConfig.FORMAT, model=model, training=training, **others)


runs = st.builds(
    run_of,
    model=models,
    training=trainings,
    charlstm=st.text(),
    text=texts,
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
        TrainConfig(**lengths)
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
        TrainConfig(**given_lengths)
    assert {"--epochs", "--steps", "--minutes"} <= words(caught.value.expected)


@pytest.mark.parametrize("field", ["epochs", "steps", "minutes"])
def test_takes_one_length(field: str) -> None:
    """Each of epochs, steps and minutes is enough alone."""
    lengths: dict[str, Any] = {field: 3}
    assert 3 == getattr(TrainConfig(**lengths), field)


def test_refuses_steps_beyond_counting() -> None:
    """A number of steps that no float can hold is refused by its name."""
    with pytest.raises(OptionError) as caught:
        TrainConfig(steps=TOO_LARGE)
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
    with pytest.raises(OptionError, match=r"--seed: expected .*, found"):
        check_seed(seed)


def test_refuses_a_language_that_is_not_spoken() -> None:
    """A language without a catalogue is an impossible option."""
    with pytest.raises(OptionError, match="--lang: expected one of en, ko, found 'fr'"):
        check_language("fr")


def test_an_error_names_the_option() -> None:
    """The message has the option as the command line spells it, what was expected and found."""
    with pytest.raises(OptionError) as caught:
        TextConfig(val_fraction=0.9)
    message = "--val-fraction: expected more than 0 and at most 0.5, found 0.9"
    assert message == str(caught.value)


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
    """Weights between units cannot be dropped where there are none, whoever asks for it."""
    data = plain()
    data["model"]["family"] = "fnn"
    data["training"]["regularization"]["weight_dropout"] = 0.1
    assert "weight_dropout" == refusal(data).field
    with pytest.raises(OptionError, match="--weight-dropout"):
        check_regularization("fnn", Regularization(weight_dropout=0.1))


def test_json_from_before_there_were_workers() -> None:
    """A run that says nothing of workers, threads and loop is read as one that asked for none."""
    data, names = plain(), ("workers", "threads", "loop")
    for name in names:
        del data["training"][name]
    training = from_json(json.loads(json.dumps(data))).training
    assert [None, None, "auto"] == [getattr(training, name) for name in names]


@pytest.mark.parametrize("length", [None, 32])
@pytest.mark.parametrize(
    "penalised", [{}, {"weight_dropout": 0.2, "activation_penalty": 1, "confidence_penalty": 0.1}]
)
def test_json_of_format_1(penalised: dict[str, float], length: int | None) -> None:
    """In format 1 the model had what is now training.regularization, and stretch was seq_length."""
    data = plain() | {"format": 1}
    data["model"] |= {"dropout": 0.3, **penalised}
    del data["training"]["regularization"], data["training"]["seq_length"]
    if length is not None:
        data["training"]["stretch"] = length
    training = dataclasses.replace(
        RUN.training,
        seq_length=length or TrainConfig.seq_length,
        regularization=Regularization(0.3, **penalised),
    )
    assert dataclasses.replace(RUN, training=training) == from_json(json.loads(json.dumps(data)))


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
    optional = path[-1] in {"epochs", "steps", "minutes", "workers", "threads"}
    whole = path[-1] in {"steps", "workers", "threads"}
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
    data["training"]["clip"] = 1
    assert (1.0, float) == (from_json(data).training.clip, type(from_json(data).training.clip))


@pytest.mark.parametrize(
    "size", [*SIZES.values(), Size(3, 5, 1, 1e-3, 1e-3), Size(7, 2, 4, 1e-3, 1e-3)], ids=str
)
@pytest.mark.parametrize("vocabulary", [2, 1000])
def test_counts_the_parameters_of_the_model(size: Size, vocabulary: int) -> None:
    """A size has as many parameters as the model that is built with it."""
    shape = ModelConfig("lstm", vocabulary, size.embedding, size.hidden, size.layers)
    assert build_model(shape).parameter_count() == size.parameters(vocabulary)


@pytest.mark.parametrize("name", SIZES)
def test_a_size_has_a_name(name: str) -> None:
    """Each size is found by its name."""
    assert SIZES[name] == size_named(name)


def test_refuses_an_unknown_size() -> None:
    """A size that is not there is refused, and the error lists those that are."""
    with pytest.raises(OptionError) as caught:
        size_named("huge")
    assert ("size", set(SIZES)) == (caught.value.field, words(caught.value.expected) & set(SIZES))


@pytest.mark.parametrize(
    ("family", "rate"), [("lstm", 1.6e-2), ("gru", 1.6e-2), ("rnn", 3e-3), ("fnn", 3e-3)]
)
def test_a_size_has_a_rate_for_each_family(family: str, rate: float) -> None:
    """A model without gates learns with AdamW, and at the rate that suits it."""
    assert rate == size_named("small").rate_of(optimizer_for(family))
