"""Rain alert: real, from NOAA, in the package vega_datasets."""

from __future__ import annotations

import pandas as pd


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


FILES = {"weather.csv": rain_alert}
