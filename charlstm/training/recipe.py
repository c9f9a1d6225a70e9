"""What suits a model and a text where nothing else is asked for: one pure function makes the plan.

How the numbers came about is in benchmarks/TRIED.md.
"""

import dataclasses
from dataclasses import dataclass

from charlstm.config import ModelConfig, Regularization, TrainConfig, TrainRequest
from charlstm.limits import SIZES, Size
from charlstm.models import as_large_as_lstm, default_optimizer
from charlstm.text.batching import fitting
from charlstm.training.optimizer import learning_rate_for

_VERY_SHORT, _SHORT = 60_000, 300_000  # characters
_DEFAULT_BUDGET = 8_000_000
# Fewer characters read in all than that make too few steps in 64 streams.
_SMALL_BUDGET = 5_000_000
_MOST_EPOCHS, _FEWEST_EPOCHS = 8.0, 1.0
_MOST_STREAMS = 64
_SLOWER = 3.5  # times that a step of a medium model takes longer than one of a small model
# Epochs times weights per character, above which a text is soon memorised. Then a model needs
# strong regularisation, and a medium one bears it better than a small one.
_MEMORISED = 75
_ENOUGH_EPOCHS = 12  # with fewer, a strongly regularised model does not learn enough
_LONGEST = 20 * 60.0  # seconds, of a training whose length was not asked for


@dataclass(frozen=True)
class TextFacts:
    """What the plan needs to know of a text.

    Attributes:
        characters: NFC characters of the whole text.
        train_chars: NFC characters of the part to learn from.
        train_ids: the length of that part in the model's own form.
        vocabulary: V.
    """

    characters: int
    train_chars: int
    train_ids: int
    vocabulary: int


@dataclass(frozen=True)
class Plan:
    """A model, and how it is trained; `capped` is set where nobody asked for a length."""

    model: ModelConfig
    training: TrainConfig
    capped: bool = False

    @property
    def characters_per_step(self) -> int:
        """T·B, in the model's own form."""
        return self.training.seq_length * self.training.batch_size


def plan(request: TrainRequest, text: TextFacts, chars_per_second: float | None = None) -> Plan:
    """Return what to train on a text and how.

    `chars_per_second` is how many NFC characters the model of `probe` learns from in a second here.
    It is needed where the length is asked for in minutes, and not looked at elsewhere.
    """
    size = _size(request, "small")
    budget = characters_in_budget(request, text, chars_per_second)
    name = "small"
    if _size_is_open(request) and _suits_medium(text.characters, budget, size):
        name, size, budget = "medium", SIZES["medium"], budget / _SLOWER
    chosen = _regularization(text.characters, budget, size)
    return _settled(request, text, name, chosen, _batch_size(request, text, budget))


def probe(request: TrainRequest, text: TextFacts) -> Plan:
    """Return the plan whose speed tells how much can be learnt from in some minutes."""
    return _settled(request, text, "small", Regularization(), _MOST_STREAMS)


def characters_in_budget(
    request: TrainRequest, text: TextFacts, chars_per_second: float | None
) -> float:
    """Return how many NFC characters are learnt from in all, each epoch anew.

    Without a length asked for, a text is counted whole, its held-out part included.
    """
    if request.epochs is not None:
        return request.epochs * text.train_chars
    if request.steps is not None:
        wanted = request.batch_size or _batch_size(request, text)
        batch_size, seq_length = fitting(text.train_ids, wanted, request.seq_length)
        return request.steps * batch_size * seq_length * text.train_chars / text.train_ids
    if request.minutes is not None:
        assert chars_per_second is not None
        return 60 * request.minutes * chars_per_second
    return _default_epochs(text) * text.characters


def cap_epochs(plan: Plan, seconds_per_step: float, steps_per_epoch: float) -> TrainConfig:
    """Return the settings with no more epochs than fit into twenty minutes, if nobody asked."""
    training = plan.training
    if not plan.capped:
        return training
    most = _LONGEST / (seconds_per_step * steps_per_epoch)
    return dataclasses.replace(training, epochs=min(training.epochs or most, most))


