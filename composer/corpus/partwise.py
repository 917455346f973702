"""The bytes of a MusicXML file to a partwise tree that every reader takes in the same way.

Compressed or not, in any encoding, timewise or partwise, cut off or damaged at the end: what can be
read is. Measures that are a repeat sign get their notes, transpositions the `<diatonic>` that many
readers demand, a bar that is shorter than those beside it a silence up to their end.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from composer.corpus.midi_reading import MOST_BYTES
from composer.corpus.texts import charset_of
from composer.errors import UnreadablePieceError
from composer.music.keys import DIATONIC_STEPS

MOST_UNPACKED_BYTES = 4 * MOST_BYTES
_LOCAL_FILE = b"PK\x03\x04"
_ROOT = re.compile(rb"<score-(?:partwise|timewise)\b")
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?\?>", re.DOTALL)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")
_WIDE = {b"<\0?\0": b"\xff\xfe", b"\0<\0?": b"\xfe\xff"}
"""How text of two bytes a letter begins that lacks its mark, and that mark."""
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHUNK_BYTES = 1 << 16
_TIMED = ("note", "backup", "forward")


def partwise_tree(data: bytes, *, is_packed: bool) -> tuple[Element, list[str]]:
    """The `<score-partwise>` of a file, and in words what was wrong with it.

    Raises UnreadablePieceError where there is no score in it.
    """
    wrongs: list[str] = []
    if data[:4] == _LOCAL_FILE or (is_packed and not data.lstrip().startswith(b"<")):
        data = _unpacked(data, wrongs)
    if not data.strip():
        raise UnreadablePieceError("the file is empty")
    root = _parsed(data, wrongs)
    if root.tag == "score-timewise":
        root = _partwise(root)
    if root.tag != "score-partwise":
        raise UnreadablePieceError(f"no MusicXML score: it begins with <{root.tag[:40]}>")
    return mended(root), wrongs


def mended(root: Element) -> Element:
    """A partwise score with what other readers miss: see the head of this file."""
    from composer.corpus.partwise_marks import (
        give_clef,
        give_marks,
    )  # which counts time as this file does

    for part in root.iterfind("part"):
        _fill_in_repeats(part)
    for transpose in root.iter("transpose"):
        _fill_in_diatonic(transpose)
    _fill_up_measures(root)
    for part in root.iterfind("part"):
        give_marks(part)
        give_clef(part)
    return root


def _unpacked(data: bytes, wrongs: list[str]) -> bytes:
    """The score inside a compressed file; of a damaged one, what comes out of it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            name = _score_inside(archive)
            if archive.getinfo(name).file_size > MOST_UNPACKED_BYTES:
                limit = MOST_UNPACKED_BYTES // 10**6
                raise UnreadablePieceError(f"unpacks to more than {limit} megabytes")
            return archive.read(name)
    except UnreadablePieceError:
        raise
    except Exception:  # zipfile raises whatever it stumbles over
        found = max(_salvaged(data), key=len, default=b"")
        if not found:
            raise UnreadablePieceError("not a compressed MusicXML file") from None
        wrongs.append("a damaged archive")
        return found


def _score_inside(archive: zipfile.ZipFile) -> str:
    """The name of the score: what the container names first, else the first that may be one."""
    inside = [name for name in archive.namelist() if not name.startswith(("META-INF", "__MACOSX"))]
    scores = [name for name in inside if name.lower().endswith((".xml", ".musicxml"))]
    try:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        stated = [file.get("full-path", "") for file in container.iter() if "rootfile" in file.tag]
    except (KeyError, ElementTree.ParseError):
        stated = []
    for name in (*stated, *scores):
        if name in inside:
            return name
    raise UnreadablePieceError("a compressed MusicXML file without a score in it")


