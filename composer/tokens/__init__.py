"""A piece becomes rows of fields and back; the grammar says what may follow."""
