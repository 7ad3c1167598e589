# Ranks of an MPI job share the trials of a sweep; a job of which a rank is killed goes on when it is started again.
set -euo pipefail
[[ -n $MPI_PROGRAM ]] && command -v mpirun >/dev/null || { echo "Open MPI is not installed"; exit 77; }
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 300, loss: cross_entropy}
checkpoint: {every: 0.02 s}
END
space=(learning.rate=1e-3,1e-2 seed=1..100)
ranks() { timeout 200 mpirun --oversubscribe -n 3 "$MPI_PROGRAM" sweep run.yaml "${space[@]}" -q -o "$1"; }

# table DIR: what must not depend on how the sweep was run
table() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1] + "/results.csv")):
    print([v for k, v in row.items() if k not in ("seconds", "started", "host", "version")])' "$1"
}

"$LSNN" sweep run.yaml "${space[@]}" -q -j 2 -o whole >/dev/null

ranks killed >log 2>&1 &
job=$!
while [[ $(find killed/state -name '*.json' 2>/dev/null | wc -l) -lt 20 ]]; do
    kill -0 $job 2>/dev/null || { echo "it ended too early"; cat log; exit 1; }
    sleep 0.05
done
# The ranks are the holders of the last claims.
victim=$(find killed/state -type l -printf '%T@ %l\n' | sort -n | tail -1 | cut -d' ' -f2)
kill -9 "$victim"
status=0
wait $job || status=$?
((status != 0)) || { echo "a job of which a rank was killed ended well"; exit 1; }
(($(find killed/state -name '*.json' | wc -l) < 200)) || { echo "it was over before a rank was killed"; exit 1; }
ranks killed >/dev/null
diff <(table whole) <(table killed)
[[ $(table killed | wc -l) -eq 200 && $(find killed/state -name '*.json' | wc -l) -eq 200 ]]

# Each rank has had a share.
holders=$(find killed/state -type l -printf '%l\n' | cut -d' ' -f1 | sort -u | wc -l)
((holders == 6)) || { echo "$holders processes have made claims, 6 were started"; exit 1; }

# Without MPI it is not taken for three sweeps.
[[ $MPI_PROGRAM != "$LSNN" ]] || exit 0
status=0
mpirun --oversubscribe -n 2 "$LSNN" sweep run.yaml "${space[@]}" -o none >/dev/null 2>log || status=$?
[[ $status -eq 2 && ! -e none ]] || { echo "exit code $status"; cat log; exit 1; }
grep -q 'built without MPI' log
