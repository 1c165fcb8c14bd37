"""The identifier screen: finds what identifies a child in any CSV file, and tells it by count and
column, never by cell.
"""
