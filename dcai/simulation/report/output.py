"""A run as files: Parquet for the tables, JSON for the rest, a report to read and a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dcai import files
from dcai.simulation.result import Result

# Wei have up to 112 bits, and a decimal of 38 digits holds them exactly.
_WEI = pa.decimal128(38, 0)


def write(result: Result, folder: Path) -> None:
    """Write actions.parquet, course.parquet, result.json, report.html and report.png.

    Parameters
    ----------
    result
    folder
        Made where it isn't there; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in (("actions", result.actions), ("course", result.course)):
        with files.written(folder / f"{name}.parquet") as file:
            pq.write_table(_table(frame), file, compression="zstd")
    files.write(folder / "result.json", json.dumps(result.summary(), indent=1) + "\n")
    # what is drawn comes last, and is imported then: nothing that goes wrong with it takes the data along
    from dcai.simulation.report.page import render

    files.write(folder / "report.html", render(result))
    from dcai.simulation.report.picture import draw

    draw(result, folder / "report.png")


def _table(frame: pd.DataFrame) -> Any:
    fields = [
        pa.field(name, _WEI) if "_wei" in name else pa.field(name, pa.Schema.from_pandas(frame[[name]]).types[0])
        for name in frame.columns
    ]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False)
