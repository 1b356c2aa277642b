"""What errors cost: thresholds, calibration, and a person's review."""
