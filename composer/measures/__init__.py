"""How good: each file validates, measures, evaluates."""
