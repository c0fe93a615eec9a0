#!/usr/bin/env bash
# What a roster costs: a town on an empty database, the same again, then with 300 changed rows and with 300 changed pupils, whose places are
# about seven times as many rows; and the memory of ten times as many enrolments.
#
#   tests/roster_size.sh [SCHOOLS PUPILS LESSONS] [PROFILE]
#   bin/with-postgres tests/roster_size.sh
#
# 31 schools with 9,000 pupils in a homeroom and nine lessons each, if nothing is said; PROFILE is release or debug. On the
# PostgreSQL server of TEST_DATABASE_URL databases of its own are made; without it, SQLite files. Prints rows written, wall times, the time of reading and
# digesting alone, and the most memory at 47,000 and at 470,000 enrolments.
set -euo pipefail
cd "$(dirname "$0")/.."
schools=${1:-31} pupils=${2:-9000} lessons=${3:-9} profile=${4:-release}
small=${ROSTER_SMALL:-4700} large=${ROSTER_LARGE:-47000}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${ASAGAO_CACHE:-$HOME/.cache/asagao}/target}
flag=; [ "$profile" = debug ] || flag=--release
cargo build --quiet $flag -p asagao
cargo build --quiet $flag -p asagao-graphql --examples
bin=$CARGO_TARGET_DIR/$profile
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
server=${TEST_DATABASE_URL:-}
database() { # A new database by name.
  case $server in
    postgres*) echo "${server/\/postgres\?//roster_size_$1_$$?}" ;;
    *) echo "sqlite:$work/$1.db" ;;
  esac
}
# Runs a command, prints the wall time and the most memory it had.
measured() {
  local began ended; began=$(date +%s.%N)
  "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" "$work/out" >&2; exit 1; }
  ended=$(date +%s.%N); wall=$(echo "$ended - $began" | bc)
}
peak() { # The most memory of a command in MiB, from its own VmHWM.
  "$@" >"$work/out" 2>"$work/err" & local pid=$! most=0 now
  while now=$(awk '/VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do most=$now; sleep 0.05; done
  wait "$pid" || { cat "$work/err" "$work/out" >&2; exit 1; }
  echo $((most / 1024))
}
import=("$bin/asagao" import roster --accept-suspicious)

"$bin/examples/make_roster" "$work/town" "$schools" "$pupils" "$lessons"
# Of five pupils one leaves and one is replaced by another, with all their places: 37 rows.
"$bin/examples/make_roster" "$work/rows" "$schools" "$pupils" "$lessons" 40
"$bin/examples/make_roster" "$work/pupils" "$schools" "$pupils" "$lessons" 300
export DATABASE_URL; DATABASE_URL=$(database town)
"$bin/asagao" migrate --create 2>/dev/null
echo "town: $schools schools, $pupils pupils, $((pupils * (1 + lessons))) enrolments, $profile"
measured "${import[@]}" "$work/town"; echo "on an empty database: $wall s"; cat "$work/out"
measured "${import[@]}" "$work/town"; echo "the same again: $wall s"; cat "$work/out"
for what in rows pupils; do
  lines() { comm "-$1" <(cat "$work/town/"*.csv | sort) <(cat "$work/$what/"*.csv | sort) | wc -l; }
  measured "$bin/examples/read_roster" "$work/$what"; alone=$wall; cat "$work/out"; echo "reading and digesting alone, as a program: $alone s"
  measured "${import[@]}" "$work/$what"
  echo "with 300 changed $what ($(lines 13) lines that the town does not have, without $(lines 23) that it has): $wall s, $(echo "scale=2; $wall / $alone" | bc) times as long"; cat "$work/out"
  measured "${import[@]}" "$work/town"
done
for size in $small $large; do
  "$bin/examples/make_roster" "$work/size" "$schools" "$size" 9
  DATABASE_URL=$(database "size_$size")
  "$bin/asagao" migrate --create 2>/dev/null
  echo "most memory at $((size * 10)) enrolments: $(peak "${import[@]}" "$work/size") MiB on an empty database, $(peak "${import[@]}" "$work/size") MiB again"
done
