"""What sections draw with: blocks, charts, maps, words, the page and its editions. Knows labels,
never exact figures.
"""
