# Ranks of an MPI job share the networks of a generation: the bits of one process, also when the job is stopped or killed and resumed.
set -euo pipefail
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

cat >run.yaml <<'END'
task: {kind: pattern_generation, duration: 300 ms, outputs: 3}
populations:
  alif: {model: alif, n: 40, v_th: 0.6, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 3, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, sampler: evolution, iterations: 25}
validation: {every: 10, batches: 2}
test: {trials: 2}
checkpoint: {every: 0.1 s}
END
sed 's/, sampler: evolution//' run.yaml >gradient.yaml

# Without MPI it is not taken for several runs.
if command -v mpirun >/dev/null && [[ $MPI_PROGRAM != "$LSNN" ]]; then
    status=0
    mpirun --oversubscribe -n 2 "$LSNN" run run.yaml -o none >/dev/null 2>log || status=$?
    [[ $status -eq 2 && ! -e none ]] || { echo "exit code $status"; cat log; exit 1; }
    grep -q 'built without MPI' log
fi
[[ -n $MPI_PROGRAM ]] && command -v mpirun >/dev/null || { echo "Open MPI is not installed"; exit 77; }

ranks() { timeout 200 mpirun --oversubscribe -n "$1" "$MPI_PROGRAM" "${@:2}"; }
# All columns but the seconds, which are the last.
same() { diff <(sed 's/,[^,]*$//' one/metrics.csv) <(sed 's/,[^,]*$//' "$1/metrics.csv"); }

"$LSNN" run run.yaml -q -o one >one.txt
for sampler in evolution cma_es genetic; do
    "$LSNN" run run.yaml "learning.sampler=$sampler" learning.iterations=5 -q -o "one_$sampler" >/dev/null
    ranks 3 run run.yaml "learning.sampler=$sampler" learning.iterations=5 -q -o "three_$sampler" >/dev/null
    diff <(sed 's/,[^,]*$//' "one_$sampler/metrics.csv") <(sed 's/,[^,]*$//' "three_$sampler/metrics.csv")
done
ranks 2 run run.yaml -q -o two >two.txt
same two
diff <(grep -v -e results -e look -e seed one.txt) <(grep -v -e results -e look -e seed two.txt)

# Stopped by a signal, killed, and resumed by other numbers of ranks.
begin() {
    rm -rf "$1"
    ranks 3 run run.yaml -q -o "$1" >log 2>&1 &
    job=$!
    for ((k = 0; k < 2000; k++)); do
        [[ ! -s $1/metrics.csv || $(wc -l <"$1/metrics.csv") -lt 8 ]] || return 0
        sleep 0.01
    done
    echo "it did not begin"
    cat log
    exit 1
}
# ended DIR STATUS: what is written in run.h5
ended() {
    local status=0
    wait "$job" || status=$?
    ((status != 0)) || { echo "$1: the job ended well"; exit 1; }
    [[ $(h5dump -a /status "$1/run.h5") == *"$2"* ]] || { h5dump -a /status "$1/run.h5"; exit 1; }
}
begin stopped
pkill -TERM -f "^mpirun .* -o stopped"
ended stopped interrupted
ranks 2 resume stopped -q >/dev/null
same stopped
begin killed
pkill -KILL -n -f "^$MPI_PROGRAM run .* -o killed"
ended killed running
"$LSNN" resume killed -q >/dev/null
same killed

# What ranks cannot share, and mistakes, which one of them reports.
for config in gradient.yaml missing.yaml; do
    status=0
    ranks 2 run "$config" -o none >/dev/null 2>log || status=$?
    [[ $status -ne 0 && ! -e none ]] || { echo "$config: exit code $status"; cat log; exit 1; }
    [[ $(grep -c -e 'learning.sampler' -e 'missing.yaml' log) -ge 1 ]] || { cat log; exit 1; }
    [[ $(grep -c '^lsnn: \|^missing' log) -eq 1 ]] || { echo "said more than once"; cat log; exit 1; }
done
