"""For programs that talk to other programs: tools of the Model Context Protocol.

server.py  tools of the Model Context Protocol: compose, rewrite, render, describe, and the names
           there are
"""
