"""One training, from the paths of texts to a finished run folder."""

import dataclasses
from collections.abc import Generator as Events
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Generator

from charlstm.config import RunConfig, TrainConfig, TrainRequest
from charlstm.evaluation import score
from charlstm.events import CoresBusy, Evaluated, Event, Started
from charlstm.language_model import LanguageModel
from charlstm.models import new_model
from charlstm.models.base import Network
from charlstm.run import (
    CARD,
    Run,
    check_free,
    claimed,
    free_name,
    held_out,
    write_metrics,
    write_settings,
    write_weights,
    write_whole,
)
from charlstm.text.batching import StreamBatcher, unknown_masks_of
from charlstm.text.corpus import Corpus, Split, build_corpus, split
from charlstm.text.files import STDIN, read, what_was_read
from charlstm.text.unicode_forms import composed_length, utf8
from charlstm.threads import Threads, each_with_threads, settle_threads, threads_set_to
from charlstm.training.card import model_card
from charlstm.training.execution import Measured, default_cache, measure
from charlstm.training.recipe import Plan, TextFacts, cap_epochs, plan, probe, steps_planned
from charlstm.training.trainer import Trainer
from charlstm.version import __version__

_RUNS = Path("runs")


class _Prepared(NamedTuple):
    """A text that is encoded; the string itself is gone."""

    corpus: Corpus
    heldout: str
    facts: TextFacts


class _Settled(NamedTuple):
    """What is trained and how, with the model and how fast its steps are."""

    plan: Plan
    training: TrainConfig
    model: Network
    measured: Measured


