"""What every preset plays: how much each role, how the groove holds, what of it is missed.

    python -m benchmarks.presets [OUT] [PRESET ...]

Composes each preset once with its default settings (seed 1) and prints a row a preset: of each role
the bars in which its parts play, on average, of all bars, and "!" where that is not kept by the
report; then the fields that are missed. With OUT, MIDI, PNG and reports are written there.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

from composer.composing.compose import compose_all, write
from composer.composing.report import write_report
from composer.composing.roles_played import ROLE_FIELDS
from composer.music.presets import presets

TOGETHER = 8
COLUMNS = (*ROLE_FIELDS.values(), "groove", "ending")


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    names = sys.argv[2:] or [preset.name for preset in presets()]
    print("| preset | " + " | ".join(COLUMNS) + " | missed |")
    print("|---" * (len(COLUMNS) + 2) + "|")
    remaining = iter(names)
    while group := list(islice(remaining, TOGETHER)):
        made = compose_all([{"preset": name, "seed": 1} for name in group])
        for name, one in zip(group, made, strict=True):
            report = one.report()
            told = report["achieved"]
            cells = [_cell(told[column]) if column in told else "" for column in COLUMNS]
            missed = [field for field, value in told.items() if value["kept"] is False]
            print(f"| {name} | {' | '.join(cells)} | {', '.join(missed)} |", flush=True)
            if out:
                write(one, out / name, ("mid", "png"))
                write_report(report, out / name, "report")


def _cell(field: dict[str, object]) -> str:
    missed = "!" if field["kept"] is False else ""
    share = field.get("share")
    return f"{share:.2f}{missed}" if isinstance(share, float) else f"{field['kept']}{missed}"


if __name__ == "__main__":
    main()
