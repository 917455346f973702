"""Kern and ABC to partwise MusicXML, by the well-kept readers of each.

Kern is read by converter21 (after humlib, the reference), ABC by lytk. On the cases of this project
music21 loses notes of both, and verovio's ABC forgets accidentals and puts voices one after the
other (`docs/experiments/files.md`).
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from itertools import groupby, zip_longest
from unicodedata import normalize
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from composer.corpus.abc_signs import give_signs, with_annotations
from composer.corpus.kern_repair import until_it_breaks
from composer.corpus.sections import write_out
from composer.corpus.texts import charset_of
from composer.errors import UnreadablePieceError

_VOICE = re.compile(r"(?:^|\[)V:\s*([^\s\]]+)([^\n\]]*)", re.MULTILINE)
_VOICE_NAME = re.compile(r"\b(?:name|nm)\s*=\s*(?:\"([^\"]*)\"|(\S+))")
_ENDING = re.compile(r"(:\|)\s*(\d)(?=[^\d/:])")
_KEY = re.compile(r"(?:^|\[)K:[^\n\]%]*", re.MULTILINE)
_EXPLICIT = re.compile(r"(K:\s*)[A-G][#b]?\s*exp(?![a-z])\s*", re.IGNORECASE)
_ACCIDENTAL = re.compile(r"[_^=]{1,2}[a-gA-G]")
_GLUED = re.compile(r"(?<=\s)(?:[_^=]{1,2}[a-gA-G]){2,}(?=\s|$)")
_BAGPIPE = re.compile(r"(K:\s*)H[Pp]\b")
_ACCENTED = re.compile(r"\\([`'^~,\"])([A-Za-z])")
_ACCENTS = dict(zip("`'^~\",", "\u0300\u0301\u0302\u0303\u0308\u0327", strict=True))
"""What is written before a letter, and the accent that it means."""
_MIDI_PROGRAM = re.compile(r"%%MIDI\s+program\s+(?:\d+\s+)?(\d{1,3})\s*(?:$|%)")
_MIDI_TRANSPOSE = re.compile(r"^%%MIDI\s+transpose\s+(-?\d{1,2})\b", re.MULTILINE)
_FIRST_TUNE = re.compile(r"^X:", re.MULTILINE)
_RECORDS = re.compile(r"^!!![^\n]*(?:\n|$)", re.MULTILINE)
_RECORD = re.compile(r"^!!!([A-Z]{3})[^:\n]*:\s*([^\n]*)", re.MULTILINE)
_INVENTED = ("Music21 Fragment", "Music21", "music21")
_EXPANSION = re.compile(r"^\*>\[([^\]\s]+)\]", re.MULTILINE)
_SECTION = re.compile(r"\*>([^\[\s]+)$")
_BAR_NUMBER = re.compile(r"=+(\d+)")
_UNKNOWN_INSTRUMENT = "UnknownTransposingInstrument"
_NEEDS_RECURSION = 3_000


def partwise_of_kern(data: bytes) -> tuple[Element, list[str]]:
    """The score of a kern file, and what was wrong with it, in words. Raises UnreadablePieceError
    where it cannot be followed."""
    text = _text(data)
    if "**kern" not in text:
        raise UnreadablePieceError("not a kern file (no **kern spine)")
    if find_spec("converter21") is None:
        raise UnreadablePieceError("kern needs one more: pip install 'symbolic-composer[kern]'")
    root = _score_of_kern(text)
    wrongs = []
    if root.find(".//pitch") is None:
        text = until_it_breaks(text)
        root = _score_of_kern(text)
        wrongs = ["a record does not fit its spines; read up to the bar before it"]
    _without_invented_words(root)
    _without_padding(root)
    _give_order(root, text)
    _give_records(root, dict(_RECORD.findall(text)))
    return root, wrongs


def _score_of_kern(text: str) -> Element:
    with blamed_on_the_file("converter21"), _quietly():
        from converter21.humdrum.humdrumfile import HumdrumFile
        from music21 import musicxml, stream

        file = HumdrumFile()
        file.readString(_RECORDS.sub("", text))  # converter21 4.0 gives them to an older music21
        score = file.createMusic21Stream()
        if not isinstance(score, stream.Score):
            raise UnreadablePieceError("no score in it")
        exporter = musicxml.m21ToXml.GeneralObjectExporter(score)
        return ElementTree.fromstring(exporter.parse())


def _without_padding(root: Element) -> None:
    """Remove the hidden rests that music21 writes behind the end of short measures."""
    for measures in zip_longest(*(part.findall("measure") for part in root.iterfind("part"))):
        ends, hidden = [0], []
        for measure in measures:
            now = 0
            for child in list(measure) if measure is not None else ():
                length = int(child.findtext("duration") or 0)
                if child.tag == "backup":
                    now -= length
                elif child.tag == "forward" or (
                    child.tag == "note" and child.find("chord") is None
                ):
                    now += length
                    if child.tag == "note" and child.get("print-object") == "no":
                        hidden.append((now, measure, child))
                    elif child.tag == "note":
                        ends.append(now)
        for until, measure, rest in hidden:
            length = int(rest.findtext("duration") or 0)
            if max(ends) and until - length >= max(ends) and measure is not None:
                measure.remove(rest)


def _give_order(root: Element, text: str) -> None:
    """Write out sections that come back, as the file's expansion list has them ("*>[A,B,A]")."""
    order = _EXPANSION.search(text)
    names = order[1].split(",") if order else []
    as_signs = [name for name, _ in groupby(names)]
    if len(set(as_signs)) == len(as_signs) or root.find(".//ending") is not None:
        return
    starts: dict[str, int] = {}
    number, part = "", root.find("part")
    numbers = [
        measure.get("number") for measure in (() if part is None else part.findall("measure"))
    ]
    for line in text.splitlines():
        first = line.split("\t")[0]
        if bar := _BAR_NUMBER.match(first):
            number = bar[1]
        elif label := _SECTION.match(first):
            starts[label[1]] = numbers.index(number) if number in numbers else 0
    if set(names) <= starts.keys():
        for bar_line in root.iter("barline"):
            for sign in bar_line.findall("repeat"):
                bar_line.remove(sign)
        write_out(root, names, starts)


