# lsnn sweep when somebody or something ends it, or one of its workers: it goes on, to the same table.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 200, loss: cross_entropy}
validation: {every: 10}
checkpoint: {every: 0.02 s}
END
cat >block.yaml <<'END'
include: run.yaml
sweep: {learning.rate: [1e-3, 1e-2], seed: 0..19}
END

# table DIR: what must not depend on how the sweep was run
table() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1] + "/results.csv")):
    print([v for k, v in row.items() if k not in ("seconds", "started", "host")])' "$1"
}
# some_done DIR N: waits until N trials are done
some_done() {
    for ((k = 0; k < 5000; k++)); do
        (($(find "$1/state" -name '*.json' 2>/dev/null | wc -l) < $2)) || return 0
        sleep 0.02
    done
    echo "$1: not $2 trials in 100 s"
    exit 1
}
# strike SIGNAL DIR: sends it to a process that is at work on a trial, not one that has just claimed it
strike() {
    local time work pid rest
    while read -r time work pid rest < <(find "$2/state" -type l -printf '%T@ %f %l\n' | sort -n | tail -1); do
        kill -STOP "$pid"
        if [[ -e $2/${work%-*}/metrics.csv && ! -e $2/state/${work%.*}.json ]]; then break; fi
        kill -CONT "$pid"
    done
    kill "-$1" "$pid"
    kill -CONT "$pid" 2>/dev/null || true
}

"$LSNN" sweep block.yaml -q -j 2 -o whole >/dev/null

# ---- signals
for signal in TERM INT; do
    setsid "$LSNN" sweep block.yaml -q -j 2 -o "$signal" >/dev/null 2>log &
    program=$!
    some_done "$signal" 5
    if [[ $signal == INT ]]; then kill -INT -- -$program; else kill -TERM $program; fi
    status=0
    wait $program || status=$?
    [[ $status -eq 130 ]] || { echo "SIG$signal: exit code $status"; cat log; exit 1; }
    grep -qx "lsnn: stopped by a signal; go on with: lsnn sweep $signal" log || { cat log; exit 1; }
    (($(find "$signal/state" -name '*.json' | wc -l) < 40)) || { echo "SIG$signal came too late"; exit 1; }
    [[ $(find "$signal" -name checkpoint.h5 | wc -l) -ge 1 ]] || { echo "SIG$signal: no checkpoint"; exit 1; }
    "$LSNN" sweep "$signal" -q >/dev/null
    diff <(table whole) <(table "$signal")
    [[ $(find "$signal" -name checkpoint.h5 | wc -l) -eq 0 ]] || { echo "SIG$signal: checkpoints are left"; exit 1; }
done

# ---- workers that die: one that was killed is replaced, one that crashed has its trial marked, until --retry
for signal in KILL ABRT; do
    "$LSNN" sweep block.yaml -j 2 -o "$signal" >/dev/null 2>log &
    program=$!
    some_done "$signal" 5
    strike $signal "$signal"
    status=0
    wait $program || status=$?
    [[ $status -eq $([[ $signal == ABRT ]] && echo 7 || echo 0) ]] || { echo "SIG$signal of a worker: exit code $status"; cat log; exit 1; }
    grep -q "a worker ended by signal" log || { cat log; exit 1; }
    if [[ $signal == ABRT ]]; then
        [[ $(table ABRT | grep -c failed) -eq 1 && $(table ABRT | grep -c 'ended by signal 6') -eq 1 ]] || { table ABRT; exit 1; }
        "$LSNN" sweep ABRT -q >/dev/null 2>&1 && { echo "a sweep with a failed trial ended well"; exit 1; }
        [[ $(table ABRT | grep -c failed) -eq 1 ]] || { echo "a failed trial was repeated unasked"; exit 1; }
        "$LSNN" sweep ABRT -q --retry >/dev/null
    fi
    diff <(table whole) <(table "$signal")
done
