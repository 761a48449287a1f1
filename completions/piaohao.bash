# bash completion for piaohao: the program itself says what it knows.
_piaohao_words() # PROGRAM VERB: the verbs; or the nouns of a verb that has some
{
    "$1" help 2>/dev/null | sed -n -e "s/^  ${2:+$2 }\([a-z][a-z0-9-]*\).*/\1/p" | sort -u
}

_piaohao_formats() # VERB NOUN
{
    case "$1 $2" in
    'lobby chart') echo pdf svg ;;
    'lobby '* | 'plan need') echo technion csv ;;
    'plan nearby') echo outlets ;;
    'plan forecast') echo bank-calls technion-6min cmb csv ;;
    'ledger export') echo hledger beancount csv ;;
    'ledger import' | 'deposit replay-orders') echo berka ;;
    'statement ') echo text json csv csv-bom pdf camt053 ;;
    esac
}

_piaohao()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local program=${COMP_WORDS[0]} verb=${COMP_WORDS[1]:-} noun=${COMP_WORDS[2]:-} words
    COMPREPLY=()
    if [ "$COMP_CWORD" -lt 3 ] || ! "$program" help "$verb" "$noun" >/dev/null 2>&1; then
        noun=
    fi
    case $prev in
    --db)
        mapfile -t COMPREPLY < <(compgen -W 'sqlite:' -- "$cur")
        compopt -o nospace 2>/dev/null
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W "$(_piaohao_formats "$verb" "$noun")" -- "$cur")
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
        words=$("$program" help "$verb" ${noun:+"$noun"} 2>/dev/null | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p')
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
