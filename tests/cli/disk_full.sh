# On a disk that is full a run ends with a sentence and exit code 4; its files stay good, and it can go on when there is room.
set -euo pipefail
export OMP_NUM_THREADS=1
[[ $(id -u) -eq 0 ]] || exit 77 # to mount
mkdir disk
mount -t tmpfs -o size=8m none disk 2>/dev/null || exit 77
trap 'umount disk' EXIT

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 1, cue: 50 ms, gap: 10 ms, pause: 20 ms, recall: 20 ms}
populations: {cells: {model: alif, n: 20, v_th: 0.3}, out: {model: readout, n: 2, tau_out: 20 ms}}
projections: {in: {from: input, to: cells}, rec: {from: cells, to: cells}, out: {from: cells, to: out}}
learning: {rule: eprop, batch: 2, iterations: 30, loss: cross_entropy}
record:
  spikes: {what: spikes, of: cells, every: 1, trials: 2}
  v: {what: v, of: cells, neurons: 0..3, every: 1}
checkpoint: {every: 0}
END
"$LSNN" run run.yaml -q -o whole >/dev/null
need=$(du -sk --apparent-size whole | cut -f1)

# at KILOBYTES: the run begins with so much room, and can end when there is more
at() {
    local status=0
    rm -rf disk/run
    head -c $((1024 * (8192 - $1))) /dev/zero >disk/filler
    "$LSNN" run run.yaml -q -o disk/run >/dev/null 2>log || status=$?
    [[ $status -eq 4 ]] || { echo "$1 kB: exit code $status"; cat log; exit 1; }
    grep -Eqx "lsnn: .*disk/run(/(run.h5|checkpoint.h5|metrics.csv|config.yaml|command.txt))?( cannot be (written|made))?: [Nn]o space left on device.*" log ||
        { echo "$1 kB:"; cat log; exit 1; }
    [[ -z $(find disk/run -name '*.tmp') ]] || { echo "$1 kB: unfinished files are left"; ls -l disk/run; exit 1; }
    [[ ! -e disk/run/run.h5 ]] || "$PYTHON" -c "
import h5py
with h5py.File('disk/run/run.h5') as f:
    assert len(f['metrics/loss']) == len(f['metrics/rate'])
    assert f['spikes/cells/timestamps'].shape == f['spikes/cells/node_ids'].shape"
    rm disk/filler
    if [[ -s disk/run/config.yaml ]]; then
        "$LSNN" resume disk/run -q >/dev/null
        "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" whole/run.h5 disk/run/run.h5
        cmp <(sed 's/,[^,]*$//' whole/metrics.csv) <(sed 's/,[^,]*$//' disk/run/metrics.csv)
        resumed=$((resumed + 1))
    fi
}
resumed=0
for room in 0 4 60 $((need / 2)) $((need * 3 / 4)); do at $room; done
((resumed >= 3)) || { echo "only $resumed runs could go on"; exit 1; }
