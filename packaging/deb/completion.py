"""Completion for bash: verbs, their options, and what stands behind these."""

from collections.abc import Iterator

from deb.verbs import Option, Verb, verbs

HEAD = """# Completion of chargepoint(1) in bash; made from the program's own parsers.

_chargepoint() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} deed=${COMP_WORDS[2]}
    local words="" values=""
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "@VERBS@ --help --version" -- "$word"))
        return
    fi
    case "$verb:$before" in
"""
MIDDLE = """        *) ;;
    esac
    case "$values" in
        FILE) COMPREPLY=($(compgen -f -- "$word")); return;;
        DIR) COMPREPLY=($(compgen -d -- "$word")); return;;
        ?*) COMPREPLY=($(compgen -W "$values" -- "$word")); return;;
    esac
    case "$verb:$deed" in
"""
TAIL = """        *) ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    if [ "${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$word")); fi
}

complete -o filenames -F _chargepoint chargepoint
"""


def bash() -> str:
    """The file for /usr/share/bash-completion/completions."""
    found = verbs()
    lines = [HEAD.replace("@VERBS@", " ".join(verb.name for verb in found)).rstrip("\n")]
    lines += [f"        {verb.name}:{name}) values='{values}';;" for verb in found for name, values in _values(verb)]
    lines.append(MIDDLE.rstrip("\n"))
    for verb in found:
        lines += [f"        {verb.name}:{deed.name}) words='{_words(deed)}';;" for deed in verb.deeds]
        lines.append(f"        {verb.name}:*) words='{_words(verb)}';;")
    return "\n".join([*lines, TAIL])


def _values(verb: Verb) -> Iterator[tuple[str, str]]:
    """Option -> what may stand behind it."""
    seen = set()
    for option in (*verb.options, *(each for deed in verb.deeds for each in deed.options)):
        values = " ".join(option.choices) or (option.value if option.value in ("FILE", "DIR") else "")
        for name in option.names:
            if values and name not in seen:
                seen.add(name)
                yield name, values


def _words(verb: Verb) -> str:
    places: list[Option] = [option for option in verb.options if not option.names]
    words = [deed.name for deed in verb.deeds] + [choice for option in places for choice in option.choices]
    return " ".join([*words, *(name for option in verb.options for name in option.names if name.startswith("--"))])
