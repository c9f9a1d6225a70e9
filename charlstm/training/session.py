"""One training from a text to a finished run folder."""

import dataclasses
from collections.abc import Generator as Events
from functools import partial
from pathlib import Path

import torch
from torch import Generator

import charlstm
from charlstm.config import ModelConfig, RunConfig, TextConfig, TrainConfig
from charlstm.evaluation import score
from charlstm.events import Evaluated, Event, Finished, Started, Stepped
from charlstm.models import as_large_as_lstm, new_model
from charlstm.models.base import as_ids
from charlstm.run import (
    CARD,
    Run,
    claimed,
    held_out,
    write_metrics,
    write_settings,
    write_weights,
    write_whole,
)
from charlstm.text.batching import StreamBatcher, turns_of
from charlstm.text.corpus import Corpus, build_corpus, split
from charlstm.text.unicode_forms import composed_length, normalized
from charlstm.training.card import model_card
from charlstm.training.execution import choose_execution
from charlstm.training.pace import no_longer, plan_of
from charlstm.training.timing import seconds_of_step
from charlstm.training.trainer import Trainer


class Session:
    """Trains a model on a text and keeps the run folder up to date while it does.

    Attributes:
        run: the model as it stands; there once `Started` was reported.
        kept: whether the folder has weights of this training.
    """

    run: Run

    def __init__(  # noqa: PLR0913
        self,
        path: Path,
        text: str,
        *,
        sources: tuple[str, ...],
        model: ModelConfig,
        form: TextConfig,
        training: TrainConfig,
        as_lstm: bool = False,
        capped: bool = False,
        cores: int | None = None,
        cache: Path | None = None,
    ) -> None:
        """Take what is to be trained; the V of `model` is set from the text.

        With `as_lstm` its H is set so that it has the parameters of an LSTM of the H that is said.
        With `capped` there are no more epochs than fit in twenty minutes on this machine. Workers
        share so many `cores`, as many as torch has threads if it is not said, and in a folder
        `cache` it is remembered how they did it best.

        Raises:
            TextError: the text is too short.
        """
        self.path, self.sources = path, sources
        self.parts = split(text, form)
        self.model, self.form, self.training, self.as_lstm = model, form, training, as_lstm
        self.capped = capped
        self.cores, self.cache = cores or torch.get_num_threads(), cache
        self.kept = False
        self._trainer: Trainer | None = None
        self._metrics: list[dict[str, object]] = []

    def stop(self) -> bool:
        """Ask the training to end after a scoring; False if it has not yet begun."""
        if self._trainer is not None:
            self._trainer.stop()
        return self._trainer is not None

    def events(self) -> Events[Event, None, None]:
        """Train, and report.

        Raises:
            RunError: the folder is taken.
            OptionError: the learning rate is too high.
        """
        with claimed(self.path):
            trainer, started = self._prepare(build_corpus(self.parts.train, self.path))
            self._trainer = trainer
            yield started
            for event in trainer.run():
                self._save(started, event)
                yield event

    def _prepare(self, corpus: Corpus) -> tuple[Trainer, Started]:
        """Make the model, settle who trains it and how long, and write down the settings."""
        vocabulary, heldout = corpus.vocabulary, self.parts.heldout.encode("utf-8")
        config = dataclasses.replace(self.model, vocabulary=len(vocabulary))
        config = as_large_as_lstm(config) if self.as_lstm else config
        model = new_model(config, Generator().manual_seed(self.training.seed))
        streams = StreamBatcher.fitting(
            corpus.train, self.training.batch, self.training.seq_length, turns_of(corpus.counts)
        )
        ids = as_ids(streams.read(0))
        execution = choose_execution(self.training, model, ids, self.cores, self.cache)
        training = dataclasses.replace(
            self.training, batch=streams.batch, seq_length=streams.seq_length, **vars(execution)
        )
        pace = (
            seconds_of_step(model, ids, execution, training),
            len(corpus.train) / streams.characters_per_step,
        )
        training = no_longer(training, *pace) if self.capped else training
        settings = RunConfig(
            format=RunConfig.FORMAT,
            charlstm=charlstm.__version__,
            model=config,
            text=self.form,
            training=training,
            heldout=held_out(heldout),
        )
        write_settings(self.path, settings, vocabulary, heldout)
        self.run = Run(self.path, settings, vocabulary, model)
        trainer = Trainer(
            model,
            streams,
            training,
            score=partial(score, model, vocabulary, self.parts.heldout, self.form.form),
            rng=Generator().manual_seed(self.training.seed + 1),
            heldout=len(normalized(self.parts.heldout, self.form.form)),
        )
        return trainer, Started(
            family=config.family,
            parameters=model.parameter_count(),
            vocabulary=len(vocabulary),
            train_chars=self.parts.train_chars,
            heldout_chars=composed_length(self.parts.heldout),
            ids_per_char=len(corpus.train) / self.parts.train_chars,
            batch=streams.batch,
            seq_length=streams.seq_length,
            plan=plan_of(training, config, *pace),
            **vars(execution),
        )

    def _save(self, started: Started, event: Stepped | Evaluated | Finished) -> None:
        """Keep the folder in step with what was reported."""
        if isinstance(event, Evaluated):
            self._metrics.append(dataclasses.asdict(event))
            write_metrics(self.path, self._metrics)
            if event.best:
                write_weights(self.path, self.run.model)
                self.kept = True
                card = model_card(self.path.name, self.sources, self.run.config, started, event)
                write_whole(self.path / CARD, card.encode())
