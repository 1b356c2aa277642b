"""Running notebooks by papermill: one, or all five for each of many cases."""
