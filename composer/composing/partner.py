"""Composing together: the partner verbs. One operation, other given fields, a file for each."""

from composer.composing.verbs.arranging import arrange
from composer.composing.verbs.continuing import continue_piece
from composer.composing.verbs.harmonizing import harmonize
from composer.composing.verbs.infilling import infill
from composer.composing.verbs.varying import vary

__all__ = ["arrange", "continue_piece", "harmonize", "infill", "vary"]
