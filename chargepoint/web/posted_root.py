"""A root certificate that a form has brought, pasted or as a file, for the pages that ask for the CSMS."""

from chargepoint.web.visit import Visit
from chargepoint.web.wizard import csms, roots
from chargepoint.web.wizard.draft import Answers

FILE, FORGET, KEPT = (f"{csms.ROOT}_{each}" for each in ("file", "forget", "kept"))


def taken(visit: Visit, answers: Answers, before: Answers) -> tuple[dict[str, str], str]:
    """The answers with the file where it is kept, and a sentence on it; what was given before stays where nothing is. Raises RootError."""
    if csms.ROOT not in answers:
        return dict(answers), ""
    data = _given(visit)
    if not data:
        return {**answers, csms.ROOT: "" if visit.field(FORGET) else _kept(visit, before)}, ""
    path, words = roots.put(visit.house.ports.config, data, visit.house.clock.now())
    return {**answers, csms.ROOT: path}, f"Taken: the root certificate {words}."


def _kept(visit: Visit, before: Answers) -> str:
    """What the form was shown with: it may have been taken, and something else have been wrong."""
    shown = visit.field(KEPT)
    return shown if roots.is_kept(visit.house.ports.config, shown) else before.get(csms.ROOT, "")


def _given(visit: Visit) -> bytes:
    found = visit.field(csms.ROOT).strip().encode()
    if (file := visit.upload(FILE)) is not None:
        with file.file:
            found = file.file.read(roots.LONGEST_BYTES + 1) or found
    return found
