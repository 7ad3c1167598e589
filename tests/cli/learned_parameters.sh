# What neurons learn: recorded over training, what it is in the end, in trials of a sweep, after a kill, and how it is described.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'YAML'
seed: 1
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 3, v_th: 0.6, learn_v_th: true, learn_v_0: true}
  alif: {model: alif, n: 6, v_th: 0.6, tau_m: {uniform: [15 ms, 25 ms]}, learn_tau_m: true, learn_tau_a: true, learn_beta: true}
  out: {model: readout, n: 2, learn_bias: true}
projections:
  in: {from: input, to: [lif, alif]}
  rec: {from: [lif, alif], to: [lif, alif]}
  out: {from: [lif, alif], to: out}
learning: {rule: bptt, batch: 4, iterations: 6, loss: cross_entropy, rate: 0.01}
test: {trials: 4}
record:
  learned: {what: parameters, of: [lif, alif], every: 2}
  weights: {what: weights, of: rec, every: 2}
YAML
"$LSNN" run run.yaml -q -o run >/dev/null
"$LSNN" run run.yaml -q -o five learning.iterations=5 >/dev/null
"$LSNN" sweep run.yaml seed=1,2 -q -o sweep >/dev/null
trial=$(dirname "$(find sweep -name run.h5 | sort | head -n 1)")
[[ -f $trial/run.h5 ]] || { echo "the sweep kept no run.h5"; find sweep; exit 1; }

"$PYTHON" - "$trial" <<'PYTHON'
import sys

import h5py
import numpy as np

# `learned` is a group; it is there when the run is over.
LEARNED = {'lif': ['v_th', 'v_0'], 'alif': ['tau_m', 'tau_a', 'beta'], 'out': ['bias']}
LOGARITHM = ['v_th', 'tau_m', 'tau_a']
UNIT = {'tau_m': 'ms', 'tau_a': 'ms'}
N = {'lif': 3, 'alif': 6, 'out': 2}
run = h5py.File('run/run.h5', 'r')
checkpoint = h5py.File('run/checkpoint.h5', 'r')
assert set(run['parameters']) == {'lif', 'alif'}
for name, parameters in LEARNED.items():
    about = run['populations'][name]
    assert set(about['learned']) == set(parameters), list(about['learned'])
    marked = {key for key in about if 'when' in about[key].attrs}
    assert marked == set(parameters) and all(about[key].attrs['when'] == 'initial' for key in marked), marked
    for key in parameters:
        final = about['learned'][key]
        stored = checkpoint[f'state/parameters/{name}.{key}'][: N[name]].astype(float)
        assert final.attrs['when'] == 'final'
        assert final.attrs['units'] == about[key].attrs['units'] == UNIT.get(key, '1')
        assert final.attrs['description'] == about[key].attrs['description']
        assert np.allclose(final[:], np.exp(stored) if key in LOGARITHM else stored, rtol=1e-14, atol=0), key
        assert np.abs(final[:] - about[key][:]).max() > 1e-4, key
        if name == 'out':
            continue
        recorded = run['parameters'][name]
        assert set(recorded) == {'iteration', *parameters}
        assert recorded['iteration'][:].tolist() == [1, 3, 5, 6]
        assert recorded[key].shape == (4, N[name]) and recorded[key].attrs['units'] == UNIT.get(key, '1')
        assert recorded[key].attrs['description'].endswith(' [record][neuron]')
        assert np.array_equal(recorded[key][-1], final[:])
        assert len(np.unique(recorded[key][:], axis=0)) == 4, key
assert (15 <= run['populations/alif/tau_m'][:]).all() and (run['populations/alif/tau_m'][:] <= 25).all()

# Weights are there at the end as well.
weights = run['weights/weights']
assert weights['iteration'][:].tolist() == [1, 3, 5, 6]
final = checkpoint['state/parameters/rec'][:]
assert np.array_equal(np.sort(weights['weight'][-1]), np.sort(final[final != 0]))

# The last of five iterations is recorded as any other.
five = h5py.File('five/run.h5', 'r')
assert five['parameters/alif/iteration'][:].tolist() == [1, 3, 5]
assert five['weights/weights/iteration'][:].tolist() == [1, 3, 5]
assert np.array_equal(five['parameters/alif/tau_m'][:], run['parameters/alif/tau_m'][:3])
assert np.array_equal(five['populations/alif/learned/tau_m'][:], five['parameters/alif/tau_m'][-1])

# A trial of a sweep makes its file when training is over; what is initial is so all the same.
trial = h5py.File(sys.argv[1] + '/run.h5', 'r')
assert np.array_equal(trial['populations/alif/tau_m'][:], run['populations/alif/tau_m'][:])
assert np.array_equal(trial['populations/alif/learned/tau_m'][:], run['populations/alif/learned/tau_m'][:])
PYTHON

# ---- what learns nothing has nothing of it ----------------------------------------------------------------------------
sed 's/, learn_[a-z_0]*: true//g; /^record/,$d' run.yaml >fixed.yaml
"$LSNN" run fixed.yaml -q -o fixed learning.iterations=1 >/dev/null
"$LSNN" describe fixed/run.h5 >description
! grep -q learned description || { cat description; exit 1; }
"$PYTHON" - <<'PYTHON'
import h5py

populations = h5py.File('fixed/run.h5', 'r')['populations']
assert all('learned' not in of and not any('when' in of[key].attrs for key in of) for of in populations.values())
PYTHON

# ---- stopped and resumed: the same bits; going on with what is over adds nothing --------------------------------------
"$LSNN" run run.yaml -q -o whole learning.iterations=500 >/dev/null
"$LSNN" run run.yaml -q -o stopped learning.iterations=500 >/dev/null 2>&1 &
program=$!
while [[ $(wc -l 2>/dev/null <stopped/metrics.csv || echo 0) -lt 20 ]]; do sleep 0.02; done
kill -TERM $program
status=0
wait $program || status=$?
[[ $status -eq 130 ]] || { echo "stopped with $status"; exit 1; }
"$LSNN" describe stopped/run.h5 >description
grep -Eq '^ +final +- +- +-$' description || { cat description; exit 1; }
for _ in 1 2; do
    "$LSNN" resume stopped -q >/dev/null
    "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" whole/run.h5 stopped/run.h5
    h5diff whole/run.h5 stopped/run.h5 /parameters >/dev/null
    h5diff whole/run.h5 stopped/run.h5 /weights >/dev/null
    h5diff whole/run.h5 stopped/run.h5 /populations >/dev/null
done

# ---- described --------------------------------------------------------------------------------------------------------
"$LSNN" describe run/run.h5 >description
for line in 'learned by neurons +mean +lowest +highest' '  alif tau_m, ms +initial +[0-9.]+ +[0-9.]+ +[0-9.]+' \
    '  lif v_th +initial +0\.6 +0\.6 +0\.6' ' +final +[0-9.]+ +[0-9.]+ +[0-9.]+' 'parameters/alif' '  tau_m +4 x 6'; do
    grep -Eq "^$line\$" description || { echo "not described: $line"; cat description; exit 1; }
done
"$LSNN" describe config | grep 'parameters (those that neurons learn)' >/dev/null # -q would end before lsnn does
"$LSNN" help run | grep parameters >/dev/null
