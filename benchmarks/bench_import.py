"""What ``import staffcalc`` costs beside ``import pandas``, each in a fresh process, best of several, in one run."""

from __future__ import annotations

import subprocess
import sys
import time

REPEATS = 7


def seconds(statement: str) -> float:
    """Return the shortest wall time of a fresh interpreter that runs ``statement``, in seconds."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print the three times and the ratio that the project promises to keep below one half."""
    bare = seconds("pass")
    house = seconds("import staffcalc") - bare
    pandas = seconds("import pandas") - bare
    print(f"bare interpreter  {bare:7.3f} s")
    print(f"import staffcalc  {house:7.3f} s")
    print(f"import pandas     {pandas:7.3f} s")
    print(f"ratio             {house / pandas:7.3f}  (promised: below 0.5)")
    if house / pandas >= 0.5:
        sys.exit("import staffcalc costs half of import pandas or more")


if __name__ == "__main__":
    main()
