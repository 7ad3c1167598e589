# Synapses from a file in a simulation, by both engines: each spike of a list reaches its targets after their delays, with their weights.
set -euo pipefail
"$PYTHON" - <<'PY'
import h5py, random
random.seed(4)
pairs = [(i, j) for i in range(20) for j in random.sample(range(300), 30)]
random.shuffle(pairs)
with h5py.File('wires.h5', 'w') as file:
    file['in/source'] = [i for i, j in pairs]
    file['in/target'] = [j for i, j in pairs]
    file['in/weight'] = [25.0 if (i + j) % 2 else 15.0 for i, j in pairs]
    file['in/delay'] = [1.0 + (7 * i + 3 * j) % 40 for i, j in pairs]
PY
cat >net.yaml <<'END2'
dt: 1 ms
simulation: {time: 2100 ms}
sources:
  list: {kind: spikes, n: 20, spikes: [SPIKES]}
populations:
  neurons: {model: iaf, n: 300, tau_m: 10 ms, v_th: 20, t_ref: 2 ms}
projections:
  in: {from: list, to: neurons, wiring: {file: wires.h5, group: /in}}
record: {spikes: {what: spikes, of: neurons}}
END2
sed -i "s/SPIKES/$(for i in $(seq 0 19); do echo -n "[$((100 * i)) ms, $i],"; done | sed 's/,$//')/" net.yaml
for engine in grid event; do
    for threads in 1 3; do
        "$LSNN" run net.yaml simulation.engine=$engine -q -o $engine-$threads -j $threads >/dev/null
        "$PYTHON" - $engine-$threads/run.h5 <<'PY'
import h5py, sys
wires = h5py.File('wires.h5')['in']
expected = sorted((100.0 * i + d, j) for i, j, w, d in zip(*(wires[k][:] for k in ('source', 'target', 'weight', 'delay')))
                  if w > 20)
spikes = h5py.File(sys.argv[1])['spikes/neurons']
found = sorted(zip(spikes['timestamps'][:], spikes['node_ids'][:]))
if found != expected: sys.exit(f'{sys.argv[1]}: {len(found)} spikes, expected {len(expected)}: {found[:3]} {expected[:3]}')
PY
    done
done
