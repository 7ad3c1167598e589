#!/bin/bash
# What a sweep costs beside its trials: 1000 trials of about 8 ms on two processes, against the same iterations in one run; then status,
# collect and plot of a folder of 10 000 trials. Usage: tests/bench/sweep.sh build/release/lsnn
set -euo pipefail
lsnn=$(realpath "$1")
export OMP_NUM_THREADS=1 TIMEFORMAT=%R
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 140, loss: cross_entropy}
END

# seconds COMMAND...
seconds() { { time "$@" >/dev/null 2>log || { cat log >&3; exit 1; }; } 2>&1; }
exec 3>&2

alone=$(seconds "$lsnn" run run.yaml learning.iterations=140000 -q -o alone)
swept=$(seconds "$lsnn" sweep run.yaml seed=1..1000 -q -j 2 -o swept)
awk "BEGIN { printf \"1000 trials: %.2f s, computing alone %.2f s, ratio %.2f\\n\", $swept, $alone / 2, 2 * $swept / $alone }"

"$lsnn" sweep run.yaml seed=1..10000 learning.iterations=5 -q -j 2 -o many >/dev/null
for verb in status "collect --group" plot; do
    taken=$(seconds "$lsnn" sweep ${verb%% *} many ${verb#"${verb%% *}"})
    echo "10000 trials, $verb: $taken s"
done
