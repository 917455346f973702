"""The classifier of styles: its fit to the training corpora and its accuracy on held-out works.

python -m benchmarks.style_agreement fit CORPORA       writes style_weights.json
python -m benchmarks.style_agreement validate CORPORA  accuracy on the split "valid"
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from composer.analysis.style import WEIGHTS_PATH
from composer.measures.style_agreement import MOST_OF_A_STYLE_IN_VALIDATION, evaluate, fit, sample


def main(arguments: list[str]) -> None:
    if len(arguments) != 2 or arguments[0] not in ("fit", "validate"):
        raise SystemExit(__doc__)
    command, folder = arguments[0], Path(arguments[1])
    if command == "fit":
        WEIGHTS_PATH.write_text(json.dumps(fit(folder)) + "\n", encoding="utf-8")
        return
    pieces = sample(folder, "valid", MOST_OF_A_STYLE_IN_VALIDATION)
    for name, value in evaluate(pieces).items():
        print(f"{name:20s} {value:.3f}")
    print(len(pieces), "pieces")


if __name__ == "__main__":
    main(sys.argv[1:])
