# bash completion for piaohao: the program itself says what it knows.
_piaohao_words() # PROGRAM VERB: the verbs; or the nouns of a verb that has some
{
    "$1" help 2>/dev/null | sed -n -e "s/^  ${2:+$2 }\([a-z][a-z0-9-]*\).*/\1/p" | sort -u
}

_piaohao()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local program=${COMP_WORDS[0]} verb=${COMP_WORDS[1]:-} words
    COMPREPLY=()
    case $prev in
    --db)
        mapfile -t COMPREPLY < <(compgen -W 'sqlite:' -- "$cur")
        compopt -o nospace 2>/dev/null
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W 'technion csv berka' -- "$cur")
        return
        ;;
    --log-level)
        mapfile -t COMPREPLY < <(compgen -W 'debug info warn error' -- "$cur")
        return
        ;;
    --web)
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    esac
    if [ "$COMP_CWORD" = 1 ]; then
        words=$(_piaohao_words "$program")
    elif [[ $cur == -* ]]; then
        words=$("$program" help "$verb" 2>/dev/null | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p')
    elif [ "$COMP_CWORD" = 2 ] && [ "$verb" = help ]; then
        words=$(_piaohao_words "$program")
    elif [ "$COMP_CWORD" = 2 ]; then
        words=$(_piaohao_words "$program" "$verb")
    fi
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -F _piaohao piaohao
