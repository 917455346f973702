"""Numbers in, logits out; knows no music.

checkpoint.py    a model of torch in one file: safetensors with its shape, its tables and where it
                 comes from
critic.py        a small network that hears a few bars, in torch, for training
listener.py      a trained critic where pieces are judged: rows in, logits out, in numpy
onnx_writer.py   a graph of operators as an ONNX file in memory, which onnxruntime reads
runtime.py       a trained row transformer where pieces are written: numbers in, logits out, without
                 torch
sizes.py         how large a model is, and where the values of each field lie in its tables
surprise.py      how much a model is surprised by rows that are there
transformer.py   a decoder-only transformer over rows of small numbers, in torch, for training
trunk.py         the layers of a row transformer as graphs for onnxruntime
weights_file.py  a file of weights read without torch: safetensors, whose numbers become float32
"""