def _give_records(root: Element, records: dict[str, str]) -> None:
    """Title and composer from a kern file's reference records."""
    title = records.get("OTL") or records.get("OPR") or ""
    if title.strip():
        element = Element("movement-title")
        element.text = title.strip()
        root.insert(0, element)
    composer = records.get("COM", "").strip()
    if composer:
        identification = root.find("identification")
        if identification is None:
            identification = Element("identification")
            root.insert(1 if title.strip() else 0, identification)
        creator = Element("creator", type="composer")
        creator.text = " ".join(reversed(composer.split(", ")))
        identification.insert(0, creator)


def _without_invented_words(root: Element) -> None:
    """Remove the title, composer and instruments that music21 writes where a file has none."""
    for name in root.iterfind("part-list//*"):
        if (name.text or "").strip() == _UNKNOWN_INSTRUMENT:
            name.text = ""
    for path in (".", "identification", "work"):
        parent = root.find(path)
        for child in list(parent if parent is not None else ()):
            if (child.text or "").strip() in _INVENTED:
                root.find(path).remove(child)  # type: ignore[union-attr]
    for credit in root.findall("credit"):
        if (credit.findtext("credit-words") or "").strip() in _INVENTED:
            root.remove(credit)


def partwise_of_abc(data: bytes) -> Element:
    """The score of the first tune in an ABC file. Raises UnreadablePieceError."""
    text = _text(data).replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"^K:", text, re.MULTILINE):
        raise UnreadablePieceError("not an ABC file (no K: field)")
    text = _ACCENTED.sub(_accented, _one_tune(text))
    text = _ENDING.sub(r"\1 [\2 ", text)
    shift = _MIDI_TRANSPOSE.search(text)
    text = _KEY.sub(lambda key: _plain_key(key) + (f" transpose={shift[1]}" if shift else ""), text)
    with blamed_on_the_file("lytk"), _quietly():
        import lytk

        scores = lytk.from_abc_tunes_string(with_annotations(text))
        root = ElementTree.fromstring(lytk.to_musicxml(scores[0])) if scores else None
    if root is None:
        raise UnreadablePieceError("no tune in it")
    give_signs(root, text)
    _give_names(root, text)
    _give_programs(root, text)
    for part in root.iterfind("part"):
        _close_ties(part)
    for grace in root.iter("grace"):  # tunes are cut by them, with and without a slash
        grace.set("steal-time-previous", "25")
    return root


