# What is written: by one process at a time, never over what is read, as JSON that can be read, and with an error if it cannot be written.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
seed: 1
dt: 1 ms
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 4, tau_m: 20 ms, v_th: 0.6, n_ref: 2}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections:
  in: {from: input, to: lif}
  out: {from: lif, to: out}
learning: {rule: eprop, batch: 2, iterations: 1000000000, loss: cross_entropy}
record: {spikes: {what: spikes, of: lif, every: 1000000}}
checkpoint: {every: 0.1 s}
END

"$LSNN" run run.yaml -q -o run >/dev/null 2>&1 &
for ((k = 0; k < 600; k++)); do
    [[ ! -e run/checkpoint.h5 ]] || break
    sleep 0.1
done
status=0
"$LSNN" resume run 2>log || status=$?
[[ $status -eq 4 && $(cat log) == 'lsnn: run is being worked on by another process' ]] || { cat log; exit 1; }
kill -9 %1
wait %1 || true

# The one that was killed has it no longer. A signal that is sent twice at once, as by `timeout`, counts once.
before=$(wc -l <run/metrics.csv)
"$LSNN" resume run -q >/dev/null 2>log &
program=$!
for ((k = 0; k < 600; k++)); do
    [[ $(wc -l <run/metrics.csv) -le $before ]] || break
    sleep 0.1
done
kill -INT $program
kill -INT $program
status=0
wait $program || status=$?
[[ $status -eq 130 ]] && grep -q 'stopped by a signal' log || { echo "exit code $status"; cat log; exit 1; }

before=$(cksum run/run.h5)
for words in "analyze run/run.h5 -o run/run.h5" "export run/run.h5 --to csv -o run/run.h5" "report run -o run/run.h5" \
    "report run -o run/checkpoint.h5"; do
    status=0
    # shellcheck disable=SC2086
    "$LSNN" $words 2>log || status=$?
    [[ $status -eq 2 ]] && grep -q 'that is what is read; give another name' log || { echo "$words: $status"; cat log; exit 1; }
done
[[ $before == "$(cksum run/run.h5)" ]]

name='a "b" \c'
"$LSNN" run run.yaml learning.iterations=1 "experiment=$name" -q --json -o 'with "quotes"' >summary
"$PYTHON" -c 'import json, sys; s = json.load(open("summary")); assert [s["experiment"], s["folder"]] == sys.argv[1:], s' \
    "$name" 'with "quotes"'

status=0
"$LSNN" describe config >/dev/full 2>log || status=$?
[[ $status -eq 4 ]] && grep -q 'what was printed could not be written' log || { echo "exit code $status"; cat log; exit 1; }
