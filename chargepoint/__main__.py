"""``python -m chargepoint`` is the program ``chargepoint``."""

import sys

from chargepoint.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
