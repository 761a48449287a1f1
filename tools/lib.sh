# shellcheck shell=sh
# lib.sh -- What ./run and ./check share. Sourced, with $top set to the repository's folder.
: "${top:?}"

step() {
    printf '== %s\n' "$*"
}

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 3
}

# install_packages LIST...: the Debian packages that are missing, and nothing when none is.
install_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "not a Debian system: the packages in $* must be there already"
        return 0
    fi
    missing=$(cd "$top" && cat "$@" | sed -e 's/#.*//' -e '/^[[:space:]]*$/d' |
        while read -r package command; do
            if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then
                continue
            fi
            case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
            *' installed') ;;
            *) echo "$package" ;;
            esac
        done)
    [ -n "$missing" ] || return 0
    missing=$(echo "$missing" | tr '\n' ' ')
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 ||
            fail "packages are missing and there is no sudo; as root: apt-get install $missing"
        as_root=sudo
    fi
    step "installing Debian packages: $missing"
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install \
            --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
        tail -30 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install the packages"
    fi
    rm -f "$log"
}

# install_web: the pages' libraries, exactly those of the lock file.
install_web() {
    stamp=$top/web/node_modules/.package-lock.json
    if [ -n "$(find "$stamp" -newer "$top/web/package-lock.json" 2>/dev/null)" ]; then
        return 0
    fi
    step "installing the pages' libraries (npm ci)"
    (cd "$top/web" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null) ||
        fail "npm ci failed in web/"
    touch "$stamp"
}

# build DIR TARGETS SETTINGS...: configures when needed, then builds. TARGETS: one word, or '' for
# all. $build_jobs: so many compilers at once. The output is shown when it fails.
build() {
    dir=$top/$1
    target=$2
    shift 2
    mkdir -p "$dir"
    if [ ! -f "$dir/build.ninja" ]; then
        meson setup "$dir" "$top" "$@" >"$dir/configure.log" 2>&1 || {
            tail -20 "$dir/configure.log" >&2
            return 1
        }
    fi
    # shellcheck disable=SC2086
    ninja -C "$dir" ${build_jobs:+-j "$build_jobs"} $target >"$dir/ninja.log" 2>&1 || {
        grep -v '^ninja: Entering' "$dir/ninja.log" | tail -60 >&2
        return 1
    }
}
