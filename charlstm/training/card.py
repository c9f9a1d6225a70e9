"""The model card: what a person who finds a run folder should know of it."""

from charlstm.config import RunConfig
from charlstm.events import Evaluated, Started


def model_card(
    name: str, sources: tuple[str, ...], config: RunConfig, begun: Started, best: Evaluated
) -> str:
    """Write a run's README.md."""
    model, text, training = config.model, config.text, config.training
    regularization = training.regularization
    return f"""\
# {name}

A character-level {model.family.upper()}, trained by charlstm {config.charlstm}.

| what | |
| --- | --- |
| text | {", ".join(sources)} |
| normal form | {text.form} |
| characters to learn from | {begun.train_chars:,} |
| characters held out, at the end | {begun.heldout_chars:,} ({text.val_fraction:.0%}) |
| vocabulary | {model.vocabulary:,} characters, one of them the unknown |
| shape | {model.layers} layers of {model.hidden} units, {model.embedding} numbers a character |
| dropped in training | {regularization.dropout:.0%} of the units, \
{regularization.weight_dropout:.0%} of the weights between them |
| activation penalty | {regularization.activation_penalty:g} |
| confidence penalty | {regularization.confidence_penalty:g} |
| parameters | {begun.parameters:,} |
| trained | {best.epoch:.1f} epochs, {best.step:,} steps, seed {training.seed}, \
{training.optimizer}, {begun.workers} × {begun.threads} threads, {begun.precision}, \
{begun.loop} loop |
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
