#!/bin/sh
# Makes the files of this folder again: promptfoo's results by promptfoo 0.121.20, Inspect's
# logs by inspect-ai 0.3.285 and, older.eval, by 0.3.100.
#
#   npm install promptfoo@0.121.20
#   python -m venv new && new/bin/pip install inspect-ai==0.3.285
#   python -m venv old && old/bin/pip install inspect-ai==0.3.100
#   sh tests/case/logs/made/make.sh node_modules/.bin/promptfoo new/bin/python old/bin/python
#
# They are kept as the tools wrote them, but for tracebacks (receipts.py takes them out) and
# the folder that promptfoo ran in: both name places of the machine.
set -eu
promptfoo=$(realpath "$1")
new=$(realpath -s "$2")
old=$(realpath -s "$3")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PROMPTFOO_CONFIG_DIR="$work/home" PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1
cp "$here"/*.yaml "$here"/model.js "$here"/receipts.py "$work"
cd "$work"
run() { # a run with failing tests ends with a status of its own
    "$promptfoo" eval -j 1 --no-cache --no-table --no-progress-bar "$@" || [ $? -eq 100 ]
}
run -c receipts.yaml --repeat 3 -o receipts.json
run -c models.yaml -o models.json
run -c attacks.yaml --repeat 2 -o attacks.json -o attacks.jsonl
sed -i "s|$work/||g" ./*.json ./*.jsonl
"$new" receipts.py "$here"
"$old" receipts.py "$here" older
cp receipts.json models.json attacks.json attacks.jsonl "$here"
