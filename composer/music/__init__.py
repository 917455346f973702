"""What a piece is: frozen values in whole ticks, and the words people use for them."""
