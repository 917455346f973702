"""Damaged kern: read up to the last whole bar before a record that does not fit its spines."""

from __future__ import annotations

from itertools import groupby

_PATHS = frozenset({"*^", "*v", "*-"})


def until_it_breaks(text: str) -> str:
    """The text of a kern file up to the bar line before the first record that does not have a field
    for each spine; spines are followed as they split and join, and end there."""
    count = 0
    kept: list[str] = []
    whole = ([""], 0)
    for line in text.splitlines():
        fields = line.split("\t")
        if not line or line.startswith("!!"):
            continue
        if line.startswith("**") and not count:
            count = len(fields)
        elif len(fields) != count or not all(fields) or not line.replace("\t", "").isprintable():
            break
        elif line.startswith("*") and not _PATHS.isdisjoint(fields):
            count = _spines_after(fields)
        kept.append(line)
        if line.startswith("=") or not count:
            whole = (list(kept), count)
        if not count:
            break
    records, count = whole
    return "\n".join([*records, *(["\t".join(["*-"] * count)] if count else [])]) + "\n"


def _spines_after(fields: list[str]) -> int:
    """How many spines there are behind a record that splits, joins or ends some."""
    count = 0
    for field, group in groupby(fields):
        number = len(list(group))
        count += {"*^": 2 * number, "*v": 1, "*-": 0}.get(field, number)
    return count
