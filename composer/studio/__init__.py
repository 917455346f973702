"""The studio: one local page where people and the engine compose together, and its REST interface.

    server      the addresses and what they answer; `serve` runs it
    guard       who may ask: this machine, or who has the token; bounded bodies
    openapi     the description of the interface, tested against the server
    studio      what all addresses share: works, engine, renderer, events
    works       sessions in the studio's folder, each change written at once and whole
    engine      one process that composes, a queue before it, honest waiting times
    process     a process of ours that is told to do things and can be killed
    tasks       what is done inside such a process: compose, verbs, sound, score, files, uploads
    events      what happened, to every page that listens
    plain       pieces and versions as JSON
    page/       the page: plain JavaScript modules, one style sheet, one table of texts

The page adds nothing that the library cannot do: all music is made by its public verbs. Only the
processes import torch; the server itself starts at once.
"""
