"""The ladder tried on the case's data, on rows that were not fitted on."""
