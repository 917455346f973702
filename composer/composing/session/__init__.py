"""Many steps on one piece: versions, locks, one file.

editing.py       notes drawn, moved and deleted by hand, as values that a session keeps
locks.py         locks on bars and parts: what is locked comes back note for note, whatever is
                 written beside
session.py       working on a piece over many steps: versions, undo and redo, branches, locks, one
                 small file
session_file.py  a session in one small file: JSON of versions, steps and locks, compressed
source_file.py   what a file said beside its notes, for the file of a session
steps.py         one step of a session: a public verb by name, its arguments, a seed, and locks
tree.py          versions of a piece as a tree: undo goes to the parent, redo to the child that one
                 came from
"""