def _salvaged(data: bytes) -> Iterator[bytes]:
    """The scores whose beginning is still there, by the headers before each file."""
    position = data.find(_LOCAL_FILE)
    while position >= 0 and len(data) >= position + 30:
        method, name_length, more = struct.unpack("<H16xHH", data[position + 8 : position + 30])
        start = position + 30 + name_length + more
        content = data[start:]
        if method == zipfile.ZIP_DEFLATED:
            content = _inflated(content)
        if b"<score-partwise" in content[:4096] or b"<score-timewise" in content[:4096]:
            yield content[:MOST_UNPACKED_BYTES]
        position = data.find(_LOCAL_FILE, position + 4)


def _inflated(packed: bytes) -> bytes:
    """As much as can be inflated of damaged data."""
    stream = zlib.decompressobj(-15)
    found = bytearray()
    try:
        for start in range(0, len(packed), 16):
            found += stream.decompress(packed[start : start + 16])
            if stream.eof or len(found) > MOST_UNPACKED_BYTES:
                break
    except zlib.error:
        pass
    return bytes(found)


def _parsed(data: bytes, wrongs: list[str]) -> Element:
    """The tree of a text, up to where it stops being XML."""
    parser: Any = ElementTree.XMLPullParser(events=("start",))
    root: Element | None = None
    try:
        for chunk in _decodable(data, wrongs):
            parser.feed(chunk)
            root = _first(parser) if root is None else root
        parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        root = _first(parser) if root is None else root
        root = _recovered(data) or root
        if root is None or next(root.iter("measure"), None) is None:
            raise UnreadablePieceError(f"no XML ({_plain(error)})") from None
        wrongs.append(f"broken XML ({_plain(error)})")
    if root is None:
        raise UnreadablePieceError("no XML in it")
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root


def _recovered(data: bytes) -> Element | None:
    """What libxml2 makes of broken XML, reading on behind each mistake, without a broken head."""
    from lxml import etree

    body = data[declaration.end() :] if (declaration := _DECLARATION.match(data)) else data
    if root := _ROOT.search(body):
        body = body[root.start() :]
    elif (listed := body.find(b"<part-list")) >= 0:
        body = b"<score-partwise>" + body[listed:]
    text = body.decode(charset_of([body]) or "latin-1", "replace")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(_FORBIDDEN.sub("", text).encode(), parser)
        return None if tree is None else ElementTree.fromstring(etree.tostring(tree))
    except (etree.LxmlError, ElementTree.ParseError, ValueError):
        return None


def _first(parser: Any) -> Element | None:
    try:
        found = next(iter(parser.read_events()), None)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    return None if found is None else found[1]


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:100]


def _decodable(data: bytes, wrongs: list[str]) -> Iterator[bytes | str]:
    """The text in pieces that the parser takes: as bytes where it knows their encoding."""
    data = _WIDE[data[:4]] + data if data[:4] in _WIDE else data.lstrip()
    declaration = _DECLARATION.match(data)
    stated = _ENCODING.search(declaration.group()) if declaration else None
    encoding = stated.group(1).decode("ascii", "replace").lower() if stated else "utf-8"
    is_utf_16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not is_utf_16 and not _holds(data, encoding):
        guess = charset_of([data]) or "latin-1"
        wrongs.append(f"not in the encoding {encoding[:20]!r} that it states")
        text = data[declaration.end() if declaration else 0 :].decode(guess, "replace")
        data = text.encode("utf-8")
    elif not is_utf_16 and encoding not in ("utf-8", "us-ascii", "ascii", "iso-8859-1"):
        text = data[declaration.end() if declaration else 0 :].decode(encoding)
        data = text.encode("utf-8")
    for start in range(0, len(data), _CHUNK_BYTES):
        yield data[start : start + _CHUNK_BYTES]


