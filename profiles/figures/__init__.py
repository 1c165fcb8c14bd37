"""The exact figures: how each is declared, counted and given its intervals. Nothing here is
drawn.
"""
