"""Redaction: finds personal data and secrets in whatever is shown, and masks them."""
