"""The field tables of the event format as the model wants them."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

from composer.model.transformer import RowTables
from composer.tokens.fields import layout


@cache
def row_tables() -> RowTables:
    return RowTables(**asdict(layout()))
