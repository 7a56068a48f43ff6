"""The command line: python -m verifiers --help."""

import sys

from verifiers.cli import main

sys.exit(main())
