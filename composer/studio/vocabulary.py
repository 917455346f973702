"""All names that can be chosen, for menus."""

from __future__ import annotations

from typing import Any

from composer.music.ensembles import ensembles
from composer.music.instruments import INSTRUMENTS
from composer.music.moods import moods
from composer.music.presets import presets
from composer.music.styles import composers, styles
from composer.studio.tasks import FILES


def vocabulary() -> dict[str, Any]:
    """Names and labels by list; moods with their points, presets with their fields."""
    return {
        "styles": [_named(style) | {"support": style.support} for style in styles()],
        "composers": [
            _named(style) | {"parent": style.parent, "support": style.support}
            for style in composers()
        ],
        "moods": [
            {"name": mood.name, "valence": mood.valence, "arousal": mood.arousal}
            for mood in moods()
        ],
        "ensembles": [_named(ensemble) for ensemble in ensembles()],
        "instruments": [
            _named(one) | {"section": one.section, "is_drums": one.is_drums, "low": one.low,
                           "high": one.high}
            for one in INSTRUMENTS
        ],
        "presets": [_named(preset) | {"fields": preset.flags()} for preset in presets()],
        "files": [{"name": name, "label": label} for name, label in FILES.items()],
    }  # fmt: skip


def _named(one: Any) -> dict[str, str]:
    return {"name": one.name, "label": one.label}
