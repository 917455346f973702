"""For programs that talk to other programs: tools of the Model Context Protocol."""
