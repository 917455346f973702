"""Does the estimate of mood agree with listeners? And the constants it is centred by.

python -m benchmarks.mood_agreement norms CORPORA          writes mood_norms.json
python -m benchmarks.mood_agreement validate EMOPIA.zip    accuracies, confusion tables
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from composer.analysis.mood import NORMS_PATH
from composer.measures.mood_agreement import confusion, evaluate, norms, validate


def main(arguments: list[str]) -> None:
    if len(arguments) != 2 or arguments[0] not in ("norms", "validate"):
        raise SystemExit(__doc__)
    command, path = arguments[0], Path(arguments[1])
    if command == "norms":
        NORMS_PATH.write_text(json.dumps(norms(path), indent=1) + "\n", encoding="utf-8")
        return
    judged = validate(path)
    print(len(judged), "pieces", {k: round(v, 3) for k, v in evaluate(judged).items()})
    print("label \\ estimate  Q1   Q2   Q3   Q4")
    for number, row in enumerate(confusion(judged), 1):
        print(f"Q{number}           " + "".join(f"{count:5d}" for count in row))


if __name__ == "__main__":
    main(sys.argv[1:])
