"""Programs people start."""
