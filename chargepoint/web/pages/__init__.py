"""The pages for technicians. ``TABLE``: which there are, who may see them and who may do what they do. A file beside this one that is not
in the table is never imported: it cannot be reached."""

from chargepoint.web.routes import Page

TABLE: tuple[Page, ...] = (
    Page("setup", sees="anybody", does="anybody"),
    Page("login", sees="anybody", does="anybody"),
    Page("home", sees="viewer", does="technician", title="Overview"),
    Page("wizard_end", sees="technician", does="technician"),
    Page("wizard_live", sees="technician", does="technician"),
    Page("wizard", sees="technician", does="technician", title="Set up", open_at=("broken", "missing")),
    Page("accounts", sees="owner", does="owner", title="Accounts"),
    Page("security", sees="technician", does="owner", title="Security log"),
    Page("me", sees="viewer", does="viewer"),
)
"""In the order of the menu."""
