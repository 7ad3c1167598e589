# A sweep whose processes are killed all at once at random moments, and begun again each time, ends with the table of one that was
# left alone, and with every trial done once. SWEEP_TRIALS=200 SWEEP_KILLS=10: the long version.
set -euo pipefail
export OMP_NUM_THREADS=1
RANDOM=${SWEEP_SEED:-4711}
trials=${SWEEP_TRIALS:-60}
kills=${SWEEP_KILLS:-5}

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 200, loss: cross_entropy}
validation: {every: 20}
test: {trials: 16}
checkpoint: {every: 0.01 s}
record: {spikes: {what: spikes, of: alif, every: 50, trials: 1}}
END
space=(learning.rate=1e-3,1e-2 "seed=1..$((trials / 2))")

# table DIR: what must not depend on how the sweep was run
table() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1] + "/results.csv")):
    print([v for k, v in row.items() if k not in ("seconds", "started", "host")])' "$1"
}

begun=$(date +%s%N)
"$LSNN" sweep run.yaml "${space[@]}" -q -j 2 -o whole >/dev/null
length=$((($(date +%s%N) - begun) / 1000000)) # ms
[[ $(table whole | wc -l) -eq $trials ]]

killed=0
for ((k = 0; k < kills; k++)); do
    setsid "$LSNN" sweep run.yaml "${space[@]}" -q -j 2 -o killed >/dev/null 2>log &
    program=$!
    pause=$((RANDOM % (3 * length / (2 * kills) + 1)))
    sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
    kill -9 -- -$program 2>/dev/null && killed=$((killed + 1))
    status=0
    { wait $program; } 2>/dev/null || status=$?
    [[ $status -eq 137 || $status -eq 0 ]] || { echo "after kill $k: exit code $status"; cat log; exit 1; }
done
"$LSNN" sweep run.yaml "${space[@]}" -q -j 2 -o killed >/dev/null
diff <(table whole) <(table killed)
claims=$(find killed/state -type l | wc -l)
echo "$killed kills; $trials trials, $claims claims"
((claims > trials)) || { echo "no trial was under way when it was killed"; exit 1; }
[[ $(find killed/state -name '*.json' | wc -l) -eq $trials ]]
for ((k = 0; k < trials; k += trials / 7)); do
    number=$(printf %04d $k)
    "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" whole/$number/run.h5 killed/$number/run.h5
    cmp <(sed 's/,[^,]*$//' whole/$number/metrics.csv) <(sed 's/,[^,]*$//' killed/$number/metrics.csv)
done

# A trial alone gives the same bits.
"$LSNN" run killed/0003/config.yaml -q -o alone >/dev/null
"$PYTHON" "$SOURCE/tests/cli/same_datasets.py" killed/0003/run.h5 alone/run.h5