def _plain_key(field: re.Match[str]) -> str:
    """A key as lytk 0.6 understands it: accidentals one by one, those of "exp" alone, a bagpipe's
    as they sound."""
    key = _BAGPIPE.sub(r"\1D", _EXPLICIT.sub(r"\1C ", field.group()))
    return _GLUED.sub(lambda found: " ".join(_ACCIDENTAL.findall(found.group())), key)


def _accented(sign: re.Match[str]) -> str:
    """A letter with an accent that is written in plain signs."""
    return normalize("NFC", sign[2] + _ACCENTS[sign[1]])


def _give_programs(root: Element, text: str) -> None:
    """The General MIDI programs of the voices, where the tune states them."""
    voice, programs = "", dict[str, int]()
    voices = list(dict.fromkeys(name for name, _ in _VOICE.findall(text)))
    for line in text.splitlines():
        if named := _VOICE.match(line):
            voice = named[1]
        elif stated := _MIDI_PROGRAM.match(line):
            programs.setdefault(voice, int(stated[1]))
    listed = root.findall("part-list/score-part")
    for number, part in enumerate(listed):
        own = voices[number] if len(voices) == len(listed) else ""
        program = programs.get(own, programs.get(""))
        if program is not None and program < 128:
            name = f"{part.get('id')}-I1"
            instrument = SubElement(part, "score-instrument", id=name)
            SubElement(instrument, "instrument-name").text = part.findtext("part-name")
            SubElement(SubElement(part, "midi-instrument", id=name), "midi-program").text = str(
                program + 1
            )


def _one_tune(text: str) -> str:
    """The text up to the second tune, with a number for the first if it has none."""
    starts = [match.start() for match in _FIRST_TUNE.finditer(text)]
    if not starts:
        return f"X:1\n{text}"
    return text[: starts[1]] if len(starts) > 1 else text


def _give_names(root: Element, text: str) -> None:
    """The names of the voices as the tune has them, instead of "Part 1"."""
    names: dict[str, str] = {}
    for voice, rest in _VOICE.findall(text):
        named = _VOICE_NAME.search(rest)
        if named or voice not in names:
            names[voice] = (named.group(1) or named.group(2)) if named else names.get(voice, "")
    listed = root.findall("part-list/score-part/part-name")
    known = list(names.values())
    for number, element in enumerate(listed):
        if len(known) == len(listed):
            element.text = known[number]
        elif (element.text or "").startswith("Part "):
            element.text = ""


def _close_ties(part: Element) -> None:
    """The ends of ties, of which lytk 0.6 writes the beginnings alone: at the next note of the
    pitch in the voice."""
    waiting: dict[tuple[str, ...], bool] = {}
    for note in part.iter("note"):
        pitch = note.find("pitch")
        if pitch is None:
            continue
        place = (
            note.findtext("voice") or "",
            *(pitch.findtext(tag) or "0" for tag in ("step", "alter", "octave")),
        )
        kinds = {tie.get("type") for tie in note.iterfind("tie")}
        if waiting.pop(place, False) and "stop" not in kinds:
            duration = note.find("duration")
            at = list(note).index(duration) + 1 if duration is not None else len(note)
            note.insert(at, Element("tie", type="stop"))
            notations = note.find("notations")
            if notations is None:
                notations = SubElement(note, "notations")
            notations.insert(0, Element("tied", type="stop"))
        if "start" in kinds:
            waiting[place] = True


def _text(data: bytes) -> str:
    if not data.strip():
        raise UnreadablePieceError("the file is empty")
    return data.decode(charset_of([data]) or "latin-1", "replace").lstrip("\ufeff")


@contextmanager
def blamed_on_the_file(reader: str) -> Iterator[None]:
    """Readers raise whatever they stumble over."""
    try:
        yield
    except UnreadablePieceError:
        raise
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise UnreadablePieceError(f"{reader} cannot read it ({reason})") from None


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what readers print, and with room for how deep they go."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _NEEDS_RECURSION))
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.setrecursionlimit(limit)
