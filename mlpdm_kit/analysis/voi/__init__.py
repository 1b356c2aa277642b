"""What knowing more is worth: EVPI, EVPPI, EVSI, and what a study brings."""
