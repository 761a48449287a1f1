# bash completion for piaohao
_piaohao()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]:-}
    local verbs='serve init demo check backup restore lobby plan bench version help'
    COMPREPLY=()
    case $prev in
    --db)
        mapfile -t COMPREPLY < <(compgen -W 'sqlite:' -- "$cur")
        compopt -o nospace 2>/dev/null
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W 'technion csv' -- "$cur")
        return
        ;;
    --web)
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --log-level)
        mapfile -t COMPREPLY < <(compgen -W 'debug info warn error' -- "$cur")
        return
        ;;
    --port | --address | --origin | --bank-* | --connections-max | --idle-s | --days | --seed) return ;;
    --within | --type | --class | --classes | --mid-class | --outlet | --windows | --rule) return ;;
    --speed | --map | --list | --seconds | --outlets | --tickets) return ;;
    esac
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur")
        return
    fi
    if [ "$COMP_CWORD" = 2 ]; then
        case $verb in
        lobby)
            mapfile -t COMPREPLY < <(compgen -W 'import promise audit replay' -- "$cur")
            return
            ;;
        plan)
            mapfile -t COMPREPLY < <(compgen -W 'erlang' -- "$cur")
            return
            ;;
        bench)
            mapfile -t COMPREPLY < <(compgen -W 'lobby' -- "$cur")
            return
            ;;
        help)
            mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur")
            return
            ;;
        esac
    fi
    # The program knows its options best.
    local options
    options=$("${COMP_WORDS[0]}" help "$verb" 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -F _piaohao piaohao
