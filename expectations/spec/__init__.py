"""What is sent to an agency: the specification page, blank templates, a workbook and
machine-readable schemas, all from the contracts.
"""
