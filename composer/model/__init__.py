"""Numbers in, logits out; knows no music.

checkpoint.py   a model in one file: safetensors with its shape, its tables and where it comes from
critic.py       a small network that hears a few bars: numbers in, logits out
transformer.py  a decoder-only transformer over rows of small numbers
"""
