# A sweep on a disk that becomes full ends with a sentence and exit code 4; when there is room again it goes on, and nothing is lost.
set -euo pipefail
export OMP_NUM_THREADS=1
[[ $(id -u) -eq 0 ]] || { echo "only root can mount a small disk"; exit 77; }
mkdir disk
mount -t tmpfs -o size=16m none disk 2>/dev/null || { echo "mounting is not allowed here"; exit 77; }
trap 'umount disk' EXIT

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 1, cue: 50 ms, gap: 10 ms, pause: 20 ms, recall: 20 ms}
populations: {cells: {model: alif, n: 20, v_th: 0.3}, out: {model: readout, n: 2, tau_out: 20 ms}}
projections: {in: {from: input, to: cells}, rec: {from: cells, to: cells}, out: {from: cells, to: out}}
learning: {rule: eprop, batch: 2, iterations: 30, loss: cross_entropy}
record: {v: {what: v, of: cells, neurons: 0..3, every: 1}}
END

# table DIR: what must not depend on how the sweep was run
table() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1] + "/results.csv")):
    print([v for k, v in row.items() if k not in ("seconds", "started", "host")])' "$1"
}
"$LSNN" sweep run.yaml seed=1..20 -q -j 2 -o whole >/dev/null
need=$(du -sk --apparent-size whole | cut -f1)

for room in 0 8 $((need / 10)) $((need / 2)) $((need * 3 / 4)); do
    rm -rf disk/sweep
    head -c $((1024 * (16384 - room))) /dev/zero >disk/filler
    status=0
    "$LSNN" sweep run.yaml seed=1..20 -q -j 2 -o disk/sweep >/dev/null 2>log || status=$?
    [[ $status -eq 4 ]] || { echo "$room kB: exit code $status"; cat log; exit 1; }
    grep -Eqx "lsnn: .*disk/sweep.*: [Nn]o space left on device.*" log || { echo "$room kB:"; cat log; exit 1; }
    done=$(find disk/sweep -name '*.json' -size +0 2>/dev/null | wc -l)
    rm disk/filler
    "$LSNN" sweep run.yaml seed=1..20 -q -j 2 -o disk/sweep >/dev/null
    diff <(table whole) <(table disk/sweep)
    claims=$(find disk/sweep/state -type l | wc -l)
    ((claims <= 20 + 2 * 2)) || { echo "$room kB: $done were done, and $claims claims were made"; exit 1; }
done
