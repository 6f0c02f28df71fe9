"""A configuration that is there, changed: by forms with the wizard's questions, or as text.

    file ──▶ tree ──reading──▶ answers ──form──▶ answers ──sections, overlay──▶ tree ──▶ text ──┐
      └──masking──▶ text without secrets ──somebody types──▶ text with its secrets again ───────┴──▶ proposal ──▶ difference ──▶ applied

What no form asks for stays as it is. Secrets are never shown: left empty, or left as they are marked, they stay. Pure but for ``desk``.
"""
