"""Pure decisions of ml: probabilities and features from plain values."""
