# lsnn export and import: SONATA, CSV, npy and NIR, read by h5py, numpy and Neo; and what cannot be said is refused.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >base.yaml <<'END'
seed: 3
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 6, v_th: 0.4, tau_m: {uniform: [10, 30]}, scale_input: leak}
  lif2: {model: lif, n: 3, v_th: 0.6}
  out: {model: readout, n: 2, bias: 0.1, bias_mode: leaky}
projections:
  in: {from: input, to: lif, weights: {scaled_normal: 60}}
  rec: {from: [lif, lif2], to: [lif, lif2], weights: {scaled_normal: 4}}
  out: {from: [lif, lif2], to: out}
learning: {rule: eprop, batch: 4, iterations: 3, loss: cross_entropy}
test: {trials: 0}
record:
  spikes: {what: spikes, of: [lif, lif2], every: 1, trials: 2}
  v: {what: v, of: lif, every: 1, trials: 2, neurons: [1, 4]}
  y: {what: y, of: out, every: 1, trials: 2}
END
"$LSNN" run base.yaml -q -o run >/dev/null
"$LSNN" export run/run.h5 --to sonata -o some.h5 --trials 1,3 --window 10:50 2>/dev/null
"$LSNN" export run/run.h5 --to csv 2>/dev/null
"$LSNN" export run/run.h5 --to npy --population lif 2>/dev/null
"$LSNN" export run --to nir -o net.nir 2>/dev/null

"$PYTHON" - <<'END'
import csv
import h5py, neo
import numpy as np

run = h5py.File('run/run.h5', 'r')
t, i = run['spikes/lif/timestamps'][:], run['spikes/lif/node_ids'][:]
assert len(t) > 20
f = h5py.File('some.h5', 'r')
assert f.attrs['magic'] == 0x0A7A and list(f.attrs['version']) == [0, 1]
p = f['spikes/lif']
assert h5py.check_enum_dtype(p.attrs.get_id('sorting').dtype)[{2: 'by_time'}[int(p.attrs['sorting'])]] == 2
wanted = np.concatenate([t[(t >= 60 * k + 10) & (t < 60 * k + 50)] - 60 * k - 10 + 40 * n for n, k in enumerate((1, 3))])
assert np.array_equal(p['timestamps'][:], wanted) and p['timestamps'].attrs['units'] == 'ms'
neo.SpikeTrain(p['timestamps'][:], t_stop=80, units=p['timestamps'].attrs['units'])
v = run['report/v/data'][:].reshape(6, 60, 2)
r = f['report/v']
assert np.array_equal(r['data'][:], v[[1, 3], 10:50].reshape(80, 2).astype(r['data'].dtype))
assert list(r['mapping/node_ids'][:]) == [1, 4] and list(r['mapping/time'][:]) == [0, 80, 1]
assert list(r['mapping/index_pointers'][:]) == [0, 1, 2] and r['mapping/time'].attrs['units'] == 'ms'

