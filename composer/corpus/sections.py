"""Sections that are played in an order which repeat signs cannot say: written out."""

from __future__ import annotations

from copy import deepcopy
from xml.etree.ElementTree import Element, tostring

_STATED = ("divisions", "key", "time", "staves", "clef", "transpose")


def write_out(root: Element, names: list[str], starts: dict[str, int]) -> None:
    """Write out the measures of a score as its sections of these names are played; `starts` are the
    measures (from 0) where they begin. What is before the first of them comes once."""
    for part in root.iterfind("part"):
        measures = part.findall("measure")
        states = _states(measures)
        edges = [*sorted(starts.values()), len(measures)]
        order = list(range(edges[0]))
        for name in names:
            order += range(starts[name], edges[edges.index(starts[name]) + 1])
        for measure in measures:
            part.remove(measure)
        before = -1
        for number, place in enumerate(order, 1):
            measure = deepcopy(measures[place])
            measure.set("number", str(number))
            if place != before + 1:
                _restate(measure, states[place], states[before + 1])
            part.append(measure)
            before = place


def _states(measures: list[Element]) -> list[dict[tuple[str, str], Element]]:
    """Signature, meter, clefs before each measure, and behind the last."""
    now: dict[tuple[str, str], Element] = {}
    states = [now]
    for measure in measures:
        now = dict(now)
        for attributes in measure.iterfind("attributes"):
            now |= {
                (child.tag, child.get("number", "")): child
                for child in attributes
                if child.tag in _STATED
            }
        states.append(now)
    return states


def _restate(
    measure: Element,
    wanted: dict[tuple[str, str], Element],
    there: dict[tuple[str, str], Element],
) -> None:
    attributes = Element("attributes")
    for key in sorted(wanted, key=lambda key: (_STATED.index(key[0]), key[1])):
        if key not in there or tostring(there[key]) != tostring(wanted[key]):
            attributes.append(deepcopy(wanted[key]))
    if len(attributes):
        measure.insert(0, attributes)
