"""From an agency's identifiable exports to its extract, at the agency. Nothing here runs where
extracts are joined.
"""
