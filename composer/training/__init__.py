"""Pieces become a checkpoint."""
