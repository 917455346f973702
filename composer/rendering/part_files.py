"""One file a part: names for stems (for a DAW) and for parts (for players)."""

from __future__ import annotations

import re
from collections.abc import Sequence


def file_labels(part_names: Sequence[str]) -> list[str]:
    """For each part a label fit for a file's name; those that would be alike are numbered."""
    plain = [re.sub(r"[^\w]+", "-", name).strip("-").lower() or "part" for name in part_names]
    labels: list[str] = []
    for label in plain:
        number = sum(other == label for other in plain[: len(labels)]) + 1
        wanted = f"{label}-{number}" if plain.count(label) > 1 else label
        while wanted in labels or (wanted != label and wanted in plain):
            number += 1
            wanted = f"{label}-{number}"
        labels.append(wanted)
    return labels
