"""A score as MEI 5, the format of libraries and musicologists, by verovio."""

from __future__ import annotations

from composer.errors import RequestError
from composer.rendering.pages.engraving import new_toolkit


def mei_text(musicxml: str) -> str:
    """The text of an `.mei` file with what a MusicXML text says, the whole as one score.

    Raises `RequestError` where verovio cannot read it.
    """
    import verovio

    toolkit = new_toolkit()
    toolkit.setOptions({"xmlIdSeed": 1})
    verovio.enableLog(verovio.LOG_OFF)
    if not toolkit.loadData(musicxml):
        raise RequestError("this MusicXML cannot be turned into MEI; check that it is a whole file")
    return str(toolkit.getMEI({"pageNo": 0, "scoreBased": True}))
