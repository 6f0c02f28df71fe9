"""Icons of drivers' pages and signs: lines on a square of 24, each of another shape, so that none is known by its colour alone."""

from collections.abc import Mapping

from markupsafe import Markup

_CIRCLE = "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z"

ICONS: Mapping[str, str] = {
    "accepted": f"{_CIRCLE}M8 12l3 3l5-6",
    "away": f"{_CIRCLE}M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8M12 16.6v.4",
    "card": "M3 6h18v12H3zM3 10h18M6.500 14.500h4",
    "charging": "M13 2L5 14h6l-1 8l9-12h-6z",
    "checking": "M6 3h12M6 21h12M8 3v3l4 6l-4 6v3M16 3v3l-4 6l4 6v3",
    "emergency": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.500v5.500M12 16.500v.4",
    "ev_paused": "M3 18v-4l2-4h14l2 4v4zM7 18v2M17 18v2M10 2.500v4M14 2.500v4",
    "fault": "M12 3L2 20h20zM12 9.500v4.500M12 17v.3",
    "finished": "M6 21V4h12l-3 4l3 4H6",
    "mobile": "M8 2h8a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM11 18.500h2",
    "offline": "M7 18h9.500a4 4 0 0 0 .8-7.900A6 6 0 0 0 6 9.600A4.300 4.300 0 0 0 7 18zM4 3l16 18",
    "paused": f"{_CIRCLE}M10 9v6M14 9v6",
    "phone": "M5 3h4l2 5l-2.500 1.500a12 12 0 0 0 6 6L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2z",
    "plug_in": "M3 12h10M9 8l4 4l-4 4M16 5h4v14h-4",
    "ready": "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
    "refused": "M3 6h18v12H3zM9 9l6 6M15 9l-6 6",
    "reserved": "M7 3h10v18l-5-4l-5 4z",
    "starting": f"{_CIRCLE}M12 7v5l3.500 3",
    "unavailable": f"{_CIRCLE}M7 12h10",
    "updating": "M20 11a8 8 0 0 0-14-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4l2-2M20 20v-5h-5",
    "waiting": "M3 17v-4l2-5h14l2 5v4zM3 13h18M7 17v2M17 17v2",
}


def icon(name: str) -> Markup:
    """As a piece of HTML, for the eye only: the words beside it say the same."""
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>').format(ICONS[name])
