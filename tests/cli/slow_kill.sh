# A run that is killed at 20 moments and resumed each time ends with the same bits as one that is left alone.
set -euo pipefail
export OMP_NUM_THREADS=1
RANDOM=4711

cat >run.yaml <<'END'
seed: 3
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  lif: {model: lif, n: 8, v_th: 0.3, n_ref: 3}
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1, learn_tau_a: true, learn_beta: true}
  out: {model: readout, n: 2, tau_out: 20 ms}
signs: {alif: {excitatory: 0.5}}
projections:
  in: {from: input, to: [lif, alif]}
  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.5}, delay: {uniform: [1 ms, 4 ms]}, rewiring: deep_r}
  out: {from: [lif, alif], to: out, wiring: {probability: 0.5}, rewiring: {kind: deep_r, temperature: 1e-5}}
learning:
  rule: {kind: eprop, feedback: adaptive}
  batch: 4
  carry: true
  iterations: 3000
  loss: cross_entropy
  regularisation: {strength: 1, scope: previous}
validation: {every: 7}
test: {trials: 16}
record:
  spikes: {what: spikes, of: [lif, alif], every: 2, trials: 2}
  v: {what: v, of: alif, neurons: [0, 3], every: 50}
  rec: {what: weights, of: rec, every: 100}
checkpoint: {every: 0.02 s}
END

# same RUN: its results are those of the run in the folder whole
same() {
    "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" whole/run.h5 "$1/run.h5"
    for group in /metrics /trials /spikes /report /weights; do
        h5diff whole/run.h5 "$1/run.h5" $group || { echo "$1: $group differs"; return 1; }
    done
    # The last column is the time.
    cmp <(sed 's/,[^,]*$//' whole/metrics.csv) <(sed 's/,[^,]*$//' "$1/metrics.csv") || { echo "$1: metrics.csv differs"; return 1; }
    [[ $(h5dump -a /status "$1/run.h5") == *complete* ]] || { echo "$1: not complete"; return 1; }
}

begun=$(date +%s%N)
"$LSNN" run run.yaml -q -o whole >/dev/null
length=$((($(date +%s%N) - begun) / 1000000)) # ms

# What is done is kept, so the pauses are so short that most kills come before the end.
killed=0
for ((k = 0; k < 20; k++)); do
    pause=$((RANDOM % (length / 8 + 1)))
    if [[ ! -e killed/config.yaml ]]; then
        rm -rf killed
        "$LSNN" run run.yaml -q -o killed >/dev/null 2>log &
    else
        "$LSNN" resume killed -q >/dev/null 2>log &
    fi
    program=$!
    sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
    kill -9 $program 2>/dev/null || true
    status=0
    { wait $program; } 2>/dev/null || status=$?
    [[ $status -eq 137 ]] && killed=$((killed + 1))
    [[ $status -eq 137 || $status -eq 0 ]] || { echo "after kill $k:"; cat log; exit 1; }
done
((killed >= 10)) || { echo "only $killed of 20 were still running when they were killed"; exit 1; }
(($(wc -l <killed/metrics.csv) > 20)) || { echo "what was done before a kill is lost"; exit 1; }
"$LSNN" resume killed -q >/dev/null
same killed

# SIGTERM and SIGINT end it with a checkpoint; the exit code and the sentence say how to go on.
for signal in TERM INT; do
    "$LSNN" run run.yaml -q -o "$signal" >/dev/null 2>log &
    program=$!
    while [[ ! -e $signal/metrics.csv || $(wc -l <"$signal/metrics.csv") -lt 5 ]]; do sleep 0.02; done
    kill -$signal $program
    status=0
    wait $program || status=$?
    [[ $status -eq 130 ]] || { echo "SIG$signal: exit code $status"; cat log; exit 1; }
    grep -Eqx "lsnn: stopped by a signal after iteration [0-9]+; go on with: lsnn resume $signal" log || { cat log; exit 1; }
    [[ $(h5dump -a /status "$signal/run.h5") == *interrupted* ]] || { echo "$signal: not marked as interrupted"; exit 1; }
    "$LSNN" resume "$signal" -q >/dev/null
    same "$signal"
done
