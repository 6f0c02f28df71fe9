"""Updates: a process of its own, root, that begins when somebody asks or when an update is unfinished.

    offer ─▶ checked ─▶ waiting ─▶ installing ─▶ proving ─▶ done
               │           │           │            │
            refused    cancelled     failed    taking back ─▶ taken back

Each step is on disk before it begins, so a power cut at any moment is followed by the same step again, or by the way back.
"""
