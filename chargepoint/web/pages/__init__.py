"""The pages for technicians. ``TABLE``: which there are, who may see them and who may do what they do. A file beside this one that is not
in the table is never imported: it cannot be reached."""

from chargepoint.web.routes import Page

TABLE: tuple[Page, ...] = (
    Page("setup", sees="anybody", does="anybody"),
    Page("login", sees="anybody", does="anybody"),
    Page("home", sees="viewer", does="technician", title="Overview", group=""),
    Page("evse", sees="viewer", does="technician"),
    Page("hardware", sees="technician", does="technician"),
    Page("events", sees="viewer", does="technician", title="History", group=""),
    Page("connection", sees="technician", does="technician", title="Connection", group="OCPP"),
    Page("wizard_end", sees="technician", does="technician"),
    Page("wizard_live", sees="technician", does="technician"),
    Page("wizard", sees="technician", does="technician", title="Set up", group="", open_at=("broken", "missing")),
    Page("transactions", sees="viewer", does="viewer", title="Transactions", group="Charging", open_at=("good", "broken")),
    Page("cards", sees="viewer", does="technician", title="Cards", group="Charging", open_at=("good", "broken")),
    Page("service", sees="viewer", does="technician", title="Service", open_at=("good", "broken")),
    Page("signs", sees="viewer", does="technician", title="Signs", open_at=("good", "broken")),
    Page("update", sees="viewer", does="technician", title="Update"),
    Page("configuration_text", sees="technician", does="technician"),
    Page("configuration_evses", sees="technician", does="technician"),
    Page("configuration", sees="technician", does="technician", title="Configuration", open_at=("good", "broken")),
    Page("backup", sees="technician", does="technician", title="Backup"),
    Page("reset", sees="owner", does="owner"),
    Page("work", sees="technician", does="technician"),
    Page("selftest", sees="viewer", does="technician", title="Self-test", open_at=("good", "broken")),
    Page("commissioning", sees="viewer", does="technician", title="Commissioning", open_at=("good", "broken")),
    Page("variables", sees="viewer", does="technician", title="Variables", group="OCPP", open_at=("good", "broken")),
    Page("frames", sees="viewer", does="viewer", title="Frames", group="OCPP", open_at=("good", "broken")),
    Page("log", sees="viewer", does="viewer", title="Log"),
    Page("accounts", sees="owner", does="owner", title="Accounts", group="Access"),
    Page("security", sees="technician", does="owner", title="Security log", group="Access"),
    Page("me", sees="viewer", does="viewer"),
)
"""In the order of the menu."""
