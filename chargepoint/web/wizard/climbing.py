"""The way to the CSMS of a candidate, as a sight that grows by a rung at a time."""

from collections.abc import AsyncGenerator

from chargepoint.domain.findings import Finding
from chargepoint.inquiry.trial import Row, Sight
from chargepoint.web.wizard.ports import Tree, WizardPorts

JUDGED = {"passed": True, "failed": False}


async def climbed(ports: WizardPorts, tree: Tree) -> AsyncGenerator[Sight, None]:
    """Each rung as soon as it is known, with a remedy where it needs one."""
    rows: list[Row] = []
    failed = ""
    async for finding in ports.reach(tree):
        failed = failed or finding.name * (finding.state == "failed")
        if finding.name != "boot":  # no station has said anything yet
            rows.append(_rung(finding))
            yield Sight(state="waiting", text="The way to the CSMS is being tried, rung by rung.", rows=tuple(rows))
    if failed or not rows:
        yield Sight(state="bad", text=f"The CSMS is not reached{f': {failed} fails, see there' * bool(failed)}.", rows=tuple(rows))
    else:
        yield Sight(state="good", text="The CSMS takes the connection.", rows=tuple(rows))


def _rung(finding: Finding) -> Row:
    remedy = f" {finding.remedy}" if finding.remedy and finding.state in ("failed", "warning", "not known") else ""
    code = f" ({finding.code})" if finding.code else ""
    return Row(title=finding.name, value=f"{finding.text}{code}.{remedy}", good=JUDGED.get(finding.state))
