"""The same records to the byte: however many at a time, by either engine, by a cluster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlpdm_kit import shipped
from mlpdm_kit.run.batch import decide_all
from mlpdm_kit.run.engine import can_fork
from mlpdm_kit.run.result import Settings

from .test_cluster import Cluster, records

CASES = ("agent-moods", "chatbot", "churn", "invoice-extraction", "rain-alert", "small-one-first")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::Warning")  # of kernels and of Dask, as processes end
@pytest.mark.skipif(not can_fork(), reason="no fork here")
def test_records_are_the_same_to_the_byte(tmp_path: Path) -> None:
    cases = [shipped.cases() / name for name in CASES]
    plain = Settings(draws=1024)
    found: dict[str, dict[str, bytes]] = {}

    def decide(name: str, settings: Settings, jobs: int = 2, scheduler: str = "") -> None:
        out = tmp_path / name
        results = decide_all(cases, out=out, jobs=jobs, settings=settings, scheduler=scheduler)
        assert [result.state for result in results] == ["done"] * len(cases), results
        found[name] = records(out)

    for jobs in (1, 2, 4):
        decide(f"jobs-{jobs}", plain, jobs)
    decide("papermill", replace(plain, engine="papermill"))
    cluster = Cluster(tmp_path)
    try:
        cluster.worker()
        cluster.worker()
        decide("cluster", plain, scheduler=cluster.address)
    finally:
        cluster.end()
    assert len(found["jobs-1"]) == 3 * len(cases) + 3
    assert all(one == found["jobs-1"] for one in found.values()), {
        name: [file for file in one if one[file] != found["jobs-1"][file]]
        for name, one in found.items()
    }
