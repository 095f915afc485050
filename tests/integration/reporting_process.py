"""A process that takes in reports one after the other and prints each one it was told is kept.

Run by the kill tests: python -m tests.integration.reporting_process HOME DATABASE_URL REDIS_URL NAME
"""

import sys
from pathlib import Path

from tests.factories import a_risk_arrival
from ticketing.bootstrap import build
from ticketing.settings import Settings

REPORTS = 10_000


def main() -> None:
    """Report until killed."""
    home, database_url, redis_url, name = sys.argv[1:]
    secret = "a-secret-for-tests-only-0123456789abcdef"
    runtime = build(Settings(home=Path(home), database_url=database_url, redis_url=redis_url, secret=secret))
    for index in range(REPORTS):
        said = f"{name}-{index}"
        runtime.intake.receive(a_risk_arrival(peer=said, external_id=said))
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
