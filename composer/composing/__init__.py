"""A request becomes a piece."""
