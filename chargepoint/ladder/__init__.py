"""The way to the CSMS, rung by rung; each is only worth a look once those below it hold.

link ─▶ address ─▶ route ─▶ name ─▶ time ─▶ tcp ─▶ tls ─▶ websocket ─▶ boot

``climb.climb`` goes up and yields a finding for each as soon as there is one. Everything is read, or tried, by a user without rights, and
nothing that is tried disturbs a station that runs:

tcp, tls    connections of their own, closed before any HTTP: no identity is in them, so no CSMS takes them for a station's
websocket   A CSMS may drop the connection of an identity when a second one comes, and may lock an identity whose password was wrong too
            often; one that it does not know it may add to its books. So a station that runs is asked, whether it is connected or tries to
            be: it dials by itself all the time, with the password in force, which only it has. Only where there is no station process the
            connection is made for real, with the real identity, and closed with nothing said.
boot        is the station's own, so the station is asked
"""
