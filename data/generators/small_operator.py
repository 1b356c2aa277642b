"""The customers of the churn case, half of whom have left: simulated, as its generator says."""

from __future__ import annotations

from generators.churn import customers

CASE = "flaw-base-rate"
FILES = {"customers.csv": customers}
