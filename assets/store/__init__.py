"""What is kept in the data folder: supplies, quarantine, reference tables, warehouse. Knows no
Dagster.
"""
