"""Rows to weights.

augment.py       what a crop may become: with fewer parts, at another tempo, with fewer fields known
batches.py       batches for training: crops in the common key, fields dropped, some given, packed
                 into lines
given_blocks.py  crops with something given: bars on both sides, some parts, or both; the rest is to
                 be written
held_out.py      bits per note of music that was never trained on
muon.py          muon: momentum whose update is made orthogonal, for matrices inside a network
recipe.py        recipes: everything that decides what is trained, in one data file
sketches.py      crops with a sketch: of every bar its bar, plan and chord rows
train.py         the training loop: batches in, a checkpoint out; stops and goes on where it stopped
train_critic.py  windows to a critic: who wrote a passage, people or a model, and in which style and
                 mood
workers.py       several processes that train one model
"""
