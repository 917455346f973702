"""The studio: one local page where people and the engine compose together, and its REST interface.

The page adds nothing that the library cannot do: all music is made by its public verbs. Only the
processes load the model; the server itself starts at once.

crowd.py       who takes part in a show: a dot of mood each, and a vote
engine.py      one process that composes, a queue before it, how long who waits will wait
events.py      what happened, to every page that listens
guard.py       who may ask: a page of this server on this machine, or who has the token
openapi.py     the REST interface as a table, and as an OpenAPI document made of it
page/          the page: plain JavaScript modules, one style sheet, one table of texts
plain.py       pieces and versions as JSON
stage.py       a show: music that goes on, phrase by phrase, as an audience turns it
studio.py      what all addresses share: works, pieces, the engine, two renderers, events
tasks.py       what is done inside such a process: music made, heard, engraved, written and read
vocabulary.py  all names that can be chosen, for menus
web_server.py  the addresses and what they answer; `serve` runs it
works.py       sessions in the studio's folder, each change written at once and whole
"""
