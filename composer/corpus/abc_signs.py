"""What stands in an ABC tune that lytk 0.6 passes over: part orders, jumps, endings of several
passes, how often a repeat is played.

Each is put into the tune as an annotation, which lytk hands on as words at the next note, and from
there into the score as the sign that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement

from composer.corpus.sections import write_out

_MOST_SECTIONS = 256
_BAR_LINE = r"(?=\s*(?:[|:\]]|\[\||$))"
_JUMP = re.compile(
    r"[!+](D\.C\.|D\.S\.|D\.C\.alfine|D\.C\.alcoda|D\.S\.alfine|D\.S\.alcoda|dacapo|dacoda|fine|segno|"
    rf"coda)[!+]({_BAR_LINE})?",
    re.MULTILINE,
)
_ENDING = re.compile(r"([|\[]\s*)(\d(?:[,-]\d)+)")
_TIMES = re.compile(r":{2,}(?=\|)")
_PART = re.compile(r"^P:[ \t]*([A-Za-z])[^\n]*$|\[P:[ \t]*([A-Za-z])[^\]\n]*\]", re.MULTILINE)
_ORDER = re.compile(r"^P:([^\n%]*)", re.MULTILINE)
_FIRST_KEY = re.compile(r"^K:[^\n]*\n?", re.MULTILINE)
_SIGN = "\N{SECTION SIGN}"
_WORDS = {
    "dacapo": "D.C.", "D.C.alfine": "D.C. al Fine", "D.C.alcoda": "D.C. al Coda",
    "D.S.alfine": "D.S. al Fine", "D.S.alcoda": "D.S. al Coda", "dacoda": "To Coda", "fine": "Fine",
}  # fmt: skip


def with_annotations(tune: str) -> str:
    """The text of a tune with an annotation for each sign that lytk does not read."""
    key = _FIRST_KEY.search(tune)
    if key is None:
        return tune
    head, body = tune[: key.end()], tune[key.end() :]
    body = _PART.sub(lambda part: f'"^{_SIGN}part {part[1] or part[2]}"', body)
    body = _ENDING.sub(
        lambda ending: f'{ending[1]}{ending[2][0]}"^{_SIGN}ending {_passes(ending[2])}"', body
    )
    body = _TIMES.sub(lambda dots: f'"^{_SIGN}<times {len(dots[0]) + 1}":', body)
    body = _JUMP.sub(lambda jump: f'"^{_SIGN}{"<" if jump[2] is not None else ""}{jump[1]}"', body)
    return head + body


def _passes(numbers: str) -> str:
    """The passes of an ending, "1-3" as "1,2,3"."""
    found: list[int] = []
    for part in numbers.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return ",".join(map(str, found))


def give_signs(root: Element, tune: str) -> None:
    """Turn the annotations of a score back into signs, and play its parts in the order stated."""
    parts: dict[str, int] = {}
    codas: list[Element] = []
    for part in root.iterfind("part"):
        measures = part.findall("measure")
        for place, direction, sign in list(_annotations(measures)):
            word, _, value = sign.partition(" ")
            if word == "part":
                parts.setdefault(value, place)
                _print(direction, "rehearsal", value)
                measures[place].insert(0, direction)
            elif word == "ending":
                _number_endings(measures[place:], value)
            elif word == "times":
                for repeat in measures[place].iterfind("barline/repeat[@direction='backward']"):
                    repeat.set("times", value)
            else:
                _put_jump(direction, word, measures[place])
                codas += [direction] if word == "coda" else []
    for coda in codas[:-1]:  # of several the last is where one goes
        for sound in coda.iterfind("sound"):
            sound.attrib = {"tocoda": "coda"}
    head = tune[: _FIRST_KEY.search(tune).start()]  # type: ignore[union-attr]
    order = _ORDER.search(head)
    names = _spelled_out(order[1]) if order else []
    if names and set(names) <= parts.keys():
        write_out(root, names, parts)


def _annotations(measures: list[Element]) -> Iterator[tuple[int, Element, str]]:
    """The annotations of ours, taken out: the measure that each belongs to, and what it says."""
    for place, measure in enumerate(measures):
        for at, child in reversed(list(enumerate(measure))):
            words = (child.findtext("direction-type/words") or "").strip()
            if child.tag != "direction" or not words.startswith(_SIGN):
                continue
            measure.remove(child)
            is_before = any(other.tag == "note" for other in measure[:at])
            is_behind = any(other.tag == "note" for other in measure[at:])
            if words[1:2] == "<":
                yield (place if is_before else max(0, place - 1)), child, words[2:]
            else:
                yield min(place + (not is_behind), len(measures) - 1), child, words[1:]


def _print(direction: Element, tag: str, text: str = "") -> None:
    for kind in direction.findall("direction-type"):
        for child in list(kind):
            kind.remove(child)
        SubElement(kind, tag).text = text or None


def _put_jump(direction: Element, word: str, measure: Element) -> None:
    """Put a segno, coda, jump or end into its measure, as it is printed and as it is played."""
    if word in ("segno", "coda"):
        _print(direction, word)
        SubElement(direction, "sound", {word: word})
        measure.insert(0, direction)
    else:
        text = _WORDS.get(word, word)
        _print(direction, "words", text)
        kind = {"D.C.": "dacapo", "D.S.": "dalsegno", "To C": "tocoda", "Fine": "fine"}[text[:4]]
        place = {"dalsegno": "segno", "tocoda": "coda"}.get(kind, "yes")
        SubElement(direction, "sound", {kind: place})
        lines = [n for n, child in enumerate(measure) if child.tag == "barline" and n]
        measure.insert(lines[-1] if lines else len(measure), direction)


def _number_endings(measures: Iterable[Element], passes: str) -> None:
    """Give an ending, from its first measure on, the passes that play it."""
    for measure in measures:
        for ending in measure.iterfind("barline/ending"):
            ending.set("number", passes)
            if ending.get("type") != "start":
                return


def _spelled_out(order: str) -> list[str]:
    """The parts one by one: "A2(BC)2" as A A B C B C. Nothing where it cannot be read."""
    signs = re.findall(r"[A-Za-z]|\d+|[()]", order)
    levels: list[list[list[str]]] = [[]]
    for sign in signs:
        if sign == "(":
            levels.append([])
        elif sign == ")" and len(levels) > 1:
            inner = levels.pop()
            levels[-1].append([name for group in inner for name in group])
        elif sign.isdigit() and levels[-1]:
            levels[-1][-1] = levels[-1][-1] * min(int(sign), _MOST_SECTIONS)
        elif sign.isalpha():
            levels[-1].append([sign])
        if sum(len(group) for level in levels for group in level) > _MOST_SECTIONS:
            return []
    return [name for level in levels for group in level for name in group]
