"""Exported tables (CSV, Parquet, rows in JSON) to documents: one row, one call."""