class Session:
    """Train a model on texts, and keep its run folder up to date meanwhile.

    Attributes:
        output: the run folder that was asked for, if any.
        path: the run folder; there once the texts were read.
        run: the model as it is; there once `Started` was yielded.
        saved: whether the folder has weights of this training.
    """

    path: Path
    run: Run

    def __init__(
        self, texts: Sequence[str], request: TrainRequest, output: Path | None = None
    ) -> None:
        """Take what is to be trained; without `output` the folder is named after the first text."""
        self.texts, self.request, self.output, self.saved = texts, request, output, False
        self._trainer: Trainer | None = None
        self._metrics: list[dict[str, object]] = []

    def stop(self) -> bool:
        """Ask the training to end after a validation; return False if it has not begun."""
        if self._trainer is not None:
            self._trainer.stop()
        return self._trainer is not None

    def events(self) -> Events[Event, None, None]:
        """Train, and yield what happens.

        Raises:
            TextError: a text cannot be read, or is too short.
            RunError: the folder is taken.
            OptionError: a setting does not suit the text or the machine, or the loss explodes.
        """
        if self.output is not None:
            check_free(self.output)
        reading = read(self.texts, self.request.encoding)
        self.path = self.output or free_name(_RUNS, name_of(self.texts[0]))
        yield what_was_read(reading, self.request.encoding)
        parts = split(reading.text, self.request.text)
        # Nothing but the held-out part is to be held while training.
        del reading
        threads = settle_threads()
        with claimed(self.path):
            if threads.busy:
                yield CoresBusy()
            prepared = _prepare(parts, self.path)
            del parts
            yield from self._train(prepared, threads)

    def _train(self, prepared: _Prepared, threads: Threads) -> Iterator[Event]:
        with threads_set_to(threads.fastest):
            settled = self._settle(prepared, threads)
        self._trainer = trainer = self._trainer_of(prepared, settled)
        started = self._write_settings(prepared, settled, trainer.batcher)
        yield started
        yield from each_with_threads(
            self._saved(trainer.run(), started), threads.beside(settled.measured.execution)
        )

    def _settle(self, prepared: _Prepared, threads: Threads) -> _Settled:
        """Plan the training, and measure what the plan needs to know of this machine."""
        request, facts = self.request, prepared.facts
        cache: Path | None = default_cache()
        if threads.busy:
            # Threads that share a product all wait for the one that is held up; workers do not. And
            # what is measured while other work goes on is not worth remembering.
            request, cache = dataclasses.replace(request, threads=request.threads or 1), None

        def settle(planned: Plan) -> _Settled:
            with threads_set_to(threads.cores):
                model = new_model(planned.model, Generator().manual_seed(request.seed))
            training = planned.training
            shape = training.seq_length + 1, training.batch_size
            ids = torch.zeros(shape, dtype=torch.long)
            measured = measure(request, model, ids, training, cores=threads.cores, cache=cache)
            return _Settled(planned, training, model, measured)

        if request.minutes is not None:
            tried = settle(probe(request, facts))
            speed = tried.plan.characters_per_step / tried.measured.seconds
            planned = plan(request, facts, speed * facts.train_chars / facts.train_ids)
            settled = tried if _as_fast(planned, tried.plan) else settle(planned)
            settled = settled._replace(plan=planned, training=planned.training)
        else:
            settled = settle(plan(request, facts))
        steps = facts.train_ids / settled.plan.characters_per_step
        training = cap_epochs(settled.plan, settled.measured.seconds, steps)
        return settled._replace(training=training)

    def _trainer_of(self, prepared: _Prepared, settled: _Settled) -> Trainer:
        corpus, training = prepared.corpus, settled.training
        batcher = StreamBatcher(
            corpus.train,
            training.batch_size,
            training.seq_length,
            unknown_masks_of(corpus.counts),
        )
        model = LanguageModel(settled.model, corpus.vocabulary, self.request.form)
        return Trainer(
            settled.model,
            batcher,
            training,
            settled.measured.execution,
            score=partial(score, model, prepared.heldout),
            generator=Generator().manual_seed(training.seed + 1),
            heldout=len(prepared.heldout),
        )

    def _write_settings(
        self, prepared: _Prepared, settled: _Settled, batcher: StreamBatcher
    ) -> Started:
        """Write what is known before training begins, and return it as an event."""
        facts = prepared.facts
        config = RunConfig(
            format=RunConfig.FORMAT,
            charlstm=__version__,
            model=settled.plan.model,
            text=self.request.text,
            training=settled.training,
            execution=settled.measured.execution,
            heldout=held_out(utf8(prepared.heldout)),
        )
        write_settings(self.path, config, prepared.corpus.vocabulary, utf8(prepared.heldout))
        model = LanguageModel(settled.model, prepared.corpus.vocabulary, self.request.form)
        self.run = Run(self.path, config, model)
        per_epoch = facts.train_ids / batcher.characters_per_step
        steps = steps_planned(settled.training, settled.measured.seconds, per_epoch)
        return Started(
            model=config.model,
            training=config.training,
            execution=config.execution,
            parameters=settled.model.parameter_count(),
            train_chars=facts.train_chars,
            heldout_chars=composed_length(prepared.heldout),
            ids_per_char=facts.train_ids / facts.train_chars,
            epochs=steps / per_epoch,
            seconds=steps * settled.measured.seconds,
        )

    def _saved(self, events: Iterator[Event], started: Started) -> Iterator[Event]:
        """Yield events, and keep the folder up to date with them."""
        for event in events:
            if isinstance(event, Evaluated):
                self._save(started, event)
            yield event

    def _save(self, started: Started, evaluated: Evaluated) -> None:
        self._metrics.append(dataclasses.asdict(evaluated))
        write_metrics(self.path, self._metrics)
        if evaluated.best:
            write_weights(self.path, self.run.model.network)
            self.saved = True
            sources = tuple(map(name_of, self.texts))
            card = model_card(self.path.name, sources, self.run.config, started, evaluated)
            write_whole(self.path / CARD, card.encode())


def name_of(source: str) -> str:
    """Return a name of a text that does not tell where on this machine it lies."""
    return "stdin" if source == STDIN else Path(source).resolve().stem


def _prepare(parts: Split, folder: Path) -> _Prepared:
    corpus = build_corpus(parts, folder)
    facts = TextFacts(
        characters=parts.characters,
        train_chars=parts.train_chars,
        train_ids=len(corpus.train),
        vocabulary=len(corpus.vocabulary),
    )
    return _Prepared(corpus, parts.heldout, facts)


def _as_fast(one: Plan, other: Plan) -> bool:
    """Whether two plans have steps that take as long; dropout takes next to nothing."""

    def work(plan: Plan) -> tuple[object, ...]:
        training = plan.training
        # This penalty alone goes once more over all logits.
        penalized = training.regularization.confidence_penalty > 0
        return plan.model, training.batch_size, training.seq_length, penalized

    return work(one) == work(other)
