"""``python -m rlvr``."""

from rlvr.cli import main

main()
