"""Multiple systems estimation of a hidden population from capture histories. Experimental: a range
or a refusal, never a headline.

Knows nothing of children. Sources: Bales, Hesketh and Silverman 2015; Chan, Silverman and Vincent
2021; Silverman, Chan and Vincent 2024; Fienberg and Rinaldo 2012; Cormack 1992.
"""
