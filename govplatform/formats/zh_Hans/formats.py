"""Numbers in groups of three, as accounts in Chinese are printed; Django groups by four without a mark."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
