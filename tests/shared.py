"""Where the shared data lies beside a checkout, for the tests that use it when it is there."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPORA = SHARED / "corpora"
EVALUATION = SHARED / "evaluation"
CASES = SHARED / "cases"

needs_corpora = pytest.mark.skipif(
    not (CORPORA / "catalog.csv").exists(), reason="the shared corpora are the subject"
)
needs_evaluation = pytest.mark.skipif(
    not EVALUATION.exists(), reason="the shared evaluation data is the subject"
)
needs_cases = pytest.mark.skipif(
    not (CASES / "README.md").exists(), reason="the shared cases are the subject"
)
