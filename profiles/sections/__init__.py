"""The sections of the report: one module each, which turns labels into blocks."""
