"""Pseudonyms: copies of payloads, captures and logs that can be shared and give the same findings."""
