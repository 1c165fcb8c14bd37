"""How a supply is judged: transfer, suites made from contracts, drift, the report."""
