"""Progression: real, the diabetes data of Efron et al. (2004), in scikit-learn."""

from __future__ import annotations

import pandas as pd


def progression() -> pd.DataFrame:
    """Ten measurements of diabetes patients, and the progression score a year later."""
    from sklearn.datasets import load_diabetes

    names = {"s1": "cholesterol", "s2": "ldl", "s3": "hdl", "s4": "cholesterol_per_hdl",
             "s5": "log_triglycerides", "s6": "glucose", "bp": "blood_pressure",
             "target": "progression"}  # fmt: skip
    table = load_diabetes(as_frame=True, scaled=False).frame.rename(columns=names)
    table["sex"] = table["sex"].map({1.0: "a", 2.0: "b"})
    return table


FILES = {"patients.csv": progression}
