"""What is added to the logits of a field's values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.tokens.fields import FIELD_SIZES


def only(name: str, value: int, lean: float) -> NDArray[np.float64]:
    """`lean` for one value of a field and nothing for the others; (values of the field,)."""
    tilt = np.zeros(FIELD_SIZES[name])
    tilt[value] = lean
    return tilt
