"""The model card: what a person who finds a run folder should know of it."""

import dataclasses

from charlstm.config import Regularization, RunConfig
from charlstm.events import Evaluated, Started


def model_card(
    name: str, sources: tuple[str, ...], config: RunConfig, started: Started, best: Evaluated
) -> str:
    """Return a run's README.md."""
    model, text, training = config.model, config.text, config.training
    execution = config.execution
    return f"""\
# {name}

A character-level {model.family.upper()}, trained by charlstm {config.charlstm}.

| what | |
| --- | --- |
| text | {", ".join(sources)} |
| normal form | {text.form} |
| characters to learn from | {started.train_chars:,} |
| characters held out, at the end | {started.heldout_chars:,} ({text.val_fraction:.0%}) |
| vocabulary | {model.vocabulary:,} characters, one of them the unknown |
| shape | {_layers(model.layers)} of {model.hidden} units, {model.embedding} numbers a character |
| regularisation | {_regularization(training.regularization)} |
| parameters | {started.parameters:,} |
| trained | {best.epoch:.1f} epochs, {best.step:,} steps, seed {training.seed}, \
{training.optimizer}, {execution.workers} × {execution.threads} threads, \
{execution.precision}, {execution.kernel} kernel |
| held-out score | {best.val_bits_per_char:.4f} bits per character, \
{best.val_nats_per_char:.4f} nats, {best.val_bits_per_byte:.4f} bits per byte |

The score is that of the weights in model.safetensors on heldout.txt, read once in order.
heldout.txt is a part of the text itself: think of that before you pass the folder on.

In this folder:

```sh
charlstm sample .      # write text
charlstm inspect .     # see the gates at each character
charlstm evaluate .    # score it again
```
"""


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count} layers"


def _regularization(regularization: Regularization) -> str:
    used = {name: value for name, value in dataclasses.asdict(regularization).items() if value}
    return (
        ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in used.items()) or "none"
    )
