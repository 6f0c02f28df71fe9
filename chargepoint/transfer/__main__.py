"""``python -m chargepoint.transfer``"""

import sys

from chargepoint.transfer.main import main

sys.exit(main())
