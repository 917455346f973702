"""SVG pages to PDF and PNG through typst."""

from __future__ import annotations

from typing import Any


def typeset(document: str, pictures: dict[str, str], **options: Any) -> list[bytes]:
    """The files that typst makes of a document and the SVG pictures it names; one for a PDF."""
    import typst

    sources: Any = {"main.typ": document.encode()}
    sources.update({name: picture.encode() for name, picture in pictures.items()})
    made = typst.compile(sources, **options)
    return [made] if isinstance(made, bytes) else list(made)
