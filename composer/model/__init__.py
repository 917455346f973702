"""Numbers in, logits out; this room knows no music."""
