#!/usr/bin/env bash
# The whole way on real input: roster, assignments, activities posted over GraphQL twice, analysis, scores judged by outcomes.
#
#   tests/real_input.sh DIR [DATABASE_URL [LEAST]]
#
# DIR holds roster/ (OneRoster CSV), assignments.ndjson, activities.ndjson, asof.csv (classId,asOf) and labels.csv
# (classId,pupilId,label; for judging only). The database must not be there yet; without an address it is a new SQLite file.
# Fails unless every activity is accepted once, the second posting is all duplicates, a recount finds no difference, and the scores
# order pupils better than LEAST, 0.78 if not said (ROC-AUC over all classes together). ASAGAO_BIN is the program, where it is built already.
set -euo pipefail
input=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${ASAGAO_CACHE:-$HOME/.cache/asagao}/target}
asagao=${ASAGAO_BIN:-$CARGO_TARGET_DIR/release/asagao}
[ -n "${ASAGAO_BIN:-}" ] || cargo build --quiet --release

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
export DATABASE_URL=${2:-}
DATABASE_URL=${DATABASE_URL:-sqlite:$work/asagao.db}
export ASAGAO_LOG=info
fail() { echo "real input: $1" >&2; exit 1; }
quietly() { "$@" 2>"$work/err" || { cat "$work/err" >&2; return 1; }; }
# Sum of a field, such as "accepted: 12".
field() { grep -o "$1: [0-9]*" | grep -o '[0-9]*'; }

quietly "$asagao" migrate --create
quietly "$asagao" import roster "$input/roster"
quietly "$asagao" import assignments "$input/assignments.ndjson"
token=$(quietly "$asagao" app register --name 'real input' --board --scope activity:write)
"$asagao" serve --listen 127.0.0.1:0 2>"$work/server.log" &
server=$!
for _ in $(seq 100); do
  url=$(grep -o 'http://[0-9.]*:[0-9]*' "$work/server.log" | sed 's|$|/graphql|' || true)
  [ -z "$url" ] || break
  kill -0 "$server" || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.1
done

lines=$(wc -l <"$input/activities.ndjson")
for fate in accepted duplicates; do
  started=$(date +%s.%N)
  answer=$(quietly "$asagao" import activities "$input/activities.ndjson" --url "$url" --token "$token")
  echo "$answer ($(echo "$(date +%s.%N) - $started" | bc) s)"
  [ "$(echo "$answer" | field "$fate")" = "$lines" ] || fail "not all $lines activities are $fate"
  totals=$(quietly "$asagao" recount) || fail "the daily totals differ from a recount"
  echo "$totals"
done
kill "$server"; wait "$server" || fail "the server did not stop well"
server=

tail -n +2 "$input/asof.csv" | tr -d '\r' | while IFS=, read -r class day; do
  quietly "$asagao" analyze --class "$class" --as-of "$day"
  quietly "$asagao" export support-scores --class "$class" --as-of "$day" | tail -n +2 >>"$work/scores.csv"
done
echo "scores: $(wc -l <"$work/scores.csv") rows, sha256 $(cut -d, -f1-4 "$work/scores.csv" | sha256sum | cut -c1-16)"

# Joins scores with labels, then ranks with ties at their middle (Mann-Whitney).
auc=$(tr -d '\r' <"$input/labels.csv" | awk -F, 'NR == FNR { label[$1 "," $2] = $3; next } ($1 "," $2) in label { print $3, label[$1 "," $2] }' - "$work/scores.csv" |
  sort -g | awk '
    function close_tie() { rank = seen - (tied - 1) / 2; sum += rank * tied_positive; tied = 0; tied_positive = 0 }
    { if (NR > 1 && $1 != last) close_tie(); seen++; tied++; tied_positive += $2; positive += $2; last = $1 }
    END { close_tie(); printf "%.4f", (sum - positive * (positive + 1) / 2) / (positive * (seen - positive)) }')
echo "ROC-AUC: $auc"
awk -v auc="$auc" -v least="${3:-0.78}" 'BEGIN { exit !(auc >= least) }' || fail "the scores order pupils no better than $auc"
