"""Self-test and facts for the pages. What does the work is loaded when it is first wanted: most days nobody commissions anything."""

from collections.abc import AsyncGenerator
from pathlib import Path

from chargepoint.cli import digest
from chargepoint.commissioning.guide import With
from chargepoint.commissioning.guiding import Switch, Told
from chargepoint.commissioning.report import Facts
from chargepoint.commissioning.steps import Step
from chargepoint.web.commissioning.ports import CommissioningPorts


def commissioning_ports(config: Path, state_dir: Path) -> CommissioningPorts:
    """Of this station."""

    def steps(evse: int | None) -> AsyncGenerator[Step, None]:
        from chargepoint.cli import commissioning

        return commissioning.steps(config, state_dir, evse)

    def guided(evse: int, kind: With, switch: Switch) -> AsyncGenerator[Told, None]:
        from chargepoint.cli import commissioning

        return commissioning.guided(config, state_dir, evse, kind, switch)

    def facts() -> Facts:
        from chargepoint.cli import station_facts

        return station_facts.facts(config, state_dir)

    return CommissioningPorts(steps=steps, guided=guided, facts=facts, digest=lambda: digest.of(config))
