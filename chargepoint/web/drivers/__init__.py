"""The pages for drivers: no login, plain HTTP. ``TABLE`` works as that of ``chargepoint.web.pages`` does."""

from chargepoint.web.routes import Page

TABLE: tuple[Page, ...] = (
    Page("every", sees="anybody", does="anybody"),
    Page("place", sees="anybody", does="anybody"),
    Page("problem", sees="anybody", does="anybody"),
    Page("receipt", sees="anybody", does="anybody"),
)
