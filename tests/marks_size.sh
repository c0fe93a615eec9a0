#!/usr/bin/env bash
# The marks of a term at the size of a city: every class of a town is marked in nine subjects and closed by one call, and a class's report cards
# are read in one.
#
#   tests/marks_size.sh [SCHOOLS] [BINARY]
#
# 31 schools, which is the usual, have 9,000 pupils. BINARY is the program, target/release/asagao if not said. The town is a demo in a SQLite
# file. Prints the seconds of all closings, p50 and p99 of one, the statements of closing and of reading the largest and the smallest class as
# the database is told them, and fails unless every card is closed and has marks. The first two grades have fewer than nine subjects.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-${ASAGAO_CACHE:-$HOME/.cache/asagao}/target}
schools=${1:-31} asagao=${2:-$target/release/asagao}
[ -x "$asagao" ] || { echo "marks size: $asagao is not there: cargo build --release -p asagao" >&2; exit 1; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# Serves the town, made the first time; the level of the log is the first argument.
serve() {
  ASAGAO_LOG=$1 "$asagao" demo --data "$work/town" --schools "$schools" --days 12 --seed 7 --now 2026-11-24T08:20:00+09:00 \
    --listen 127.0.0.1:0 >"$work/out" 2>"$work/log" &
  server=$!
  for _ in $(seq 6000); do
    url=$(grep -o 'http://[0-9.:]*/graphql' "$work/out" | head -n 1 || true)
    if [ -n "$url" ] && curl -sf "${url%/graphql}/readyz" >/dev/null; then return; fi
    kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
  done
  echo "marks size: the town was not ready in ten minutes" >&2; exit 1
}
stop() { kill "$server"; wait "$server" || true; server=; }

began=$(date +%s.%N)
serve warn
echo "town: $schools schools, made in $(echo "$(date +%s.%N) - $began" | bc) s"
node tests/marks_size.mjs "$url" "$work/town/demo.json" fill
stop
# The largest and the smallest class, with every statement in the log.
serve warn,sqlx::query=debug
node tests/marks_size.mjs "$url" "$work/town/demo.json" one "$work/log"
stop
serve warn
node tests/marks_size.mjs "$url" "$work/town/demo.json" all
stop
