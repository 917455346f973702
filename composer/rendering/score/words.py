"""Words over the staff: a tempo that suits number and mood, and chord symbols."""

from __future__ import annotations

from typing import NamedTuple

from composer.music.facts import Chord
from composer.music.piece import MeterChange, Piece
from composer.music.styles import follows, swing_of
from composer.rendering.score.division import is_compound

_TEMPI: tuple[tuple[int, str, str], ...] = (
    (45, "Largo", "Very slow"),
    (60, "Adagio", "Slow"),
    (72, "Lento", "Slow"),
    (90, "Andante", "Moderately slow"),
    (108, "Andantino", "Medium"),
    (120, "Moderato", "Medium"),
    (138, "Allegretto", "Medium up"),
    (164, "Allegro", "Up-tempo"),
    (180, "Vivace", "Fast"),
    (10_000, "Presto", "Very fast"),
)
"""Upper limit in quarters a minute (compound meters: dotted quarters), in Italian, and as bands
say it."""

_CHARACTERS = {
    "happy": ("giocoso", "happily"),
    "tense": ("agitato", "tense"),
    "sad": ("mesto", "sadly"),
    "calm": ("tranquillo", "calm"),
    "delighted": ("con allegrezza", "joyfully"),
    "excited": ("con fuoco", "excited"),
    "afraid": ("con timore", "anxious"),
    "distressed": ("agitato", "restless"),
    "miserable": ("lacrimoso", "desolate"),
    "gloomy": ("lugubre", "gloomy"),
    "relaxed": ("comodo", "relaxed"),
    "content": ("piacevole", "content"),
    "serene": ("sereno", "serene"),
    "pleased": ("piacevole", "gently"),
    "angry": ("furioso", "angry"),
    "dramatic": ("drammatico", "dramatic"),
    "dark": ("cupo", "dark"),
    "mysterious": ("misterioso", "mysterious"),
    "melancholic": ("malinconico", "wistful"),
    "nostalgic": ("nostalgico", "nostalgic"),
    "solemn": ("solenne", "solemn"),
    "dreamy": ("sognando", "dreamy"),
    "peaceful": ("tranquillo", "peaceful"),
    "tender": ("con tenerezza", "tender"),
    "romantic": ("amoroso", "romantic"),
    "elegant": ("grazioso", "elegant"),
    "hopeful": ("con speranza", "hopeful"),
    "playful": ("scherzando", "playful"),
    "energetic": ("con brio", "driving"),
    "triumphant": ("trionfale", "triumphant"),
    "passionate": ("appassionato", "passionate"),
    "epic": ("maestoso", "majestic"),
}


def tempo_words(quarters_per_minute: float, meter: MeterChange, piece: Piece) -> str:
    """Words for the first tempo: "Andante mesto", or for a band "Medium swing, wistful".

    Whatever a metronome counts, a tempo has one word: 52 halves a minute are no Largo.
    """
    style = piece.tags.style
    is_dotted = meter.denominator > 4 and is_compound(meter.numerator, meter.denominator)
    pulses_per_minute = quarters_per_minute / (1.5 if is_dotted else 1.0)
    is_band, swing = follows(style, "band"), swing_of(style)
    italian, english = next(row[1:] for row in _TEMPI if pulses_per_minute < row[0])
    words = english if is_band else italian
    if swing:
        words += " swing" if swing == 1 else ", light swing"
    character = _CHARACTERS.get(piece.tags.mood)
    if character:
        words += f", {character[1]}" if is_band else f" {character[0]}"
    return words


class ChordSign(NamedTuple):
    """A chord as MusicXML's harmony element needs it."""

    kind: str
    text: str


_SIGNS = {
    "major": ChordSign("major", ""),
    "minor": ChordSign("minor", "m"),
    "diminished": ChordSign("diminished", "dim"),
    "augmented": ChordSign("augmented", "aug"),
    "sus4": ChordSign("suspended-fourth", "sus4"),
    "sus2": ChordSign("suspended-second", "sus2"),
    "power": ChordSign("power", "5"),
    "dominant7": ChordSign("dominant", "7"),
    "major7": ChordSign("major-seventh", "maj7"),
    "minor7": ChordSign("minor-seventh", "m7"),
    "half-diminished7": ChordSign("half-diminished", "m7♭5"),
    "diminished7": ChordSign("diminished-seventh", "dim7"),
    "minor-major7": ChordSign("major-minor", "m(maj7)"),
    "augmented7": ChordSign("augmented-seventh", "aug7"),
    "major6": ChordSign("major-sixth", "6"),
    "minor6": ChordSign("minor-sixth", "m6"),
    "dominant9": ChordSign("dominant-ninth", "9"),
    "major9": ChordSign("major-ninth", "maj9"),
    "minor9": ChordSign("minor-ninth", "m9"),
    "dominant7sus4": ChordSign("suspended-fourth", "7sus4"),
    "major-add9": ChordSign("major", "(add9)"),
    "major6-9": ChordSign("major-sixth", "6/9"),
    "dominant7-flat9": ChordSign("dominant", "7(♭9)"),
    "dominant7-sharp9": ChordSign("dominant", "7(♯9)"),
    "altered7": ChordSign("dominant", "7alt"),
    "dominant11": ChordSign("dominant-11th", "11"),
    "dominant13": ChordSign("dominant-13th", "13"),
    "dominant7-flat5": ChordSign("dominant", "7(♭5)"),
    "major7-sharp11": ChordSign("major-seventh", "maj7(♯11)"),
    "minor11": ChordSign("minor-11th", "m11"),
}
NO_CHORD_SIGN = ChordSign("none", "N.C.")


def chord_sign(chord: Chord) -> ChordSign:
    """How a chord's quality is written."""
    return _SIGNS.get(chord.quality, NO_CHORD_SIGN)
