"""MusicXML to pages, and pictures of a piece.

Engraved by verovio, turned into PDF and PNG by typst; both are imported where they are used.

chart.py        a chord chart: one page of bars with the symbols in them, as bands read it
chord_symbols.py  symbols that would run into the next one are set smaller
engraving.py    pages from MusicXML: verovio engraves SVG, typst turns it into PDF and PNG
fonts.py        words that no font at hand can draw: the wheels bring none for Chinese, Japanese and
                Korean
hidden_staves.py  staves that rest throughout a system are left out of it, and what stood over them
                is not
line_breaks.py  even lines at the end of a score, instead of full ones and a remnant
notebook.py     a piece as a cell of a notebook shows it: a table, a player, and the score
outlines.py     music characters inside the texts of verovio's SVG, drawn as outlines
page_fill.py    pages that are filled: a size of the staves that leaves no lonely system or page at
                the end
piano_roll.py   a picture of a piece: time across, pitch upwards, a colour a part, chords and
                sections above
typesetting.py  SVG pages to PDF and PNG through typst
web_page.py     the score as one web page that plays: sounding notes are coloured, a click plays
                from there
"""
