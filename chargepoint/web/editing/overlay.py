"""What a form has changed, laid over everything that it does not know of."""

from typing import Any


def overlaid(base: Any, old: Any, new: Any) -> Any:
    """``base`` with what is different between ``old`` and ``new``: both as the form means them, before and after."""
    if isinstance(new, dict) and isinstance(base, dict):
        was = old if isinstance(old, dict) else {}
        made = dict(base)
        for name in (*new, *(each for each in was if each not in new)):
            if name in was and name in new and was[name] == new[name]:
                continue
            if name not in new:
                made.pop(name, None)
            else:
                made[name] = overlaid(base.get(name), was.get(name), new[name])
        return made
    if _tables(new) and _tables(old) and _tables(base) and len(new) == len(old) <= len(base):
        changed = [overlaid(one, was, is_now) for one, was, is_now in zip(base, old, new, strict=False)]
        return [*changed, *base[len(changed) :]]
    return new


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
