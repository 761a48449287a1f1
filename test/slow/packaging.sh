#!/usr/bin/env bash
# packaging.sh -- `meson install` puts everything where a packager expects it, and the man page and
# both completions know the verbs that `piaohao help` prints. Closes with `N passed, N failed`.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
binary=${PIAOHAO_BIN:-$top/build/piaohao}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0
failed=0

is() { # NAME COMMAND...
    local name=$1
    shift
    if "$@" >"$stage/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        head -n 20 "$stage/log"
    fi
}

installed() {
    DESTDIR=$stage/root meson install -C "$(dirname "$binary")" --no-rebuild --quiet || return
    local p=$stage/root/usr/local f
    for f in bin/piaohao share/man/man1/piaohao.1 share/bash-completion/completions/piaohao \
        share/zsh/site-functions/_piaohao share/doc/piaohao/LICENSE share/doc/piaohao/NOTICE \
        lib/systemd/system/piaohao.service; do
        [ -s "$p/$f" ] || { echo "$f is not installed"; return 1; }
    done
    [ "$(find "$stage/root" -type f | wc -l)" = 7 ] || { find "$stage/root" -type f; return 1; }
    grep -q '^ExecStart=/usr/local/bin/piaohao serve ' "$p/lib/systemd/system/piaohao.service"
}

# The program alone, in an empty folder, with no file beside it.
stands_alone() {
    (cd "$stage/root" && env -i "$stage/root/usr/local/bin/piaohao" version) | grep -q '0\.1\.0'
}

same() { # NAME ONE OTHER: two sorted lists
    diff "$2" "$3" >"$stage/diff" || { echo "$1:"; cat "$stage/diff"; return 1; }
}

# `piaohao help` has a line for each verb: two spaces, the verb, what it does.
"$binary" help 2>&1 | sed -n -E 's/^  ([a-z]+)( .*)?$/\1/p' | sort -u >"$stage/verbs"
completed() { # WORDS...: what bash would offer for the last of them
    # shellcheck source=/dev/null
    source "$top/completions/piaohao.bash"
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _piaohao
    printf '%s\n' "${COMPREPLY[@]}"
}

# Verbs of one word and of two, each verb's options, and nothing else: mechanically.
man_knows() {
    "$top/tools/check-man" "$binary" "$top/docs/piaohao.1"
}

bash_knows() {
    completed "$binary" '' | sort -u >"$stage/bash"
    same "help and bash completion" "$stage/verbs" "$stage/bash"
}

# `piaohao help` again: VERB and NOUN of each that has two words.
"$binary" help 2>&1 | sed -n -E 's/^  ([a-z]+) ([a-z][a-z-]*)( .*)?$/\1 \2/p' >"$stage/two"

nouns_known() {
    local v bad=0
    [ -s "$stage/two" ] || return 1
    while read -r v; do
        sed -n "s/^$v //p" "$stage/two" | sort -u >"$stage/nouns"
        completed "$binary" "$v" '' | sort -u >"$stage/bash"
        same "$v's nouns in bash" "$stage/nouns" "$stage/bash" || bad=1
    done < <(cut -d ' ' -f 1 "$stage/two" | sort -u)
    return $bad
}

# Every option that a verb's help prints is offered by bash, for this verb and no other.
options_known() {
    local v bad=0
    while read -r v; do
        # shellcheck disable=SC2086
        "$binary" help $v | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' | sort -u >"$stage/options"
        # shellcheck disable=SC2086
        completed "$binary" $v -- | sort -u >"$stage/bash"
        same "options of $v" "$stage/options" "$stage/bash" || bad=1
    done < <(cat "$stage/two" <(grep -v -x -F -f <(cut -d ' ' -f 1 "$stage/two" | sort -u) \
        "$stage/verbs"))
    return $bad
}

# What is offered after --format is what the verb's help names there.
formats_known() {
    local v f bad=0
    while read -r v; do
        # shellcheck disable=SC2086
        "$binary" help $v | grep -q '^  --format' || continue
        # shellcheck disable=SC2086
        completed "$binary" $v --format '' >"$stage/bash"
        [ -s "$stage/bash" ] || { echo "$v --format: nothing is offered"; bad=1; }
        while read -r f; do
            # shellcheck disable=SC2086
            "$binary" help $v | grep '^  --format' | grep -q -w -F -e "$f" ||
                { echo "$v --format $f is offered, but is not in the help"; bad=1; }
        done <"$stage/bash"
    done < <(cat "$stage/two" "$stage/verbs")
    return $bad
}

every_verb_has_help() {
    local v
    while read -r v; do
        "$binary" help "$v" >/dev/null || { echo "help $v: exit $?"; return 1; }
    done <"$stage/verbs"
    [ -s "$stage/verbs" ]
}

wrong_usage_is_2() {
    "$binary" no-such-verb
    [ $? = 2 ] || return 1
    "$binary" serve --no-such-option
    [ $? = 2 ]
}

man_is_clean() {
    command -v man >/dev/null 2>&1 || return 0
    [ -z "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \
        "$top/docs/piaohao.1" 2>&1 >/dev/null)" ]
}

unit_is_confined() {
    command -v systemd-analyze >/dev/null 2>&1 || return 0
    systemd-analyze security --offline=true --threshold=20 \
        "$stage/root/usr/local/lib/systemd/system/piaohao.service"
}

is "meson install puts seven files in their places" installed
is "the program stands alone" stands_alone
is "the man page has the verbs of help and their options, and no others" man_knows
is "bash completion has the verbs of help" bash_knows
is "bash completion has the nouns of each verb" nouns_known
is "every verb has its help" every_verb_has_help
is "bash offers each verb's options" options_known
is "bash offers each verb's formats" formats_known
is "wrong usage exits 2" wrong_usage_is_2
is "the man page has no warnings" man_is_clean
is "the service is confined" unit_is_confined
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
