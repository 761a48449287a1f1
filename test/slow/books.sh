#!/usr/bin/env bash
# books.sh -- A real bank's books through the command line: each figure of the import, the same from
# shuffled rows, nothing by importing twice; statements in every format; the exports are accepted
# and agreed with by hledger and beancount. Closes with `N passed, N failed`.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
piaohao=${PIAOHAO_BIN:-$top/build/piaohao}
data=$top/../shared/data
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

is() { # NAME COMMAND...
    local name=$1
    shift
    if "$@" >"$dir/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        head -n 20 "$dir/log"
    fi
}
if [ ! -d "$data/money/berka" ]; then
    echo "skipped: no data at $data/money/berka"
    echo "0 passed, 0 failed"
    exit 0
fi

import() { # FOLDER DB OUT
    "$piaohao" ledger import "$1" --format berka --until 1994-03-30 --db "$2" --json >"$3"
}
figures() { # FILE KEY=VALUE...: a key with a dot is inside an object
    python3 - "$@" <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
bad = 0
for pair in sys.argv[2:]:
    key, want = pair.split("=", 1)
    got = d
    for part in key.split("."):
        got = got[part]
    if str(got) != want:
        print(f"{key} is {got}, not {want}")
        bad = 1
sys.exit(bad)
P
}
shuffle() { # inside days, by a seed: the days stay in order
    mkdir -p "$dir/shuffled"
    xz -dc "$data/money/berka/trans.asc.xz" | python3 -c '
import random, sys
lines = sys.stdin.read().split("\r\n")
head, rows = lines[0], [r for r in lines[1:] if r]
random.seed(7)
whole = [r for r in rows if r.count(";") == 9]
keyed = sorted(whole, key=lambda r: (r.split(";")[2], random.random()))
sys.stdout.write("\r\n".join([head] + keyed) + "\r\n")' >"$dir/shuffled/trans.asc"
}
same_books() { # every statement's code of an account would do; the export says it all
    for db in a b; do
        "$piaohao" ledger export --format csv --db "$dir/$db.db" |
            awk -F, 'NR > 1 { print $1 "," $2 "," $4 "," $6 "," $8 "," $10 "," $12 "," $13 }' \
                >"$dir/$db.csv" || return 1
    done
    cmp "$dir/a.csv" "$dir/b.csv"
}
statement() { # FORMAT FILE [MORE...]
    local format=$1 file=$2
    shift 2
    "$piaohao" statement --account berka=account-576 --from 1993-01-01 --to 1994-03-30 \
        --db "$dir/a.db" --format "$format" --out "$file" "$@"
}
verified() {
    statement "$1" "$dir/v" && "$piaohao" statement verify "$dir/v" --db "$dir/a.db"
}
altered() {
    statement csv "$dir/v" && sed -i 's/24349.90/24349.80/' "$dir/v"
    "$piaohao" statement verify "$dir/v" --db "$dir/a.db"
    [ $? = 1 ]
}
valid_camt() {
    statement camt053 "$dir/v.xml" && xmllint --noout --nonet --schema \
        "$data/money/formats/iso20022/xsd/camt.053.001.08.xsd" "$dir/v.xml"
}
without_fonts() {
    printf '<?xml version="1.0"?><fontconfig></fontconfig>' >"$dir/none.conf"
    FONTCONFIG_FILE=$dir/none.conf statement pdf "$dir/n.pdf" 2>"$dir/n.err" &&
        [ "$(head -c 5 "$dir/n.pdf")" = "%PDF-" ] && grep -q print.no_font "$dir/n.err"
}
unknown_account() {
    "$piaohao" statement --account 12345 --db "$dir/a.db"
    [ $? = 1 ]
}
wrong_usage() {
    local bad
    for bad in "statement" "statement --account 1 --format doc" "ledger export" \
        "ledger export --format xml" "statement --account 1 --from 1994-02-30"; do
        # shellcheck disable=SC2086 # words
        "$piaohao" $bad --db "$dir/a.db"
        [ $? = 2 ] || return 1
    done
}
replay() { # LAYOUT: the real bank's standing orders and fees, made by our day end
    PIAOHAO_BOOKS=$1 "$piaohao" deposit replay-orders --format berka "$data/money/berka" \
        --json >"$dir/replay.json" &&
        figures "$dir/replay.json" orders=6471 transfers_in_the_data=6343 generated=6343 \
            matched=6343 missing=0 surplus=0 fees_in_the_data=5445 fees_matched=5445 fees_missing=0
}
reader_agrees() { # FORMAT COMMAND...
    local format=$1
    shift
    command -v "$1" >/dev/null || { echo "skipped: no $1"; return 0; }
    "$piaohao" ledger export --format "$format" --db "$dir/a.db" --out "$dir/x.$format" &&
        "$@" "$dir/x.$format"
}
reader_sees() { # an altered posting is found by the reader's own check
    command -v "$2" >/dev/null || return 0
    local format=$1
    shift
    sed -E '0,/ 900\.00 CZK/s// 900.01 CZK/; 0,/ -900\.00 CZK/s// -900.01 CZK/' \
        "$dir/x.$format" >"$dir/y.$format"
    ! "$@" "$dir/y.$format"
}

listed() { # N FILE
    [ "$(grep -o '"row":' "$2" | wc -l)" = "$1" ]
}

is "the import runs" import "$data/money/berka" "$dir/a.db" "$dir/a.json"
is "each figure of the import" figures "$dir/a.json" rows=46997 accounts=1229 \
    credits=176961254.80 debits=137664492.00 net=39296762.80 broken_after_solving=0 \
    rounding=42.70 trial=0.00 overdrawn_accounts=26 overdrawn_rows=88 booked=49028 existed=0 \
    file.rows=49102 file.broken_in_file_order=13670 file.overdrawn_rows=93 \
    file.overdrawn_accounts=26 loan_payments=123 loan_payments_as_agreed=123 \
    card_withdrawals=12 card_withdrawals_with_card=12
is "all 93 overdrawn rows are listed, also those of the last day" listed 93 "$dir/a.json"
is "importing again" import "$data/money/berka" "$dir/a.db" "$dir/again.json"
is "adds nothing" figures "$dir/again.json" booked=0 existed=49028 trial=0.00
shuffle
is "rows shuffled inside days" import "$dir/shuffled" "$dir/b.db" "$dir/b.json"
is "give the same figures" figures "$dir/b.json" rows=46997 credits=176961254.80 \
    debits=137664492.00 broken_after_solving=0 rounding=42.70 trial=0.00 overdrawn_rows=88
is "and the same books, line by line" same_books
is "the proofs hold" "$piaohao" check --db "$dir/a.db"
is "a statement as JSON" statement json "$dir/s.json"
is "adds up" figures "$dir/s.json" opening=0.00 closing=18498.10 credits=94906.30 debits=76408.20
is "a CSV is known again" verified csv
is "a PDF is known again" verified pdf
is "an altered one is not" altered
is "camt.053 is valid" valid_camt
is "without any font a PDF is made, and the log says why" without_fonts
is "an unknown account is refused" unknown_account
is "wrong usage exits 2" wrong_usage
is "every standing order and fee comes out, on fast books" replay fast
is "every standing order and fee comes out, on plain books" replay plain
is "hledger agrees with every balance" reader_agrees hledger hledger check -f
is "hledger sees an altered posting" reader_sees hledger hledger check -f
is "beancount agrees with every balance" reader_agrees beancount bean-check
is "beancount sees an altered posting" reader_sees beancount bean-check
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
