"""``trunkline new``: the files with which something new begins."""
