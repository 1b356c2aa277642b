"""How fast the kit is against what else there is: `python -m tests.benchmarks`."""
