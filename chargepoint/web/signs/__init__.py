"""What hangs at a station: a sticker with a QR code beside each plug, and a sheet that says how to charge.

    texts, configuration ──▶ sticker, sheet (marks on paper, in millimetres) ──▶ as_svg, as_pdf

A layout is made once, as a list of marks, and drawn twice. ``fonts/`` has the letters (its LICENSE says where they come from).
"""
