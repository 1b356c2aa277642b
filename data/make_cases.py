"""Makes the data files of the case library again from the packages they come from.

    python data/make_cases.py [FOLDER]

Needs ``vega_datasets`` and ``scikit-learn``; a test runs it and compares the bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

CASES = Path(__file__).parent / "cases"


def rain_alert() -> pd.DataFrame:
    """Seattle's weather by day; what is known in the evening, and whether it rains next day."""
    from vega_datasets import data

    days = data.seattle_weather().sort_values("date").reset_index(drop=True)
    table = pd.DataFrame(
        {
            "date": days["date"].dt.strftime("%Y-%m-%d"),
            "rain_mm": days["precipitation"],
            "rain_mm_day_before": days["precipitation"].shift(1),
            "temp_max": days["temp_max"],
            "temp_min": days["temp_min"],
            "wind": days["wind"],
            "month": days["date"].dt.month,
            "rain_tomorrow": (days["precipitation"].shift(-1) > 0).map({True: "yes", False: "no"}),
        }
    )
    # the first day has no day before it, the last no tomorrow
    return table.iloc[1:-1].reset_index(drop=True)


def screening() -> pd.DataFrame:
    """Measurements of cell nuclei, and the diagnosis."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer(as_frame=True)
    table = bunch.data.rename(columns=lambda name: name.replace(" ", "_"))
    table.insert(0, "sample", range(1, len(table) + 1))
    table["diagnosis"] = bunch.target.map({0: "malignant", 1: "benign"})
    return table


def progression() -> pd.DataFrame:
    """Ten measurements of diabetes patients, and the progression score a year later."""
    from sklearn.datasets import load_diabetes

    names = {"s1": "cholesterol", "s2": "ldl", "s3": "hdl", "s4": "cholesterol_per_hdl",
             "s5": "log_triglycerides", "s6": "glucose", "bp": "blood_pressure",
             "target": "progression"}  # fmt: skip
    table = load_diabetes(as_frame=True, scaled=False).frame.rename(columns=names)
    table["sex"] = table["sex"].map({1.0: "a", 2.0: "b"})
    return table


MAKERS = {
    "rain-alert/weather.csv": rain_alert,
    "screening/samples.csv": screening,
    "progression/patients.csv": progression,
}


def main(folder: Path = CASES) -> None:
    """Write every data file below a folder."""
    for name, make in MAKERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make().to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CASES)
