#!/usr/bin/env bash
# A year of attendance at the size of a city: how long the register of a class, the list of a school and the 30-day counts of the board take,
# how the database answers them, and whether every figure is that of a recount that knows nothing of them.
#
#   tests/register_size.sh [SCHOOLS]
#   bin/with-postgres tests/register_size.sh [SCHOOLS]
#
# 31 schools of ten classes, which is the usual, have 9,300 pupils and 1.9 million marks. The program is not optimised.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${ASAGAO_CACHE:-$HOME/.cache/asagao}/target}
ASAGAO_TOWN=${1:-31}x10 cargo test --locked --quiet -p asagao-tests --test api a_year_is_answered -- --nocapture
