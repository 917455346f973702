"""Instruments by what scores and tracks call them, in English, German, Italian, French, Spanish.

Words are those of General MIDI, of the instrument tables of MuseScore and music21, and of orchestral
scores in the five languages. They are compared without accents, capitals, numbers and keys
("Klarinette 2 in B"); of several that match the longest counts, then the first. A name that says
nothing leaves the word to the program, and a name that means two things ("Bass", "Alto") to the
others who play.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from composer.music.instruments import BY_NAME, Instrument, instrument_for
from composer.music.names import words_of

_WORDS = {
    "piano": "piano, pianoforte, klavier, fortepiano, hammerklavier, flugel, pno, pf, klav, piano a queue, "
             "grand piano, pianino, keys",
    "electric-piano": "electric piano, e piano, epiano, rhodes, wurlitzer, piano electrique, piano elettrico, "
                      "piano electrico, elektrisches klavier, stage piano",
    "harpsichord": "harpsichord, cembalo, clavicembalo, clavecin, clavecin, clave, clavicembalo, spinet, "
                   "spinett, clavicordio, clavichord, hpschd, cemb, klavizimbel, clavinet",
    "celesta": "celesta, celeste",
    "glockenspiel": "glockenspiel, carillon, campanelli, jeu de timbres, music box, spieluhr, glock",
    "vibraphone": "vibraphone, vibraphon, vibrafono, vibes, vib",
    "marimba": "marimba, marimbaphone, xylophone, xylophon, xilofono, xyl, marimbaphon, xilofon",
    "bells": "tubular bells, rohrenglocken, roehrenglocken, campane tubolari, campane, cloches tubulaires, "
             "cloches, campanas tubulares, campanas, chimes, bells, glocken",
    "organ": "organ, orgel, organo, orgue, pipe organ, church organ, kirchenorgel, org, harmonium, armonium, "
             "reed organ, pedal, orgelpedal",
    "electric-organ": "electric organ, hammond, drawbar organ, rock organ, e orgel, percussive organ",
    "accordion": "accordion, akkordeon, fisarmonica, accordeon, acordeon, bandoneon, concertina, melodica, "
                 "harmonica, mundharmonika, armonica, bayan, ziehharmonika",
    "guitar": "guitar, gitarre, chitarra, guitare, guitarra, acoustic guitar, classical guitar, git, gtr, "
              "guit, lute, laute, liuto, luth, laud, vihuela, theorbe, theorbo, tiorba, ukulele, konzertgitarre, "
              "nylon guitar, steel guitar",
    "electric-guitar": "electric guitar, e gitarre, egitarre, chitarra elettrica, guitare electrique, "
                       "guitarra electrica, jazz guitar, clean guitar, elektrische gitarre, lead guitar, "
                       "rhythm guitar, e guitar",
    "distorted-guitar": "distorted guitar, distortion guitar, overdriven guitar, overdrive guitar, distortion",
    "acoustic-bass": "acoustic bass, upright bass, jazz bass",
    "electric-bass": "electric bass, e bass, ebass, bass guitar, bassgitarre, basso elettrico, basse electrique, "
                     "guitare basse, bajo electrico, bass git, fingered bass, slap bass, fretless bass, bass gtr, "
                     "chitarra basso, elektrische bassgitarre, picked bass",
    "synth-bass": "synth bass, synthbass, bass synth, sub bass, basse synthetiseur",
    "violin": "violin, violine, violino, violon, violins, violinen, violini, violons, violines, geige, geigen, "
              "vln, vl, vn, viol, vlns, violino principale, solovioline",
    "viola": "viola, bratsche, violas, violen, viole, bratschen, vla, va, br, viola da braccio, altos, taille",
    "cello": "cello, violoncello, violoncelle, violonchelo, chelo, celli, cellos, violoncelli, violoncelles, "
             "violonchelos, vc, vcl, vlc, violoncell, viola da gamba, gambe, gamba, basse de viole, "
             "viole de gambe, viole da gamba, vcello, violoncellos",
    "contrabass": "contrabass, double bass, kontrabass, contrabbasso, contrebasse, contrabajo, string bass, "
                  "kontrabasse, contrabbassi, contrebasses, contrabajos, cb, kb, db, violone, bass fiddle, "
                  "kontrabaß, basses, bassi, contrabasso, double basses, contrabasses, bassgeige",
    "strings": "strings, string ensemble, streicher, archi, cordes, cuerdas, string section, orchestra strings, "
               "streichorchester, string orchestra, synth strings, tremolo strings, pizzicato strings",
    "harp": "harp, harfe, arpa, harpe, hrp, harps, arpe, orchestral harp",
    "timpani": "timpani, pauken, timbales, timpano, kettledrums, kettle drums, timp, pk, pauke, timbal, "
               "timpanos, timbales d orchestre",
    "soprano": "soprano, sopran, soprani, sopranos, canto, cantus, superius, discantus, discant, diskant, "
               "dessus, treble, tiple, sopr, mezzosoprano, mezzo soprano, mezzosopran, mezzo, women, frauen, "
               "frauenstimmen, cantus firmus",
    "alto": "alt, altus, contralto, contralti, haute contre, contratenor, altstimme, alti",
    "tenor": "tenor, tenore, tenori, tenors, tenores, quintus, tenorstimme, men, manner, mannerstimmen",
    "bass": "baritone, bariton, baritono, baryton, bassus, bass voice, bassstimme, bass solo, bajo voz, "
            "basso profondo",
    "voice": "voice, vocals, vocal, vox, singstimme, gesang, voce, voix, chant, voz, stimme, singer, sanger, "
             "solo voice, lead vocal, voces, voci, stimmen, backing vocals",
    "choir": "choir, chor, coro, choeur, chorus, choeurs, cori, coros, choir aahs, voice oohs, satb, kinderchor",
    "trumpet": "trumpet, trompete, tromba, trompette, trompeta, trumpets, trompeten, trombe, trompettes, "
               "trompetas, cornet, kornett, cornetta, corneta, cornet a pistons, flugelhorn, fluegelhorn, tpt, trp, "
               "tr, trpt, bugle, clarino, piccolo trumpet, flicorno, fliscorno, muted trumpet",
    "trombone": "trombone, posaune, trombon, trombones, posaunen, tromboni, trombones, tbn, trb, pos, "
                "bass trombone, bassposaune, tenor trombone, tenorposaune, trombone basso, trombon bajo, "
                "altposaune, alto trombone, trombone basse, sackbut, saqueboute",
    "tuba": "tuba, basstuba, bass tuba, euphonium, eufonio, ophicleide, helicon, sousaphone, tubas, bombardon, "
            "bombardino, baritone horn, tenorhorn, kontrabasstuba",
    "horn": "horn, french horn, waldhorn, corno, cor, trompa, horns, horner, hoerner, corni, cors, trompas, "
            "horn in f, hr, hn, cor d harmonie, cor en fa, corno da caccia, ventilhorn, french horns, corno francese",
    "brass": "brass, brass section, blechblaser, ottoni, cuivres, metales, blech, synth brass, horn section",
    "soprano-sax": "soprano sax, soprano saxophone, sopransaxophon, sax soprano, saxophone soprano, "
                   "sassofono soprano, saxofon soprano, saxo soprano, sopransax",
    "alto-sax": "alto sax, alto saxophone, altsaxophon, sax alto, sax contralto, saxophone alto, "
                "sassofono contralto, saxofon alto, saxo alto, saxophone, saxophon, sassofono, saxofon, sax, "
                "altsax, saxo, saxofono",
    "tenor-sax": "tenor sax, tenor saxophone, tenorsaxophon, sax tenore, saxophone tenor, sassofono tenore, "
                 "saxofon tenor, saxo tenor, sax tenor, tenorsax",
    "baritone-sax": "baritone sax, baritone saxophone, baritonsaxophon, sax baritono, saxophone baryton, "
                    "sassofono baritono, saxofon baritono, saxo baritono, bari sax, bari saxophone, "
                    "bass saxophone, baritonsax, basssaxophon",
    "oboe": "oboe, hautbois, hoboe, oboen, oboi, oboes, oboe d amore, hautbois d amour, ob, oboe da caccia",
    "english-horn": "english horn, cor anglais, englischhorn, corno inglese, corno ingles, engl horn, e horn",
    "bassoon": "bassoon, fagott, fagotto, basson, fagot, fagotte, fagotti, bassoons, bassons, fagotes, fg, bsn, "
               "contrabassoon, kontrafagott, controfagotto, contrebasson, contrafagot, dulcian, dulzian, "
               "double bassoon, fag, contrafagotto",
    "clarinet": "clarinet, klarinette, clarinetto, clarinette, clarinete, clarinets, klarinetten, clarinetti, "
                "clarinettes, clarinetes, cl, klar, bass clarinet, bassklarinette, clarinetto basso, "
                "clarinette basse, clarinete bajo, alto clarinet, altklarinette, basset horn, bassetthorn, "
                "corno di bassetto, cor de basset, chalumeau, clar",
    "piccolo": "piccolo, ottavino, petite flute, pikkoloflote, piccoloflote, flautin, picc, flauto piccolo, "
               "kleine flote, pikkolo, pikkoloflote, piccolo flute",
    "flute": "flute, flote, floete, flauto, flauta, querflote, querfloete, flutes, floten, flauti, flautas, "
             "traverso, flauto traverso, flute traversiere, flauta travesera, traversflote, fl, alto flute, "
             "altflote, flauto contralto, flute alto, bass flute, flauto traversiere, grande flute, grosse flote",
    "recorder": "recorder, blockflote, blockfloete, flauto dolce, flute a bec, flauta dulce, flauta de pico, "
                "flauto diritto, altblockflote, sopranblockflote, tenorblockflote, bassblockflote, "
                "treble recorder, alto recorder, soprano recorder, tenor recorder, bass recorder, recorders",
    "pipe": "pan flute, panflote, flauto di pan, flute de pan, whistle, tin whistle, ocarina, okarina, shakuhachi, "
            "zampona, siringa, penny whistle, pan pipes",
    "synth-lead": "synth lead, lead synth, square lead, saw lead, sawtooth",
    "synth-pad": "synth pad, pad synth, warm pad, new age pad",
    "banjo": "banjo, banyo",
    "plucked": "sitar, shamisen, koto, mandolin, mandoline, mandolino, mandolina, bouzouki, zither, zitter, "
               "cetra, cithare, citara, balalaika, bandurria, dulcimer, hackbrett, cimbalom",
    "bagpipe": "bagpipe, bagpipes, dudelsack, cornamusa, cornemuse, gaita, musette, sackpfeife, zampogna",
    "fiddle": "fiddle, fiddles",
    "tuned-percussion": "steel drums, steeldrum, steel pan, kalimba, woodblock, wood block",
    "orchestra-hit": "orchestra hit",
    "drums": "drums, drum set, drumset, drum kit, drumkit, schlagzeug, batteria, batterie, bateria, percussion, "
             "perkussion, percussione, percusion, percussioni, schlagwerk, snare drum, bass drum, kleine trommel, "
             "grosse trommel, cymbals, becken, piatti, cymbales, platillos, gran cassa, grosse caisse, "
             "caisse claire, tamburo, triangle, triangel, triangolo, tambourine, tamburin, tambour, caja, bombo, "
             "rullante, side drum, tom tom, congas, bongos, standard kit, drum, snare, claps, hi hat, hihat",
}  # fmt: skip
_BASS_WORDS = frozenset({"bass", "basso", "basse", "bajo", "bas", "b"})
_ALTO_WORDS = frozenset({"alto", "a"})
_SINGERS = frozenset({"soprano", "alto", "tenor", "voice", "choir"})
_BOWED = frozenset({"violin", "viola", "cello"})
_BAND = frozenset({"drums", "guitar", "electric-guitar", "distorted-guitar", "electric-piano"})
_NUMBERS = re.compile(r"\d+(st|nd|rd|th|a|o|re|er|eme|te)?|i{1,3}|iv|vi{0,3}|[ivx]+")
_ARTICLES = frozenset({"in", "en", "di", "de", "et", "and", "und", "e", "y", "the", "solo", "d"})
_LONGEST_PHRASE = 3


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """From each phrase in plain words to the instrument."""
    return {
        " ".join(words_of(phrase)): instrument
        for instrument, phrases in _WORDS.items()
        for phrase in phrases.split(",")
    }


@lru_cache(maxsize=4096)
def instrument_named(name: str) -> Instrument | None:
    """The instrument that a name says, in any of the five languages; none where it says none.

    "Bass" and "Alto" alone say none here: see `instruments_of`.
    """
    for phrase in _phrases(name):
        found = _table().get(phrase)
        if found is not None:
            return BY_NAME[found]
    return None


def _phrases(name: str) -> list[str]:
    """The phrases of a name that may be an instrument's, longest first."""
    words = [re.sub(r"(?<=[a-z])\d+$", "", word) for word in words_of(_apart(name))]
    found = []
    for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            found.append(" ".join(words[start : start + length]))
    return found


