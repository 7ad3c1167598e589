# What a run keeps of its trials: spikes of sources, targets of readouts, and learning signals.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
seed: 1
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
sources:
  clock: {kind: spikes, n: 3, spikes: [[0, 2], [7, 0], [7.2, 0], [59, 1], [80, 1]]}
populations:
  lif: {model: lif, n: 6, v_th: 0.6}
  out: {model: readout, n: 2}
projections:
  in: {from: input, to: lif}
  tick: {from: clock, to: lif}
  out: {from: lif, to: out}
learning: {rule: eprop, batch: 8, iterations: 4, loss: cross_entropy}
test: {trials: 0}
record:
  input: {what: spikes, of: input, every: 1, trials: 3}
  clock: {what: spikes, of: clock, every: 2, trials: 1}
  target: {what: target, of: out, every: 1, trials: 3}
  one: {what: target, of: out, neurons: [1], every: 1, trials: 3}
END
"$LSNN" run run.yaml -q -o run >/dev/null
OMP_NUM_THREADS=2 "$LSNN" run run.yaml -q -o two >/dev/null
cat >values.yaml <<'END'
seed: 1
task: {kind: pattern_generation}
populations: {lif: {model: lif, n: 4, v_th: 0.3}, out: {model: readout, n: 1}}
projections: {in: {from: input, to: lif}, out: {from: lif, to: out}}
learning: {rule: eprop, batch: 1, iterations: 1, loss: mse, rate: 1e-9} # weights stay what they were
validation: {every: 0}
record:
  target: {what: target, of: out}
  y: {what: y, of: out}
  L: {what: L, of: lif, neurons: [2, 0]}
  w: {what: weights, of: out}
END
"$LSNN" run values.yaml -q -o values >/dev/null
cat >bptt.yaml <<'END'
include: run.yaml
populations: {lif: {v_th: 0.1}}
projections: {rec: {from: lif, to: lif}}
learning: {rule: bptt, batch: 3, iterations: 2}
record: {psi: {what: psi, of: lif, every: 1, trials: 3}}
END
"$LSNN" run bptt.yaml -q -o bptt >/dev/null 2>log
[[ ! -s log ]] || { cat log; exit 1; }
"$LSNN" run bptt.yaml populations.lif.v_th=1000 populations.lif.width=0.1 -q -o starved >/dev/null 2>log
grep -q 'iteration 1: psi is not 0 for only 0 % of neurons and steps' log && [[ $(wc -l <log) -eq 1 ]] || { cat log; exit 1; }
"$LSNN" run run.yaml populations.lif.v_th=1000 learning.iterations=25 -q -o silent >/dev/null 2>log
grep -q 'iteration 20: no neuron has spiked for 20 iterations' log && [[ $(wc -l <log) -eq 1 ]] || { cat log; exit 1; }

"$PYTHON" - <<'END'
import h5py
import numpy as np

bptt = h5py.File('bptt/run.h5', 'r')
open_psi = (bptt['report/psi/data'][:].reshape(2, -1) != 0).mean(axis=1)
assert np.allclose(bptt['metrics/psi_density'][:], open_psi) and 0 < open_psi.min() < 1, open_psi
run = h5py.File('run/run.h5', 'r')
assert np.isnan(run['metrics/psi_density'][:]).all()
label, iteration, start = (run[f'trials/{n}'][:] for n in ('target', 'iteration', 'start'))
assert len(label) == 12 and len(set(label)) == 2
# The class is asked for in the last 15 ms.
target = run['report/target/data'][:].reshape(12, 60, 2)
assert np.isnan(target[:, :45]).all()
assert (target[:, 45:] == (np.arange(2) == label[:, None])[:, None, :]).all()
assert np.array_equal(run['report/one/data'][:].reshape(12, 60), target[:, :, 1], equal_nan=True)

# Cues come from cells of one side, for 20 ms.
t, i = run['spikes/input/timestamps'][:], run['spikes/input/node_ids'][:].astype(int)
n = int(run['spikes/input'].attrs['n'])
assert i.max() < n and (np.diff(t) >= 0).all()
for k in range(12):
    cells = i[(t >= start[k]) & (t < start[k] + 20)]
    sides = [(cells // (n // 4) == s).sum() for s in (0, 1)]
    assert max(sides) > 0 and min(sides) == 0, sides

# Every second iteration; two spikes of a cell in one step are one; what lies behind the trial's end is not there.
t, i = run['spikes/clock/timestamps'][:], run['spikes/clock/node_ids'][:]
assert (iteration[[0, 6]] == [1, 3]).all()
assert np.allclose(t, [s + x for s in start[[0, 6]] for x in (0, 7, 59)])
assert list(i) == [2, 0, 1] * 2

two = h5py.File('two/run.h5', 'r')
for path in 'spikes/input/timestamps', 'spikes/input/node_ids', 'report/target/data':
    assert np.array_equal(run[path][:], two[path][:], equal_nan=True), path

# The loss of a batch of one is that of the recorded target and readout.
values = h5py.File('values/run.h5', 'r')
target, y = values['report/target/data'][:].astype(float), values['report/y/data'][:].astype(float)
assert np.isfinite(target).all() and np.ptp(target) > 0.1
error = ((y - target) ** 2).sum() / (target ** 2).sum()
assert np.isclose(error, values['metrics/error'][0], rtol=1e-5), (error, values['metrics/error'][0])

# The loss is c sum (y - y*)^2; what a spike of neuron j does to the later readouts is w_j kappa^(s - t). Floats add up to 1e-6 of a
# sum of 1000 terms.
factor = 2 * values['metrics/loss'][0] / ((y - target) ** 2).sum()
kappa, signal, q = np.exp(-1 / 20), np.zeros(len(y)), 0.0
for t in range(len(y))[::-1]:
    q = kappa * q + factor * (y - target).ravel()[t]
    signal[t] = q
w = values['weights/w/weight'][0].astype(float)
assert list(values['weights/w/source'][:]) == [0, 1, 2, 3]
found = values['report/L/data'][:]
assert values['report/L'].attrs['variable'] in ('L', b'L') and list(values['report/L/mapping/node_ids'][:]) == [2, 0]
assert np.allclose(found, signal[:, None] * w[[2, 0]], rtol=0, atol=1e-5 * abs(found).max()) and np.ptp(found) > 0
END

failures=0
wrong() {
    local message=$1 got=0
    shift
    "$LSNN" check run.yaml "$@" >out 2>err || got=$?
    [[ $got == 2 ]] && grep -qF "$message" err && return
    printf '%s: exit %d\n%s\ninstead of\n%s\n' "$*" "$got" "$(<err)" "$message"
    failures=$((failures + 1))
}
wrong 'target: of the population of readouts that answers, by name' record.target.of=lif
wrong "'clock' has values and no spikes" sources.clock='{kind: current, n: 3, value: 1}'
wrong 'L: of one population that spikes, by name' record.target.what=L
wrong 'L needs a learning rule' record.target='{what: L, of: lif}' learning.rule=none
wrong 'with `threads: neurons` learning signals are not recorded' record.target='{what: L, of: lif}' learning.threads=neurons
exit $((failures > 0))
