"""Which text `inspect` reads, and as what."""

import json
import unicodedata

import pytest
from conftest import KOREAN, Cli, train_small

from charlstm.library import Model


@pytest.fixture(scope="module")
def as_written(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Give a model of a text in NFD that was left as it is; its folder must not be changed."""
    decomposed = unicodedata.normalize("NFD", KOREAN)
    return train_small(tmp_path_factory.mktemp("runs") / "none", decomposed, form="none", steps=2)


def heldout(model: Model) -> str:
    """Give what a run held out."""
    return (model.run.path / "heldout.txt").read_text(encoding="utf-8")


def texts_of(cli: Cli) -> list[str]:
    """Give the texts in the JSON of gates that was printed."""
    records = map(json.loads, cli.out.splitlines())
    return ["".join(each["char"] for each in record["characters"]) for record in records]


def test_shows_what_was_held_out_as_it_is(cli: Cli, as_written: Model) -> None:
    """A run of --form none is shown a part of its text that no form was brought into."""
    assert 0 == cli("inspect", as_written.run.path, "--json")
    (text,) = texts_of(cli)
    assert text in heldout(as_written)
    assert not unicodedata.is_normalized("NFC", text)
    assert "" == cli.err
