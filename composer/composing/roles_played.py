"""How much each role plays in a piece, beside what is usual in the style and for its players.

What was asked is what such parts do in real music (`composer.analysis.roles`): who asks for a rock
band asks for a bass that plays. Where neither style nor players were asked for, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence

from composer.analysis.ensemble import estimate_ensemble
from composer.analysis.grooves import Grooves, grooves
from composer.analysis.roles import ROLES, Playing, Usual, playing_of, usual
from composer.composing.asking.request import Request
from composer.composing.field import Field
from composer.music.piece import Piece

ROLE_FIELDS = {
    "lead": "lead",
    "chords": "accompaniment",
    "inner": "inner parts",
    "bass": "bass",
    "drums": "drums",
}
"""The names of the fields."""
LEAST_GROOVE = {"drums": 0.62, "bass": 0.73}
"""Share of the bars whose pattern returns within four bars: nine in ten bands of people have more
(docs/experiments/analysis.md)."""


def player_fields(piece: Piece, request: Request, *, is_into_another: bool = False) -> list[Field]:
    """A field for each role that several players share out; none for one player.

    The players of a piece that this one is written into were nobody's wish.
    """
    playing = playing_of(piece)
    if len(playing) < 2:
        return []
    is_asked = bool(request.style or request.ensemble)
    is_asked = is_asked or bool(request.instruments and not is_into_another)
    styled = (_style(request), _ensemble(piece, request)) if is_asked else None
    found = [
        _role_field(role, [one for one in playing if one.role == role], styled)
        for role in ROLES
        if any(one.role == role for one in playing)
    ]
    heard = grooves(piece)
    return [*found, _groove_field(heard, is_asked)] if heard.drums is not None else found


def _role_field(role: str, parts: Sequence[Playing], styled: tuple[str, str] | None) -> Field:
    """Kept where the parts of the role play, on average, as much as such parts usually do."""
    bars = parts[0].of_bars
    mean = Playing(
        role,
        round(sum(part.bars for part in parts) / len(parts)),
        bars,
        round(sum(part.notes for part in parts) / len(parts)),
    )
    each = " and ".join(str(part.bars) for part in parts) if len(parts) <= 3 else str(mean.bars)
    words = f"{each} of {bars} bars, {mean.notes_per_bar:.1f} notes in each"
    known = usual(role, *styled) if styled else None
    if known is None:
        return Field(ROLE_FIELDS[role], None, words)
    return Field(ROLE_FIELDS[role], _words(known, bars), words, known.holds(mean), mean.share)


def _words(known: Usual, bars: int) -> str:
    least = max(0, round(known.least_share * bars - 1))
    return f"{least} bars or more, {known.least_notes:.1f} to {known.most_notes:.1f} notes in each"


def _groove_field(heard: Grooves, is_asked: bool) -> Field:
    """Kept where drums, and bass if there is one, return as they do in nine of ten real bands."""
    shares = {name: share for name, share in heard._asdict().items() if share is not None}
    words = ", ".join(f"{name} in {share:.0%} of the bars" for name, share in shares.items())
    if not is_asked:
        return Field("groove", None, words)
    asked = ", ".join(f"{name} in {LEAST_GROOVE[name]:.0%} or more" for name in shares)
    kept = all(share >= LEAST_GROOVE[name] for name, share in shares.items())
    return Field("groove", asked, words, kept, min(shares.values()))


def _style(request: Request) -> str:
    return (request.style.parent or request.style.name) if request.style else ""


def _ensemble(piece: Piece, request: Request) -> str:
    if request.ensemble and not request.instruments:
        return request.ensemble.name
    return estimate_ensemble(piece)
