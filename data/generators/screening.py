"""Screening: real, the breast cancer data of UCI (CC BY 4.0), in scikit-learn."""

from __future__ import annotations

import pandas as pd


def screening() -> pd.DataFrame:
    """Measurements of cell nuclei, and the diagnosis."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer(as_frame=True)
    table = bunch.data.rename(columns=lambda name: name.replace(" ", "_"))
    table.insert(0, "sample", range(1, len(table) + 1))
    table["diagnosis"] = bunch.target.map({0: "malignant", 1: "benign"})
    return table


FILES = {"samples.csv": screening}
