"""What tells a row of a tidy table of figures from another: exact figures and labels have the same
key.
"""

# Where a row's groups stand: at most three at once, by ward and age and sex for example; "all"
# where there are fewer.
POSITIONS = (("group_type", "group"), ("group2_type", "group2"), ("group3_type", "group3"))
GROUP_COLUMNS = tuple(column for position in POSITIONS for column in position)
KEY = ("figure", "measure", *GROUP_COLUMNS, "area_code", "period_start", "period_end")
