"""Disclosure control: exact figures become labels here, once, and nothing that draws sees anything
else.
"""
