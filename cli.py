#!/usr/bin/env python3
"""Doorbell of a checkout: `python cli.py ...` does what the installed `composer ...` does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from composer.cli import main

if __name__ == "__main__":
    sys.exit(main())
