"""``python -m staffcalc`` is the command ``staffcalc``."""

from staffcalc.cli import main

if __name__ == "__main__":
    main()
