"""What drivers may be told when something does not go as they meant: ids of texts. The application and the gate say them in English."""

from chargepoint.texts import marked

TITLES = (
    marked("This cannot be understood"),
    marked("Not allowed"),
    marked("There is no such page"),
    marked("This cannot be done so"),
    marked("Too much at once"),
    marked("Something is wrong in the pages themselves"),
    marked("The station does not answer"),
)
SENTENCES = (
    marked("Go back and use the buttons of the page."),
    marked("What was sent is larger than this page takes. Nothing was done."),
    marked("This came from a page of another site, so nothing was done."),
    marked("This page was out of date, so nothing was done. Go back, load it again, and try once more."),
)
