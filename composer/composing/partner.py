"""Composing together: the partner verbs. One operation, other given fields, a file for each."""

from composer.composing.arranging import arrange
from composer.composing.continuing import continue_piece
from composer.composing.harmonizing import harmonize
from composer.composing.infilling import infill
from composer.composing.varying import vary

__all__ = ["arrange", "continue_piece", "harmonize", "infill", "vary"]