def _holds(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (LookupError, ValueError):
        return False
    return True


def _partwise(root: Element) -> Element:
    """A timewise score part by part; one that is left out of a measure is silent there."""
    score = Element("score-partwise", dict(root.attrib))
    for child in root:
        if child.tag != "measure":
            score.append(child)
    names = dict.fromkeys(part.get("id", "") for part in root.iterfind("measure/part"))
    parts = {name: Element("part", id=name) for name in names}
    for measure in root.iterfind("measure"):
        own = {name: SubElement(part, "measure", measure.attrib) for name, part in parts.items()}
        for part in measure.iterfind("part"):
            own[part.get("id", "")].extend(list(part))
    score.extend(parts.values())
    return score


def _fill_in_repeats(part: Element) -> None:
    """The notes of measures that are a repeat sign for the one, two or four before; the signs end
    where they say so, or with the next measure that has notes of its own."""
    measures = list(part.iterfind("measure"))
    span = 0
    for number, measure in enumerate(measures):
        begins = False
        for style in measure.findall("attributes/measure-style"):
            sign = style.find("measure-repeat")
            if sign is None:
                continue
            begins = True
            span = 0 if sign.get("type") == "stop" else _whole(sign.text, 1)
            style.remove(sign)
            _drop_if_empty(measure, style)
        is_played = any(note.find("rest") is None for note in measure.iterfind("note"))
        if is_played and not begins:
            span = 0
        if span and number >= span and not is_played:
            for element in [e for e in measure if e.tag in (*_TIMED, "harmony")]:
                measure.remove(element)
            place = _place_of_notes(measure)
            copies = [deepcopy(e) for e in measures[number - span] if e.tag in (*_TIMED, "harmony")]
            measure[place:place] = copies


def _drop_if_empty(measure: Element, style: Element) -> None:
    attributes = next(a for a in measure.iterfind("attributes") if style in list(a))
    if not len(style):
        attributes.remove(style)
    if not len(attributes):
        measure.remove(attributes)


def _place_of_notes(measure: Element) -> int:
    """Where in a measure its notes go: before the bar line on the right."""
    for place, element in enumerate(measure):
        if element.tag == "barline" and element.get("location", "right") == "right":
            return place
    return len(measure)


def _fill_in_diatonic(transpose: Element) -> None:
    if transpose.find("diatonic") is not None:
        return
    chromatic = _whole(transpose.findtext("chromatic"), 0)
    octaves, rest = divmod(abs(chromatic), 12)
    steps = (7 * octaves + DIATONIC_STEPS[rest]) * (1 if chromatic >= 0 else -1)
    diatonic = Element("diatonic")
    diatonic.text = str(steps)
    transpose.insert(0, diatonic)
    if transpose.find("chromatic") is None:
        chromatic_element = Element("chromatic")
        chromatic_element.text = "0"
        transpose.insert(1, chromatic_element)


def _fill_up_measures(root: Element) -> None:
    """Silence at the end of a measure that is shorter than that of another part."""
    parts = [list(part.iterfind("measure")) for part in root.iterfind("part")]
    lengths = [measure_lengths(measures) for measures in parts]
    for number in range(max(map(len, parts), default=0)):
        there = [
            (m[number], own[number])
            for m, own in zip(parts, lengths, strict=True)
            if number < len(m)
        ]
        longest = max(length for _, (length, _) in there)
        for measure, (length, divisions) in there:
            missing = (longest - length) * divisions
            if 0 < length < longest and missing.denominator == 1:
                forward = Element("forward")
                SubElement(forward, "duration").text = str(missing)
                measure.insert(_place_of_notes(measure), forward)


def measure_lengths(measures: list[Element]) -> list[tuple[Fraction, Fraction]]:
    """How long each measure of a part is, in quarters, and how many divisions a quarter has."""
    found = []
    divisions = Fraction(1)
    for measure in measures:
        position = furthest = Fraction(0)
        for element in measure:
            if element.tag == "attributes":
                divisions = quantity(element.findtext("divisions")) or divisions
            elif element.tag in _TIMED and element.find("chord") is None:
                if element.find("grace") is not None:
                    continue
                length = quantity(element.findtext("duration")) / divisions
                position += -length if element.tag == "backup" else length
                position = max(Fraction(0), position)
            furthest = max(furthest, position)
        found.append((furthest, divisions))
    return found


def quantity(text: str | None) -> Fraction:
    """A number of a file, never negative; 0 where it is none."""
    try:
        value = Fraction((text or "0").strip()[:20])
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
    return max(Fraction(0), value).limit_denominator(1 << 20)


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(float((text or "").strip()[:12]))
    except (ValueError, OverflowError):
        return otherwise
