"""Where the shared data lies beside a checkout, for the tests that use it when it is there."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPORA = SHARED / "corpora"
EVALUATION = SHARED / "evaluation"

needs_corpora = pytest.mark.skipif(
    not (CORPORA / "catalog.csv").exists(), reason="the shared corpora are the subject"
)
needs_evaluation = pytest.mark.skipif(
    not EVALUATION.exists(), reason="the shared evaluation data is the subject"
)