rows = list(csv.DictReader(open('run/run.csv')))
mine = [x for x in rows if x['population'] == 'lif']
assert [float(x['time_ms']) for x in mine] == list(t) and [int(x['neuron']) for x in mine] == list(i)
assert [int(x['trial']) for x in mine] == list((t // 60).astype(int))
assert np.array_equal(np.load('run/run.npy/lif_time.npy'), t)
assert np.array_equal(np.load('run/run.npy/lif_neuron.npy'), i)
assert np.array_equal(np.load('run/run.npy/lif_trial.npy'), t // 60)
w = np.load('run/run.npy/report_v.npy')
assert np.array_equal(w, v.astype(w.dtype))

# NIR by its specification's list of fields.
g = h5py.File('net.nir', 'r')
assert g['version'][()] and g['node/type'][()].decode() == 'NIRGraph'
nodes = g['node/nodes']
types = {k: n['type'][()].decode() for k, n in nodes.items()}
fields = {'Input': {'shape'}, 'Output': {'shape'}, 'Linear': {'weight'}, 'LI': {'tau', 'r', 'v_leak'},
          'LIF': {'tau', 'r', 'v_leak', 'v_reset', 'v_threshold'}}
for name, n in nodes.items():
    assert set(n) == fields[types[name]] | {'type'}, name
assert types['lif'] == types['lif2'] == 'LIF' and types['out'] == 'LI' and types['input'] == 'Input'
edges = {(a.decode(), b.decode()) for a, b in g['node/edges'][()]}
assert ('lif2', 'rec_lif2_lif') in edges and ('rec_lif2_lif', 'lif') in edges and ('out', 'out_output') in edges
assert all(a in nodes and b in nodes for a, b in edges)
assert nodes['rec_lif2_lif/weight'].shape == (6, 3)
assert np.allclose(nodes['lif/tau'][:], run['populations/lif/tau_m'][:] / 1000)
assert np.allclose(nodes['lif/r'][:], 1)
assert np.allclose(nodes['lif2/r'][:], 1 / (1 - np.exp(-1 / 20)))
END

# There and back: the same spikes to the last one, from the same given input.
"$LSNN" import net.nir -o back 2>/dev/null
cat >tail.yaml <<'END'
sources: {given: {kind: spikes, n: 40, spikes: {file: ../given.h5, group: /spikes/given}}}
learning: {rule: none, batch: 1, iterations: 1, loss: cross_entropy}
test: {trials: 0}
record: {spikes: {what: spikes, of: [lif, lif2], every: 1, trials: 1}, y: {what: y, of: out, every: 1, trials: 1}}
END
"$PYTHON" - <<'END'
import h5py
import numpy as np
random = np.random.default_rng(2)
with h5py.File('given.h5', 'w') as f:
    step, cell = np.nonzero(random.random((60, 40)) < 0.25)
    f['spikes/given/timestamps'] = step.astype(float)
    f['spikes/given/timestamps'].attrs['units'] = 'ms'
    f['spikes/given/node_ids'] = cell
END
task='task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}'
# The original with its learned weights is the graph again, so import is held against an import by hand in numpy.
{ echo 'include: network.yaml'; echo "$task"; cat tail.yaml; echo 'projections: {in_input_lif: {from: given}}'; } >back/run.yaml
"$LSNN" run back/run.yaml -q -o again >/dev/null
"$LSNN" export back/run.yaml --to nir -o again.nir 2>/dev/null
"$PYTHON" - <<'END'
import h5py
import numpy as np

g = h5py.File('net.nir', 'r')['node/nodes']
with h5py.File('given.h5', 'r') as f:
    x = np.zeros((60, 40))
    np.add.at(x, (f['spikes/given/timestamps'][:].astype(int), f['spikes/given/node_ids'][:].astype(int)), 1)
a = {k: np.exp(-1e-3 / g[k]['tau'][:]) for k in ('lif', 'lif2', 'out')}
v = {k: np.zeros(len(a[k])) for k in a}
z = {k: np.zeros(len(a[k])) for k in ('lif', 'lif2')}
spikes, y = {'lif': [], 'lif2': []}, []
for t in range(60):
    into = {k: sum(g[f'rec_{j}_{k}/weight'][:] @ z[j] for j in z) for k in z}
    into['lif'] = into['lif'] + g['in_input_lif/weight'][:] @ x[t]
    for k in z:
        v[k] = a[k] * v[k] + (1 - a[k]) * g[k]['r'][:] * into[k] - g[k]['v_threshold'][:] * z[k]
    for k in z:
        z[k] = (v[k] > g[k]['v_threshold'][:]).astype(float)
        spikes[k] += [(t, i) for i in np.flatnonzero(z[k])]
    o = sum(g[f'out_{k}_out/weight'][:] @ z[k] for k in z)
    v['out'] = a['out'] * v['out'] + (1 - a['out']) * (g['out/v_leak'][:] + g['out/r'][:] * o)
    y.append(v['out'])
run = h5py.File('again/run.h5', 'r')
for k in z:
    found = list(zip(run[f'spikes/{k}/timestamps'][:].astype(int), run[f'spikes/{k}/node_ids'][:].astype(int)))
    assert found == spikes[k] and len(found) > 5, (k, len(found), len(spikes[k]))
assert np.allclose(run['report/y/data'][:], y, atol=1e-5)

h = h5py.File('again.nir', 'r')['node/nodes']
for k in 'lif', 'lif2', 'out':
    assert np.allclose(h[k]['tau'][:], g[k]['tau'][:])
END

# A graph written by hand, as the NIR package writes it: scalars for all neurons, texts of variable length, metadata.
"$PYTHON" - <<'END'
import h5py
import numpy as np


def graph(name, nodes, edges):
    with h5py.File(name, 'w') as f:
        f.create_dataset('version', data='1.0.4', dtype=h5py.string_dtype())
        f.create_dataset('node/type', data='NIRGraph', dtype=h5py.string_dtype())
        f.create_dataset('node/edges', data=edges, dtype=h5py.string_dtype())
        for key, values in nodes.items():
            for field, value in values.items():
                if isinstance(value, str):
                    f.create_dataset(f'node/nodes/{key}/{field}', data=value, dtype=h5py.string_dtype())
                else:
                    f[f'node/nodes/{key}/{field}'] = np.array(value)
            f.create_group(f'node/nodes/{key}/metadata')


lif = {'type': 'LIF', 'tau': [0.01, 0.02], 'r': [2.0, 1.0], 'v_leak': [-1.0, 0.0], 'v_reset': [-1.0, 0.0],
       'v_threshold': [0.0, 0.5]}
nodes = {'in': {'type': 'Input', 'shape': [3]}, 'out': {'type': 'Output', 'shape': [2]},
         'w.0': {'type': 'Affine', 'weight': [[1.0, 2, 3], [4, 5, 6]], 'bias': [0.0, 0.0]}, 'lif': lif}
edges = [('in', 'w.0'), ('w.0', 'lif'), ('lif', 'out')]
graph('hand.nir', nodes, edges)
graph('cuba.nir', {**nodes, 'lif': {**lif, 'type': 'CubaLIF'}}, edges)
current = {'type': 'CubaLIF', 'tau_mem': [0.01, 0.02], 'tau_syn': [0.004, 0.01], 'r': [2.0, 1.0], 'w_in': [0.5, 1.5],
           'v_leak': [0.0, 0.0], 'v_reset': [0.0, 0.0], 'v_threshold': [0.2, 0.5]}
graph('current.nir', {**nodes, 'lif': current}, edges)
graph('spike.nir', {**nodes, 'lif': {**lif, 'type': 'Spike'}}, edges)
graph('bias.nir', {**nodes, 'w.0': {'type': 'Affine', 'weight': [[1.0, 2, 3], [4, 5, 6]], 'bias': [1.0, 0]}}, edges)
graph('shape.nir', {**nodes, 'w.0': {'type': 'Linear', 'weight': [[1.0, 2], [4, 5]]}}, edges)
graph('reset.nir', {**nodes, 'lif': {**lif, 'v_reset': [0.0, 0.2]}}, edges)
graph('edge.nir', nodes, edges + [('lif', 'none')])
graph('nan.nir', {**nodes, 'lif': {**lif, 'tau': [0.1, np.nan]}}, edges)
graph('direct.nir', nodes, edges + [('in', 'lif')])
with h5py.File('no.nir', 'w') as f:
    f['x'] = 1
END
"$LSNN" import hand.nir -o hand dt=0.5 2>/dev/null
grep -q '  lif: {model: lif, n: 2, scale_input: leak, tau_m: {file: weights.h5, dataset: /lif/tau_m}, v_th: {file: weights.h5, dataset: /lif/v_th}, n_ref: 0}' hand/network.yaml
grep -q '  w_0: {from: input, to: lif, wiring: {file: weights.h5, group: /projections/w_0}}' hand/network.yaml
"$PYTHON" - <<'END'
import h5py
f = h5py.File('hand/weights.h5', 'r')
assert list(f['projections/w_0/weight'][:]) == [2, 4, 6, 4, 5, 6]
assert list(f['lif/v_th'][:]) == [1, 0.5] and list(f['lif/tau_m'][:]) == [10, 20]
END

# Graphs written by hand give the spikes that their equations give, of the same input.
"$LSNN" import current.nir -o current dt=0.5 2>/dev/null
"$PYTHON" - <<'END'
import h5py
import numpy as np
random = np.random.default_rng(3)
with h5py.File('three.h5', 'w') as f:
    step, cell = np.nonzero(random.random((120, 3)) < 0.2)
    f['spikes/three/timestamps'] = step * 0.5
    f['spikes/three/timestamps'].attrs['units'] = 'ms'
    f['spikes/three/node_ids'] = cell
END
for graph in hand current; do
    cat >$graph/run.yaml <<END
include: network.yaml
dt: 0.5 ms
$task
sources: {three: {kind: spikes, n: 3, spikes: {file: ../three.h5, group: /spikes/three}}}
populations: {out: {model: readout, n: 2}}
projections: {w_0: {from: three}, out: {from: lif, to: out}}
learning: {rule: none, batch: 1, iterations: 1, loss: cross_entropy}
test: {trials: 0}
record: {spikes: {what: spikes, of: lif, every: 1, trials: 1}}
END
    "$LSNN" run $graph/run.yaml -q -o ran_$graph >/dev/null
    "$LSNN" export $graph/run.yaml --to nir -o back_$graph.nir 2>/dev/null
done
"$PYTHON" - <<'END'
import h5py
import numpy as np

with h5py.File('three.h5', 'r') as f:
    x = np.zeros((120, 3))
    np.add.at(x, ((2 * f['spikes/three/timestamps'][:]).astype(int), f['spikes/three/node_ids'][:].astype(int)), 1)
for name in 'hand', 'current':
    g = h5py.File(f'{name}.nir', 'r')['node/nodes']
    p = {k: v[()] for k, v in g['lif'].items() if k != 'type' and k != 'metadata'}
    decay = lambda tau: np.exp(-0.5e-3 / tau)  # between steps of 0.5 ms, with an input that is constant meanwhile
    v, i, spikes = p['v_leak'].copy(), np.zeros(2), []
    for t in range(120):
        drive = g['w.0/weight'][()] @ x[t]
        if name == 'current':
            i = decay(p['tau_syn']) * i + (1 - decay(p['tau_syn'])) * p['w_in'] * drive
            drive = i
        a = decay(p.get('tau', p.get('tau_mem')))
        v = p['v_leak'] + a * (v - p['v_leak']) + (1 - a) * p['r'] * drive
        fired = v > p['v_threshold']
        spikes += [(t, j) for j in np.flatnonzero(fired)]
        v = v - fired * (p['v_threshold'] - p['v_leak']) / a  # taken away a step later there
    run = h5py.File(f'ran_{name}/run.h5', 'r')['spikes/lif']
    found = list(zip((2 * run['timestamps'][:]).astype(int), run['node_ids'][:].astype(int)))
    assert found == spikes and len(found) > 10, (name, len(found), len(spikes), found[:5], spikes[:5])
# The way back says the same; r and w_in are in the weights now.
back, there = (h5py.File(n, 'r')['node/nodes'] for n in ('back_current.nir', 'current.nir'))
assert set(back['lif']) == set(there['lif']) - {'metadata'}
for field in 'tau_mem', 'tau_syn', 'v_threshold':
    assert np.allclose(back['lif'][field][()], there['lif'][field][()]), field
gain = lambda n: n['r'][()] * n['w_in'][()]
weights = [n for k, n in back.items() if n['type'][()] == b'Linear' and n['weight'].shape == (2, 3)][0]['weight'][()]
assert np.allclose(weights * gain(back['lif'])[:, None], there['w.0/weight'][()] * gain(there['lif'])[:, None])
END

# ---- what is wrong is said ----------------------------------------------------------------------------------------------
failures=0
wrong() { # CODE FIRST_LINE ARGUMENT...
    local code=$1 message=$2 status=0 said=
    shift 2
    timeout 60 "$LSNN" "$@" >stdout 2>stderr || status=$?
    IFS= read -r said <stderr || true
    [[ $status -ne $code || $said != "$message" ]] || return 0
    printf 'lsnn %s\n  exit code %s, expected %s\n  said:     %s\n  expected: %s\n' "$*" $status "$code" "$said" "$message"
    failures=$((failures + 1))
}
sed 's/lif2: {model: lif/lif2: {model: alif/' base.yaml >alif.yaml
sed 's/v_th: 0.6/v_th: 0.6, n_ref: 2/' base.yaml >refractory.yaml
sed 's/rec: {/rec: {delay: 3 ms, /' base.yaml >delay.yaml
sed 's/bias_mode: leaky/bias_mode: static/' base.yaml >bias.yaml
sed 's/v_th: 0.6/v_th: 0.6, dialect: lsnn2018code/' base.yaml >dialect.yaml
wrong 2 "lsnn: population 'lif2': NIR has no adaptive neuron; --extensions writes a node ALIF that lsnn reads, but others will not know" export alif.yaml --to nir
wrong 2 "lsnn: population 'lif2': NIR's LIF has no refractory time (n_ref); --extensions writes it as a value that others will ignore" export refractory.yaml --to nir
wrong 2 "lsnn: projection 'rec' has a delay of 3 ms; a NIR graph made here has none but a step between neurons" export delay.yaml --to nir
wrong 2 "lsnn: population 'out': NIR's LI has no bias behind its filter; bias_mode: leaky has one in it" export bias.yaml --to nir
wrong 2 "lsnn: population 'lif2': NIR cannot say how the dialect lsnn2018code resets" export dialect.yaml --to nir
wrong 2 'lsnn: --to sonata, csv, npy or nir says which format is wanted' export run/run.h5
wrong 2 "lsnn: --to takes sonata, csv, npy or nir, not 'nwb'" export run/run.h5 --to nwb
wrong 2 'lsnn: a file with spikes is needed; for nir a run'"'"'s folder or a config' export --to csv
wrong 4 'lsnn: cannot write no/such/x.csv: no such file or directory' export run/run.h5 --to csv -o no/such/x.csv
wrong 2 'lsnn: import takes a NIR file, and -o FOLDER for what becomes of it' import hand.nir
wrong 4 'lsnn: the folder hand cannot be made: File exists' import hand.nir -o hand
wrong 3 'lsnn: no.nir: not a NIR graph: /node/nodes and /node/edges are missing' import no.nir -o x
wrong 3 "lsnn: cuba.nir: node 'lif' (CubaLIF) lacks a time constant, r, v_leak or v_threshold" import cuba.nir -o x
wrong 3 "lsnn: spike.nir: node 'lif' (Spike) is of a type that is not read; lsnn knows LIF, CubaLIF, LI, Linear, Affine, Input, Output and its own ALIF" import spike.nir -o x
wrong 3 "lsnn: bias.nir: node 'w.0' (Affine) has a bias, which lsnn's projections have not" import bias.nir -o x
wrong 3 "lsnn: shape.nir: node 'w.0' has weights 2 x 2; from 'in' to 'lif' they are 2 x 3" import shape.nir -o x
wrong 3 "lsnn: reset.nir: node 'lif' (LIF) has a v_reset that is not its v_leak, which lsnn cannot do" import reset.nir -o x
wrong 3 "lsnn: edge.nir: an edge names the node 'none', which is not there" import edge.nir -o x
wrong 3 'lsnn: nan.nir: /node/nodes/lif/tau[1] is not finite' import nan.nir -o x
wrong 3 "lsnn: direct.nir: node 'in' (Input) meets other neurons without weights between" import direct.nir -o x
[[ ! -e x ]] || { echo 'a refused import left its folder'; failures=$((failures + 1)); }
# Written on request, ALIF comes back.
"$LSNN" export alif.yaml --to nir --extensions -o alif.nir 2>/dev/null
"$LSNN" import alif.nir -o alif 2>/dev/null
grep -q 'lif2: {model: alif, n: 3, .*tau_a: 200.*, beta: 0.1' alif/network.yaml
exit $((failures > 0))
