"""Every error this project raises on purpose.

    ComposerError                  catch this one
    ├── RequestError               a flag or an argument that cannot be met
    ├── FileError                  a file that cannot be read or written
    │   └── UnreadablePieceError   a file that is not music we can read
    ├── CorpusError                a corpus without a licence, files or a manifest
    └── CheckpointError            weights that are missing, foreign or of another format

Each message says what was given, what is allowed and what to do. The command line prints it as
one line and exits with status 2; a traceback is a bug.
"""


class ComposerError(Exception):
    """Base of every deliberate error."""


class RequestError(ComposerError):
    """A flag or an argument that cannot be met."""


class FileError(ComposerError):
    """A file that cannot be read or written."""


class UnreadablePieceError(FileError):
    """A file that is not music we can read; the message names the file and the reason."""


class CorpusError(ComposerError):
    """A corpus without a licence, files or a manifest."""


class CheckpointError(ComposerError):
    """Weights that are missing, foreign or of another event format."""
