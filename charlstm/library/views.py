"""What can be seen inside a model: one method a view."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import Generator

from charlstm.cells import CellInfo
from charlstm.config import RunConfig
from charlstm.inspection.gates.compute import GUESSES, Placed, placed_traces, trace, traces
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.lookback.compute import LAST, lookback
from charlstm.inspection.lookback.record import Lookback
from charlstm.inspection.memory.compute import memory_span
from charlstm.inspection.memory.record import MemorySpan
from charlstm.inspection.profiles.compute import profiles
from charlstm.inspection.profiles.record import Profiles
from charlstm.inspection.story.compute import story_of
from charlstm.inspection.story.record import Story
from charlstm.inspection.track.compute import track
from charlstm.inspection.track.record import Track
from charlstm.inspection.units.compute import units
from charlstm.inspection.units.record import Units
from charlstm.language_model import LanguageModel
from charlstm.limits import check_seed
from charlstm.models import new_model
from charlstm.run import Run, read_heldout
from charlstm.threads import each_with_threads, settle_threads, settled_threads, threads_set_to


@dataclass(frozen=True)
class Views:
    """A model that was opened from its run folder, to look inside.

    `changes` are the interventions that were made in it, such as forget=0.
    """

    run: Run
    changes: tuple[str, ...] = ()

    @property
    def config(self) -> RunConfig:
        """The settings that the run was made with."""
        return self.run.config

    @property
    def language_model(self) -> LanguageModel:
        """The network, its vocabulary and its normal form."""
        return self.run.model

    @property
    def cell_info(self) -> CellInfo:
        """What the gates of the model do."""
        return self.run.model.cell_info

    @property
    def form(self) -> str:
        """The normal form of the text that the model reads: nfc, nfd or none."""
        return self.run.model.form

    @property
    def name(self) -> str:
        """The run's path, and the interventions."""
        return " ".join((str(self.run.path), *self.changes))

    def parameter_count(self) -> int:
        """Return the number of trained numbers."""
        return self.run.model.network.parameter_count()

    @settled_threads()
    def trace(self, text: str, guesses: int = GUESSES) -> Trace:
        """Read a text and return what every gate did at every character.

        Raises:
            TextError: the text is empty.
            OptionError: the number of guesses is negative.
        """
        return trace(self.run.model, text, guesses)

    def traces(self, text: str) -> Iterator[Trace]:
        """Read a text like `trace` and yield the trace in parts, in order and without guesses.

        Raises:
            TextError: the text is empty; that is found when the first part is asked for.
        """
        return each_with_threads(traces(self.run.model, text, 0), settle_threads().fastest)

    def placed_traces(self, text: str) -> Iterator[Placed]:
        """Read a text like `trace`, several times as fast, and yield arrays with their places.

        They do not come in the order of the text; of two at one place the later one holds.

        Raises:
            TextError: the text is empty; that is found when the first part is asked for.
        """
        return each_with_threads(placed_traces(self.run.model, text), settle_threads().fastest)

    @settled_threads()
    def story(
        self,
        text: str,
        at: int,
        layer: int | None = None,
        unit: int | None = None,
        *,
        guesses: int = GUESSES,
    ) -> Story:
        """Follow one character of a text through the gates of one unit.

        `at`, `layer` and `unit` count from 0; without the last two it is the last layer, and the
        unit that changed most.

        Raises:
            TextError: the text is empty.
            OptionError: there is no such character, layer, unit or gate, or `guesses` is negative.
        """
        return story_of(self.run.model, text, at, layer, unit, guesses=guesses)

    def memory(
        self,
        text: str | None = None,
        *,
        follow: str | None = None,
        at: int | None = None,
        seed: int = 1,
    ) -> MemorySpan:
        """Measure how long units remember, over the first 20,000 characters of a text.

        Without a text the held-out part is read. `at` is a character of `follow`, or of the text,
        to follow as it fades. `seed` is that of the new model to compare with.

        Raises:
            TextError: the text is too short.
            OptionError: no gate keeps anything, or `at` or the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(seed)
        with settled_threads() as threads:
            with threads_set_to(threads.cores):
                network = new_model(self.config.model, Generator().manual_seed(seed))
            return memory_span(
                self.run.model,
                self._or_heldout(text),
                fresh=replace(self.run.model, network=network),
                seq_length=self.config.training.seq_length,
                follow=follow,
                at=at,
            )

    @settled_threads()
    def profiles(self, text: str | None = None) -> Profiles:
        """Return what each unit is like, measured on the first 20,000 characters of a text.

        Without a text the held-out part is read.

        Raises:
            TextError: the text is too short.
            OptionError: the model has no gate that keeps anything.
            RunError: the held-out part is missing or was changed.
        """
        return profiles(self.run.model, self._or_heldout(text))

    @settled_threads()
    def units(self, text: str | None = None, *, seed: int = 1) -> Units:
        """Find out what single units track in a text, in the held-out part without one.

        `seed` draws how far properties are shifted for the control.

        Raises:
            TextError: the text is too short.
            OptionError: the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(seed)
        return units(self.run.model, self._or_heldout(text), np.random.default_rng(seed))

    @settled_threads()
    def track(self, text: str, layer: int, unit: int) -> Track:
        """Return what one unit holds after each character of a text; both are counted from 0.

        Raises:
            TextError: the text is empty.
            OptionError: there is no such layer or unit.
        """
        return track(self.run.model, text, layer=layer, unit=unit)

    @settled_threads()
    def lookback(
        self,
        text: str,
        at: Sequence[int] | None = None,
        *,
        target: str = "guess",
        last: int = LAST,
        guesses: int = GUESSES,
    ) -> Lookback:
        """Return on which of the `last` characters before it each guess at `at` depends.

        Raises:
            TextError: the text is too short.
            OptionError: there is no such character or target, or a number is too small.
        """
        return lookback(self.run.model, text, at=at, target=target, last=last, guesses=guesses)

    def _or_heldout(self, text: str | None) -> str:
        return read_heldout(self.run) if text is None else text
