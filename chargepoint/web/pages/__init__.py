"""The pages for technicians. ``TABLE``: which there are, who may see them and who may do what they do. A file beside this one that is not
in the table is never imported: it cannot be reached."""

from chargepoint.web.routes import Page

TABLE: tuple[Page, ...] = (
    Page("setup", sees="anybody", does="anybody"),
    Page("login", sees="anybody", does="anybody"),
    Page("home", sees="viewer", does="technician", title="Overview"),
    Page("evse", sees="viewer", does="technician"),
    Page("hardware", sees="technician", does="technician"),
    Page("events", sees="viewer", does="technician", title="History"),
    Page("connection", sees="technician", does="technician", title="Connection"),
    Page("wizard_end", sees="technician", does="technician"),
    Page("wizard_live", sees="technician", does="technician"),
    Page("wizard", sees="technician", does="technician", title="Set up", open_at=("broken", "missing")),
    Page("transactions", sees="viewer", does="viewer", title="Transactions", open_at=("good", "broken")),
    Page("cards", sees="viewer", does="technician", title="Cards", open_at=("good", "broken")),
    Page("service", sees="viewer", does="technician", title="Service", open_at=("good", "broken")),
    Page("variables", sees="viewer", does="technician", title="Variables", open_at=("good", "broken")),
    Page("frames", sees="viewer", does="viewer", title="OCPP frames", open_at=("good", "broken")),
    Page("accounts", sees="owner", does="owner", title="Accounts"),
    Page("security", sees="technician", does="owner", title="Security log"),
    Page("me", sees="viewer", does="viewer"),
)
"""In the order of the menu."""