def steps_planned(training: TrainConfig, seconds_per_step: float, steps_per_epoch: float) -> float:
    """Return how many steps a training of this length makes."""
    if training.minutes is not None:
        return 60 * training.minutes / seconds_per_step
    return training.steps or (training.epochs or 0.0) * steps_per_epoch


def _settled(
    request: TrainRequest,
    text: TextFacts,
    size_name: str,
    regularization: Regularization,
    batch_size: int,
) -> Plan:
    """Put what was asked for in the place of what was chosen."""
    size = _size(request, size_name)
    optimizer = request.optimizer or default_optimizer(request.model)
    model = ModelConfig(
        family=request.model,
        vocabulary=text.vocabulary,
        embedding=size.embedding,
        hidden=size.hidden,
        layers=size.layers,
        window=request.window or ModelConfig.window,
    )
    if not _is_regularized(request):
        regularization = Regularization(dropout=regularization.dropout)
    if optimizer != "muon":
        # An rnn trained with AdamW became worse with it: benchmarks/TRIED.md.
        regularization = dataclasses.replace(regularization, confidence_penalty=0.0)
    batch_size, seq_length = fitting(
        text.train_ids, request.batch_size or batch_size, request.seq_length
    )
    is_open = (request.epochs, request.steps, request.minutes) == (None, None, None)
    rate = learning_rate_for(optimizer, request.size or size_name)
    training = request.settled(
        batch_size=batch_size,
        seq_length=seq_length,
        learning_rate=rate if request.learning_rate is None else request.learning_rate,
        optimizer=optimizer,
        regularization=request.regularized(regularization),
        epochs=_default_epochs(text) if is_open else request.epochs,
    )
    return Plan(
        model if request.hidden is not None else as_large_as_lstm(model), training, capped=is_open
    )


def _is_regularized(request: TrainRequest) -> bool:
    """Whether more than dropout is planned.

    Who asks for a dropout wants nothing else. An fnn has no weights between the units of a layer,
    and the penalties were not tried on it.
    """
    return request.dropout is None and request.model != "fnn"


def _size(request: TrainRequest, name: str) -> Size:
    size = SIZES[request.size or name]
    return Size(
        embedding=request.embedding or size.embedding,
        hidden=request.hidden or size.hidden,
        layers=request.layers or size.layers,
    )


def _size_is_open(request: TrainRequest) -> bool:
    """Whether a medium model may be planned: it needs the regularisation of the plan.

    Without a number of minutes a small one is what the help says.
    """
    unsized = (request.size, request.hidden, request.layers) == (None, None, None)
    return unsized and request.minutes is not None and _is_regularized(request)


def _suits_medium(characters: int, budget: float, small: Size) -> bool:
    """Whether a small model would memorise a text in a time in which a medium one learns enough."""
    enough = characters >= _SHORT and budget / _SLOWER / characters >= _ENOUGH_EPOCHS
    return enough and _overfitting_risk(characters, budget, small) >= _MEMORISED


def _default_epochs(text: TextFacts) -> float:
    return max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, round(_DEFAULT_BUDGET / text.characters, 1)))


def _batch_size(request: TrainRequest, text: TextFacts, budget: float = 0.0) -> int:
    """Choose B: few streams make many steps of what little is read.

    How much is read in some steps depends on B, so that B must not depend on that budget.
    """
    if request.steps is not None:
        budget = _default_epochs(text) * text.characters
    if budget >= _SMALL_BUDGET:
        return _MOST_STREAMS
    return 8 if text.characters < _VERY_SHORT else 16 if text.characters < _SHORT else 32


def _overfitting_risk(characters: int, budget: float, size: Size) -> float:
    """Return how easily a text is memorised: epochs, times weights per character."""
    return budget / characters * size.parameters(0) / characters


def _regularization(characters: int, budget: float, size: Size) -> Regularization:
    risk = _overfitting_risk(characters, budget, size)
    if risk < 12:
        return Regularization(dropout=0.05 if risk < 2 else 0.1 if risk < 5 else 0.2)
    strong = risk >= _MEMORISED and budget / characters >= _ENOUGH_EPOCHS
    return Regularization(
        dropout=0.5 if strong else 0.3,
        weight_dropout=0.2 if strong else 0.0,
        activation_penalty=1.0,
        confidence_penalty=0.1,
    )
