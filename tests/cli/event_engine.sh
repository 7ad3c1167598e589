# A simulation by events: the same results from any number of threads and from the config that the run has written, at times off the grid.
set -euo pipefail
cat >net.yaml <<'END'
dt: 0.1 ms
simulation: {engine: event, time: 200 ms}
sources:
  external: {kind: poisson, n: 600, rate: 3 kHz}
  list: {kind: spikes, n: 2, spikes: [[1 ms, 0], [2.5 ms, 1]]}
populations:
  exc: {model: iaf, n: 500, synapse: exponential, tau_syn: 2 ms, i_e: 18, tau_a: [50], beta: [1]}
  inh: {model: lif, n: 100, v_th: 20, n_ref: 20}
projections:
  drive: {from: external, to: [exc, inh], wiring: one_to_one, weights: 0.8}
  list: {from: list, to: exc, weights: 1, delay: 0.123 ms}
  rec: {from: exc, to: [exc, inh], wiring: {in_degree: 40}, weights: 0.3, delay: 1.234 ms}
  inhibit: {from: inh, to: exc, wiring: {in_degree: 10}, weights: -2, delay: {uniform: [0.77 ms, 3 ms]}}
record:
  spikes: {what: spikes, of: [exc, inh]}
  v: {what: v, of: exc, neurons: [0, 499], every: 5}
  A: {what: A, of: inh, neurons: 0..9, every: 100}
END
for threads in 1 2 3; do
    "$LSNN" run net.yaml -q -o with-$threads -j $threads >/dev/null
    "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" with-1/run.h5 with-$threads/run.h5
done
"$LSNN" run with-1/config.yaml -q -o again >/dev/null
"$PYTHON" "$SOURCE/tests/cli/same_datasets.py" with-1/run.h5 again/run.h5

"$PYTHON" - <<'END'
import h5py, sys
file = h5py.File('with-1/run.h5')
times = [list(file[f'spikes/{p}/timestamps']) for p in ('exc', 'inh')]
if min(map(len, times)) < 100: sys.exit(f'few spikes: {[len(t) for t in times]}')
if any(t != sorted(t) for t in times): sys.exit('not in the order of time')
if any(not 0 <= t < 200 for t in sum(times, [])): sys.exit('spikes outside of the simulation')
off = [t for t in times[0] if abs(t * 10 - round(t * 10)) > 1e-6]
v, A = file['report/v/data'], file['report/A/data']
if v.shape != (400, 2) or A.shape != (20, 10): sys.exit(f'v {v.shape}, A {A.shape}')
if not (max(v[:, 0]) < 20 + 5 and min(A[:, 0]) == 20): sys.exit('strange values')
if len(off) < 0.99 * len(times[0]): sys.exit('spikes lie on the grid')
END

# What cannot be is named with its place.
if "$LSNN" run net.yaml -q -o bad populations.inh.dialect=lsnn2018paper 2>message; then echo "a dialect passed"; exit 1; fi
grep -q 'populations.inh: only the dialect eprop2020' message || { cat message; exit 1; }
if "$LSNN" run net.yaml -q -o bad record.v.what=I_syn 2>message; then echo "I_syn passed"; exit 1; fi
grep -q 'spikes, v and A are recorded, not I_syn' message || { cat message; exit 1; }
