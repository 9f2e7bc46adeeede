"""Bytes to calls: finds inputs, opens and inflates them, recognises what they hold, takes calls out of envelopes."""
