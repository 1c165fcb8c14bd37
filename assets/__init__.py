"""The asset graph: supplies, models, checks, profile. Declares; computing is for `expectations` and
`profiles`.
"""
