"""Why is it not charging? Everything that has to hold for it, in the order in which it is needed.

    control ▶ board ▶ no fault ▶ service ▶ operation ▶ upkeep ▶ reservation ▶ cable ▶ car
                                                                                       │
                      flow ◀ contactor ◀ demand ◀ allowance ◀ authorisation ◀──────────┘

``service`` is the technician's, ``operation`` the CSMS's. The first that does not hold is the answer. Pure: ``Facts`` in, sentences out.
"""

from collections.abc import Callable, Iterable

from chargepoint.domain.why import access, current
from chargepoint.domain.why.condition import Condition
from chargepoint.domain.why.facts import Answer, CardAnswer, Facts, Stage

__all__ = ["Answer", "CardAnswer", "Condition", "Facts", "Stage", "conditions", "first"]

TABLE: tuple[Callable[[Facts], Condition], ...] = (
    access.control,
    access.board,
    access.fault_free,
    access.service,
    access.operation,
    access.upkeep,
    access.reservation,
    access.cable,
    access.car,
    access.authorisation,
    current.allowance,
    current.demand,
    current.contactor,
    current.flow,
)


def conditions(facts: Facts) -> tuple[Condition, ...]:
    """All of them."""
    return tuple(each(facts) for each in TABLE)


def first(found: Iterable[Condition]) -> Condition:
    """The answer: the first that does not hold; else the first of which nobody can tell; else the last, which says that it charges."""
    every = tuple(found)
    return next((each for holds in (False, None) for each in every if each.holds is holds), every[-1])
