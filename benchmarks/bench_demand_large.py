"""
Large logs: read_messages against hand-written DuckDB SQL on the same file, in the same run.

    python benchmarks/bench_demand_large.py            # 200,000 rows, a few seconds
    python benchmarks/bench_demand_large.py 10000000   # the size in the documentation

On a machine that others use, read the ratio of processor times.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000

MAKE = """
COPY (
  SELECT i AS "Ticket ID",
         TIMESTAMP '2025-01-06' + INTERVAL 1 SECOND * (i * 31536000.0 / {rows})::BIGINT AS "Created at",
         ['mail', 'chat', 'phone', 'x'][1 + (hash(i) % 4)::INT] AS "Channel",
         CASE WHEN hash(i + 7) % 20 = 0 THEN 'open' ELSE 'solved' END AS "Status",
         CASE WHEN hash(i + 9) % 10 > 0 THEN round(1 + (hash(i + 11) % 1000000) / 300.0, 1) END
           AS "First reply time in minutes"
  FROM range({rows}) t(i)
) TO '{path}' ({options})
"""
COUNTS = """
SELECT date_trunc('hour', "Created at") AS hour, "Channel", count(*) AS n FROM '{path}' GROUP BY ALL
"""
CHECKS = """
SELECT hour, channel, sum(n), sum(n - 1) FROM (
  SELECT date_trunc('hour', "Created at") AS hour, "Channel" AS channel, "Ticket ID" AS id, count(*) AS n
  FROM '{path}' GROUP BY ALL) GROUP BY ALL;
SELECT date_trunc('minute', "Created at") AS minute, "Channel", count(*) AS n FROM '{path}' GROUP BY ALL HAVING n >= 5;
SELECT status, sum(n - 1), sum(n) FROM (
  SELECT date_trunc('hour', "Created at") AS hour, "Status" AS status, "Ticket ID" AS id, count(*) AS n
  FROM '{path}' WHERE "Created at" IS NOT NULL GROUP BY ALL) GROUP BY ALL;
SELECT "Channel", ceil("First reply time in minutes") AS minutes, count(*) AS n
  FROM '{path}' WHERE year("Created at") >= 1990 GROUP BY ALL;
"""
OURS = """
import resource, sys, time
import staffcalc as sc
sc.read_messages(sys.argv[3], timezone="UTC", checks=False)
times = []
for _ in range(3):
    start, work = time.perf_counter(), time.process_time()
    history = sc.read_messages(sys.argv[1], timezone="UTC", checks=sys.argv[2] == "all")
    times.append((time.perf_counter() - start, time.process_time() - work))
print(*map(min, zip(*times)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, history.messages)
"""


def by_hand(path: Path, sql: str) -> tuple[float, float]:
    """Run hand-written statements on a fresh connection with the same memory limit: time and processor time. [s]"""
    start, work = time.perf_counter(), time.process_time()
    connection = duckdb.connect(config={"memory_limit": "600MB"})
    connection.execute("SET preserve_insertion_order = false")
    for statement in sql.format(path=path).split(";"):
        if statement.strip():
            connection.sql(statement).df()
    return time.perf_counter() - start, time.process_time() - work


def main() -> None:
    """Print one line a format: seconds by hand, seconds of staffcalc, their ratio, peak memory."""
    print(f"{ROWS:,} rows; seconds by hand and of staffcalc, best of three, same file, same run")
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.parquet"
        duckdb.connect().execute(MAKE.format(rows=1000, path=small, options="FORMAT parquet"))
        for ending, options in (("parquet", "FORMAT parquet"), ("csv", "HEADER")):
            path = Path(folder) / ending / f"log.{ending}"
            path.parent.mkdir()
            duckdb.connect().execute(MAKE.format(rows=ROWS, path=path, options=options))
            print(f"{ending} {path.stat().st_size / 2**20:.0f} MB")
            by_hand(path, COUNTS)  # both sides have their modules loaded and the file in the cache
            for name, sql in (("counts", COUNTS), ("all", CHECKS)):
                command = [sys.executable, "-c", OURS, str(path.parent), name, str(small)]
                out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                seconds, work, memory, messages = (float(part) for part in out.split())
                hand, hand_work = map(min, zip(*(by_hand(path, sql) for _ in range(3)), strict=True))
                assert messages <= ROWS
                print(
                    f"  {name:7} by hand {hand:6.2f} s  staffcalc {seconds:6.2f} s  "
                    f"ratio {seconds / hand:4.2f}, of processor time {work / hand_work:4.2f}  peak {memory:5.0f} MB"
                )
    print(f"own peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
