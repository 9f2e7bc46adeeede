"""Documents to calls: arrays, batch bodies, rows, and other envelopes are unwrapped."""
