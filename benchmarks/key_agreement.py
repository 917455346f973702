"""How often the key judged by the notes agrees with the signature that was written.

python -m benchmarks.key_agreement CORPORA [PIECES]
"""

from __future__ import annotations

import sys
from pathlib import Path

from composer.measures.key_agreement import OLD_STYLES, evaluate, sample


def main(arguments: list[str]) -> None:
    if not arguments:
        raise SystemExit(__doc__)
    judged = sample(Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1500)
    groups = {"all": judged, "after 1800": [r for r in judged if r.style not in OLD_STYLES]}
    groups |= {
        name: [r for r in judged if r.corpus == name] for name in sorted({r.corpus for r in judged})
    }
    for name, rows in groups.items():
        shares = "  ".join(f"{kind} {share:.3f}" for kind, share in evaluate(rows).items())
        print(f"{name:24s} {len(rows):5d}  {shares}")


if __name__ == "__main__":
    main(sys.argv[1:])