def _apart(name: str) -> str:
    """Words apart that only a hyphen, an apostrophe or a capital parts: "E-Gitarre", "FrenchHorn"."""
    return re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])|['’/.()\[\]:+&-]", " ", name)


def instrument_of_track(name: str, program: int | None, is_drums: bool) -> Instrument:
    """The instrument of a track of a MIDI file.

    Of a program that is stated and no piano, the program's; files from DAWs have pianos throughout,
    so of those the name's, if it says one.
    """
    if is_drums:
        return BY_NAME["drums"]
    if program:
        return instrument_for(program, name)
    return instrument_named(name) or _ambiguous(name, frozenset()) or BY_NAME["piano"]


def instruments_of(names: Sequence[str], programs: Sequence[int | None]) -> list[Instrument | None]:
    """The instrument of each part of a score by its name and the other names; by its program where
    the name says nothing; none where neither does."""
    named = [instrument_named(name) for name in names]
    present = frozenset(instrument.name for instrument in named if instrument is not None)
    found: list[Instrument | None] = []
    for name, instrument, program in zip(names, named, programs, strict=True):
        by_program = None if program is None else instrument_for(program, name)
        unsure = _ambiguous(name, present)
        if instrument is None and unsure is not None:
            same_section = by_program is not None and by_program.section == "voice"
            instrument = unsure if by_program is None or not by_program.program else by_program
            instrument = BY_NAME["bass"] if same_section and _is_bass(name) else instrument
        found.append(instrument or by_program)
    return found


def _is_bass(name: str) -> bool:
    return any(word in _BASS_WORDS for word in words_of(_apart(name)))


def _ambiguous(name: str, present: frozenset[str]) -> Instrument | None:
    """What "Bass" or "Alto" means beside these instruments."""
    words = [w for w in words_of(_apart(name)) if not _NUMBERS.fullmatch(w) and w not in _ARTICLES]
    if not words:
        return None
    if words[0] in _ALTO_WORDS and (len(words[0]) > 1 or present & _SINGERS):
        return BY_NAME["viola" if present & _BOWED and not present & _SINGERS else "alto"]
    if words[0] not in _BASS_WORDS or (len(words[0]) == 1 and not present & _SINGERS):
        return None
    if present & _SINGERS:
        return BY_NAME["bass"]
    if present & _BOWED:
        return BY_NAME["contrabass"]
    return BY_NAME["electric-bass" if present & _BAND else "acoustic-bass"]
