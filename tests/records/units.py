"""Records of the units view, made up by hand."""

import math
from dataclasses import replace

import numpy as np

from charlstm.inspection.units.record import Finding, Units


def found() -> Units:
    """Return two layers of two units with two properties that need memory and one that does not."""
    r = np.array([[[0.83, 0.1], [-0.4, 0.0]], [[0.05, 0.12], [0.0, 0.02]]], dtype=np.float32)
    return Units(
        activation="cell",
        characters=11020,
        properties=("quotes", "after_batchim"),
        given=("digit",),
        constant=("latin", "after_latin"),
        r=r,
        auc=(r + np.float32(1)) / np.float32(2),
        p=np.where(np.abs(r) > 0.2, 0.01, 0.5),
        given_r=np.full((1, 2, 2), 0.3, dtype=np.float32),
        given_auc=np.full((1, 2, 2), 0.7, dtype=np.float32),
        shifted=np.full((100, 2), 0.2, dtype=np.float32),
        control=np.array([0.2, 0.15], dtype=np.float32),
        threshold=0.2,
        findings=(
            Finding("quotes", 0, 0, 0.83, 0.97, 0.2, 0.0099, significant=True, cost=0.0123),
            Finding("quotes", 1, 0, -0.4, 0.3, 0.2, 0.0099, significant=True, cost=-0.0002),
            Finding("after_batchim", 0, 1, 0.12, 0.56, 0.15, 0.5, significant=False, cost=None),
        ),
        given_findings=(
            Finding("digit", 1, 1, 0.3, 0.7, math.nan, math.nan, significant=False, cost=None),
        ),
    )


def nothing() -> Units:
    """Return the same where nothing passed."""
    findings = (replace(each, significant=False, cost=None, p=0.4) for each in found().findings)
    return replace(
        found(), threshold=0.9, p=np.full((2, 2, 2), 0.4), findings=tuple(findings), constant=()
    )
