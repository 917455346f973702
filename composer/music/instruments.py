"""Instruments: General MIDI programs, playable ranges, clefs, staves, transposition.

The order of `INSTRUMENTS` is part of the event format (`docs/event-format.md`): append only.
Ranges are what a good amateur plays, in sounding MIDI pitches, after the tables of Adler,
"The Study of Orchestration". How many notes sound at once is what one player can do, or a section
where the instrument is one, and hardly a real part has more (`benchmarks/at_once.py`);
`composer.music.playable` says which notes these can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

DRUM_PROGRAM = 128
"""Stands for "a drum kit" where a General MIDI program is expected (programs are 0..127)."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """`program` is the one we write; `programs` are those we read as this instrument.

    `transposition` is written pitch minus sounding pitch in semitones (clarinet in B flat: 2).
    `section` orders a score and groups its brackets. `most_notes` sound at once; `strings` are the
    open ones that are stopped by hand, upwards; `short` stands before its later staves. `is_hand`
    says that it is one hand of a player.
    """

    name: str
    label: str
    section: str
    program: int
    low: int
    high: int
    most_notes: int
    clef: str = "treble"
    staves: int = 1
    transposition: int = 0
    programs: tuple[int, ...] = ()
    strings: tuple[int, ...] = ()
    short: str = ""
    is_hand: bool = False

    @property
    def is_drums(self) -> bool:
        return self.name == "drums"

    @property
    def is_monophonic(self) -> bool:
        """Whether one player or singer has one note at a time."""
        return self.most_notes == 1

    @property
    def is_bowed(self) -> bool:
        """Whether a bow leads over the strings, which touches only neighbours."""
        return self.section == "strings" and bool(self.strings)

    def one_hand(self) -> Instrument:
        """What one of two hands can do."""
        return replace(self, staves=1, most_notes=self.most_notes // 2, is_hand=self.has_two_hands)

    @property
    def has_two_hands(self) -> bool:
        """Whether all that sounds at once must lie under two hands; an organ has pedals too."""
        hands = self.staves == 2 and self.section in ("keyboard", "plucked")
        return hands and self.name != "organ"


SECTIONS = (
    "woodwind", "brass", "percussion", "drums", "plucked", "voice", "keyboard", "strings", "synth",
)  # fmt: skip

_VIOLIN, _GUITAR, _BASS = (55, 62, 69, 76), (40, 45, 50, 55, 59, 64), (28, 33, 38, 43)

# fmt: off
INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument("piano", "Piano", "keyboard", 0, 21, 108, 10, staves=2, programs=(0, 1, 2, 3), short="Pno."),
    Instrument("electric-piano", "Electric Piano", "keyboard", 4, 28, 103, 10, staves=2, programs=(4, 5), short="E. Pno."),
    Instrument("harpsichord", "Harpsichord", "keyboard", 6, 29, 89, 10, staves=2, programs=(6, 7), short="Hpschd."),
    Instrument("celesta", "Celesta", "keyboard", 8, 60, 108, 10, staves=2, transposition=-12, programs=(8,), short="Cel."),
    Instrument("glockenspiel", "Glockenspiel", "percussion", 9, 72, 108, 2, transposition=-24, programs=(9, 10), short="Glk."),
    Instrument("vibraphone", "Vibraphone", "percussion", 11, 53, 89, 4, programs=(11,), short="Vib."),
    Instrument("marimba", "Marimba", "percussion", 12, 45, 96, 4, programs=(12, 13), short="Mrm."),
    Instrument("bells", "Tubular Bells", "percussion", 14, 60, 77, 2, programs=(14, 15), short="Bells"),
    Instrument("organ", "Organ", "keyboard", 19, 24, 96, 12, staves=2, programs=(19, 20), short="Org."),
    Instrument("electric-organ", "Electric Organ", "keyboard", 16, 24, 96, 10, staves=2, programs=(16, 17, 18), short="E. Org."),
    Instrument("accordion", "Accordion", "keyboard", 21, 41, 93, 10, staves=2, programs=(21, 22, 23), short="Acc."),
    Instrument("guitar", "Guitar", "plucked", 24, 40, 83, 6, transposition=12, programs=(24, 25), strings=_GUITAR, short="Gtr."),
    Instrument("electric-guitar", "Electric Guitar", "plucked", 27, 40, 86, 6, transposition=12, programs=(26, 27, 28), strings=_GUITAR, short="E. Gtr."),
    Instrument("distorted-guitar", "Distorted Guitar", "plucked", 30, 40, 86, 6, transposition=12, programs=(29, 30, 31), strings=_GUITAR, short="D. Gtr."),
    Instrument("acoustic-bass", "Acoustic Bass", "plucked", 32, 28, 67, 2, "bass", transposition=12, programs=(32,), strings=_BASS, short="A. Bs."),
    Instrument("electric-bass", "Electric Bass", "plucked", 33, 28, 67, 2, "bass", transposition=12, programs=(33, 34, 35, 36, 37), strings=_BASS, short="E. Bs."),
    Instrument("synth-bass", "Synth Bass", "plucked", 38, 24, 72, 2, "bass", transposition=12, programs=(38, 39), short="S. Bs."),
    Instrument("violin", "Violin", "strings", 40, 55, 103, 4, programs=(40,), strings=_VIOLIN, short="Vln."),
    Instrument("viola", "Viola", "strings", 41, 48, 91, 4, "alto", programs=(41,), strings=(48, 55, 62, 69), short="Vla."),
    Instrument("cello", "Cello", "strings", 42, 36, 81, 4, "bass", programs=(42,), strings=(36, 43, 50, 57), short="Vc."),
    Instrument("contrabass", "Contrabass", "strings", 43, 28, 67, 1, "bass", transposition=12, programs=(43,), short="Cb."),
    Instrument("strings", "Strings", "strings", 48, 28, 103, 6, staves=2, programs=(44, 45, 48, 49, 50, 51), short="Str."),
    Instrument("harp", "Harp", "plucked", 46, 24, 103, 8, staves=2, programs=(46,), short="Hp."),
    Instrument("timpani", "Timpani", "percussion", 47, 36, 60, 2, "bass", programs=(47,), short="Timp."),
    Instrument("soprano", "Soprano", "voice", 52, 57, 86, 1, short="S."),
    Instrument("alto", "Alto", "voice", 52, 50, 79, 1, short="A."),
    Instrument("tenor", "Tenor", "voice", 52, 45, 74, 1, "tenor", short="T."),
    Instrument("bass", "Bass", "voice", 52, 36, 67, 1, "bass", short="B."),
    Instrument("voice", "Voice", "voice", 54, 45, 86, 1, programs=(54,), short="V."),
    Instrument("choir", "Choir", "voice", 52, 36, 86, 4, staves=2, programs=(52, 53), short="Ch."),
    Instrument("trumpet", "Trumpet in B♭", "brass", 56, 52, 84, 1, transposition=2, programs=(56, 59), short="Tpt."),
    Instrument("trombone", "Trombone", "brass", 57, 34, 74, 1, "bass", programs=(57,), short="Tbn."),
    Instrument("tuba", "Tuba", "brass", 58, 26, 65, 1, "bass", programs=(58,), short="Tba."),
    Instrument("horn", "Horn in F", "brass", 60, 34, 77, 1, transposition=7, programs=(60,), short="Hn."),
    Instrument("brass", "Brass", "brass", 61, 34, 84, 6, staves=2, programs=(61, 62, 63), short="Br."),
    Instrument("soprano-sax", "Soprano Saxophone", "woodwind", 64, 56, 88, 1, transposition=2, programs=(64,), short="S. Sax."),
    Instrument("alto-sax", "Alto Saxophone", "woodwind", 65, 49, 81, 1, transposition=9, programs=(65,), short="A. Sax."),
    Instrument("tenor-sax", "Tenor Saxophone", "woodwind", 66, 44, 76, 1, transposition=14, programs=(66,), short="T. Sax."),
    Instrument("baritone-sax", "Baritone Saxophone", "woodwind", 67, 36, 69, 1, transposition=21, programs=(67,), short="B. Sax."),
    Instrument("oboe", "Oboe", "woodwind", 68, 58, 91, 1, programs=(68,), short="Ob."),
    Instrument("english-horn", "English Horn", "woodwind", 69, 52, 84, 1, transposition=7, programs=(69,), short="E. Hn."),
    Instrument("bassoon", "Bassoon", "woodwind", 70, 34, 75, 1, "bass", programs=(70,), short="Bsn."),
    Instrument("clarinet", "Clarinet in B♭", "woodwind", 71, 50, 91, 1, transposition=2, programs=(71,), short="Cl."),
    Instrument("piccolo", "Piccolo", "woodwind", 72, 74, 108, 1, transposition=-12, programs=(72,), short="Picc."),
    Instrument("flute", "Flute", "woodwind", 73, 59, 96, 1, programs=(73,), short="Fl."),
    Instrument("recorder", "Recorder", "woodwind", 74, 60, 98, 1, transposition=-12, programs=(74,), short="Rec."),
    Instrument("pipe", "Pipe", "woodwind", 75, 55, 98, 1, programs=(75, 76, 77, 78, 79), short="Pipe"),
    Instrument("synth-lead", "Synth Lead", "synth", 80, 36, 100, 3, programs=tuple(range(80, 88)), short="Lead"),
    Instrument("synth-pad", "Synth Pad", "synth", 89, 28, 100, 6, programs=tuple(range(88, 96)), short="Pad"),
    Instrument("synth-effect", "Synth Effect", "synth", 98, 28, 100, 4, programs=tuple(range(96, 104)) + tuple(range(119, 128)), short="Fx."),
    Instrument("banjo", "Banjo", "plucked", 105, 48, 86, 5, transposition=12, programs=(105,), strings=(50, 55, 59, 62, 67), short="Bjo."),
    Instrument("plucked", "Plucked Strings", "plucked", 107, 40, 88, 4, programs=(104, 106, 107, 108), short="Pl."),
    Instrument("bagpipe", "Bagpipe", "woodwind", 109, 55, 86, 1, programs=(109, 111), short="Bagp."),
    Instrument("fiddle", "Fiddle", "strings", 110, 55, 100, 4, programs=(110,), strings=_VIOLIN, short="Fdl."),
    Instrument("tuned-percussion", "Tuned Percussion", "percussion", 114, 40, 90, 2, programs=tuple(range(112, 119)), short="Perc."),
    Instrument("orchestra-hit", "Orchestra Hit", "synth", 55, 36, 96, 3, programs=(55,), short="Hit"),
    Instrument("drums", "Drums", "drums", DRUM_PROGRAM, 27, 87, 4, "percussion", short="Dr."),
)
# fmt: on

BY_NAME: dict[str, Instrument] = {instrument.name: instrument for instrument in INSTRUMENTS}
_BY_PROGRAM = {program: i for i in INSTRUMENTS for program in i.programs}

_VOICES_BY_WORD = {
    "soprano": ("soprano", "sopran", "canto", "cantus", "cantvs", "discant", "superius", "treble",
                "dessus", "women"),
    "alto": ("alto", "altus", "altvs", "contralto", "contratenor"),
    "tenor": ("tenor", "quinto", "quinta", "qvint", "vagans", "taille", "men"),
    "bass": ("bass", "basso", "bassus", "bassvs", "baryton", "bariton", "sexta", "bas"),
}  # fmt: skip
_VOICE_PROGRAMS = (52, 53, 54)


def instrument_for(program: int, name: str = "", is_drums: bool = False) -> Instrument:
    """The instrument that a General MIDI program and a track's name stand for.

    General MIDI has one "choir" for all voices, so a voice is known by the name of its track.
    """
    if is_drums:
        return BY_NAME["drums"]
    if program in _VOICE_PROGRAMS:
        word = name.strip(" .[]").lower()
        for voice, beginnings in _VOICES_BY_WORD.items():
            if word.startswith(beginnings):
                return BY_NAME[voice]
    return _BY_PROGRAM[program]
