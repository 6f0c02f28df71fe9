"""The pages: for technicians by HTTPS, for drivers by plain HTTP. A process of its own, which sees of the station what questions give it.

phone ──TLS──▶ Door ──▶ Bounded (h11) ──▶ application ──▶ Gate (who, from where, with which token) ──▶ pages/
                                                            │ accounts, sessions, throttle, security log
driver ──────▶ Door ──▶ Bounded (h11) ──▶ drivers/          ▼
                                                          House ──▶ Ports (what the composition gives) · inquiry ──▶ station

    house         everything that pages need, in one place
    log           what every process logs, told by datagrams: also of one that has just died
    visit         one request, as a page sees it
    pages/        one file for each page, with its routes; ``pages.TABLE`` says who may: what is not in it cannot be reached
    drivers/      the same for drivers
    workshop      where the first configuration is made: draft, trials, saving; wizard/ has the steps
    templates/    jinja2, everything escaped
    static/       our style sheet and script, and htmx with its extension for server-sent events, as their makers ship them

Time of day comes from ``clock`` alone, and so does monotonic time, by which sessions end and pauses pass: who sets the clock changes
neither.
"""
