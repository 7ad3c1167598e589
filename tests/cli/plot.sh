# lsnn plot: every figure in every format, what it shows compared with the file, and what it refuses.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
seed: 1
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 6, v_th: 0.2}
  alif: {model: alif, n: 4, v_th: 0.2}
  out: {model: readout, n: 2}
projections:
  in: {from: input, to: [lif, alif]}
  rec: {from: [lif, alif], to: [lif, alif]}
  out: {from: [lif, alif], to: out}
learning: {rule: eprop, batch: 8, iterations: 40, loss: cross_entropy}
validation: {every: 10, batches: 1}
test: {trials: 64}
END
cat >record.yaml <<'END'
include: run.yaml
record:
  spikes: {what: spikes, of: [lif, alif], every: 2, trials: 2}
  v: {what: v, of: alif, every: 10}
  v_lif: {what: v, of: lif, neurons: [0, 2], every: 10}
  L: {what: L, of: alif, neurons: [2], every: 10}
  A: {what: A, of: alif, every: 10}
  psi: {what: psi, of: alif, neurons: [1], every: 10}
  y: {what: y, of: out, every: 10}
  w: {what: weights, of: rec, every: 10}
END
"$LSNN" run record.yaml -q -o run >/dev/null
"$LSNN" run run.yaml -q -o bare >/dev/null
failures=0

for kind in raster rate traces isi correlogram spectrum learning weights confusion eligibility; do
    for ending in pdf svg png; do
        "$LSNN" plot run/run.h5 $kind -o $kind.$ending || { echo "$kind.$ending: $?"; failures=$((failures + 1)); }
    done
    "$LSNN" plot run/run.h5 $kind -o again.pdf
    cmp $kind.pdf again.pdf || { echo "$kind: the same figure twice is not the same file"; failures=$((failures + 1)); }
    head -c 5 $kind.pdf | grep -q '%PDF-'
    head -c 4 $kind.png | grep -q PNG
done
"$LSNN" plot run/run.h5 raster --trials 0 --window 10:40 --population alif -o part.svg
"$LSNN" plot run/run.h5 traces --only 2 --population alif -o one.svg
"$LSNN" plot run/run.h5 traces --population lif -o lif.svg
for order in number rate first class; do "$LSNN" plot run/run.h5 raster sort=$order -o by_$order.svg; done
cmp raster.svg by_number.svg
"$LSNN" plot run/run.h5 raster --strokes 0 -o image.svg
grep -q 'href="data:image/png' image.svg && ! grep -q 'href="data:image/png' raster.svg

"$PYTHON" - <<'END'
import re
import xml.etree.ElementTree as tree
import h5py
import numpy as np

S = '{http://www.w3.org/2000/svg}'
run = h5py.File('run/run.h5', 'r')
start = run['trials/start'][:]
shown = np.flatnonzero((run['trials/iteration'][:] % 2 == 1) & (run['trials/sample'][:] < 2))[-1]


def panels(name):
    root = tree.parse(name).getroot()
    found = []
    for data in root.iter(S + 'svg'):
        if data.get('class') != 'data': continue
        _, _, width, height = map(float, data.get('viewBox').split())
        found.append((data, width, height, float(data.get('data-low')), float(data.get('data-high'))))
    return root, found


def line(path):
    """The points of a path of M, and l with the steps to all others."""
    found = []
    for part in path.get('d').split('M')[1:]:
        numbers = [float(x) for x in re.findall(r'-?(?:\d+\.?\d*|\.\d+)', part)]
        found += list(np.cumsum(np.reshape(numbers, (-1, 2)), axis=0))
    return np.array(found)


def spikes(population, trial, low, high):
    t = run[f'spikes/{population}/timestamps'][:] - start[trial]
    keep = (t >= low) & (t < high)
    return t[keep], run[f'spikes/{population}/node_ids'][:][keep].astype(int)


def compare_raster(panel, population, n, trial, low, high):
    data, width, height, left, right = panel
    assert (left, right) == (low, high)
    t, i = spikes(population, trial, low, high)
    marks = np.array([[float(x) for x in m] for m in re.findall(r'M([-\d.]+) ([-\d.]+)v([-\d.]+)', data[0].get('d'))])
    assert len(marks) == len(t) > 0, (len(marks), len(t))
    assert np.allclose(marks[:, 0], (t - low) / (high - low) * width, atol=0.011)
    assert np.allclose(marks[:, 1] + marks[:, 2] / 2, (i + 0.5) / n * height, atol=0.011)


root, found = panels('raster.svg')
texts = [''.join(e.itertext()) for e in root.iter(S + 'text')]
assert 'alif (4 neurons)' in texts and 'lif (6 neurons)' in texts and f'time in trial {shown} (ms)' in texts
compare_raster(found[0], 'alif', 4, shown, 0, 60)
compare_raster(found[1], 'lif', 6, shown, 0, 60)
_, found = panels('part.svg')
assert len(found) == 1
compare_raster(found[0], 'alif', 4, 0, 10, 40)

# Sorted: by the spikes that are shown, by the first of them, by the class with the highest rate in all trials.
def places(keys): return {j: k for k, j in enumerate(sorted(range(len(keys)), key=lambda j: (keys[j], j)))}


def compare_order(order, population, n, keys):
    root, found = panels(f'by_{order}.svg')
    data, width, height, left, right = found[['alif', 'lif'].index(population)]
    t, i = spikes(population, shown, 0, 60)
    at = places(keys)
    marks = [float(y) + float(v) / 2 for _, y, v in re.findall(r'M([-\d.]+) ([-\d.]+)v([-\d.]+)', data[0].get('d'))]
    assert np.allclose(marks, [(at[j] + 0.5) / n * height for j in i], atol=0.011), (order, population)


label = run['trials/target'][:]
for population, n in ('lif', 6), ('alif', 4):
    t, i = spikes(population, shown, 0, 60)
    compare_order('rate', population, n, [-(i == j).sum() for j in range(n)])
    compare_order('first', population, n, [t[i == j][0] if (i == j).any() else np.inf for j in range(n)])
    keep = (run['trials/iteration'][:] % 2 == 1) & (run['trials/sample'][:] < 2)
    mean = np.zeros((2, n))
    for trial in np.flatnonzero(keep):
        mean[label[trial]] += np.bincount(spikes(population, trial, 0, 60)[1], minlength=n) / (label[keep] == label[trial]).sum()
    compare_order('class', population, n, [(int(m[1] > m[0]) if m.any() else 9, -m.max()) for m in mean.T])
texts = [''.join(e.itertext()) for e in tree.parse('by_rate.svg').getroot().iter(S + 'text')]
assert 'neurons by rate' in texts and 'neuron' not in texts

# A LIF neuron's threshold stands where v_th is: a v of v_th has its height.
root, found = panels('lif.svg')
assert any(''.join(e.itertext()) == 'v of lif, threshold dashed' for e in root.iter(S + 'text'))
data, width, height, left, right = found[1]
lines = [line(p) for p in data]
v = run['report/v_lif/data'][:].reshape(-1, 60, 2)[-1]
slope, zero = np.polyfit(v[:, 0], lines[0][:, 1], 1)
assert len(lines) == 3 and np.allclose(lines[1][:, 1], slope * v[:, 1] + zero, atol=0.011)
assert np.allclose(lines[2][:, 1], slope * 0.2 + zero, atol=0.011) and data[2].get('stroke-dasharray')

# The loss: every iteration is a point of the first line of the first panel, in the order of the file's values.
_, found = panels('learning.svg')
data, width, height, left, right = found[0]
points = line(data[0])
loss = run['metrics/loss'][:]
assert len(points) == len(loss) == 40
assert np.allclose(points[:, 0], (np.arange(1, 41) - left) / (right - left) * width, atol=0.011)
slope, zero = np.polyfit(loss, points[:, 1], 1)
assert slope < 0 and np.allclose(points[:, 1], slope * loss + zero, atol=0.011)
# Validations stand at their iterations: 10, 20, 30, 40.
dots = np.array([float(m) for m in re.findall(r'M([-\d.]+) [-\d.]+h0', data[2].get('d'))])
assert np.allclose(dots, (np.array([10, 20, 30, 40]) - left) / (right - left) * width, atol=0.011)

# One neuron asked for: its potential, and its threshold dashed.
root, found = panels('one.svg')
assert any(''.join(e.itertext()) == 'v of alif, threshold A dashed' for e in root.iter(S + 'text'))
lines = [list(p[0]) for p in found if len(list(p[0])) == 2]
assert any(l[1].get('stroke-dasharray') and not l[0].get('stroke-dasharray') for l in lines)

# The test's answers add up.
root, _ = panels('confusion.svg')
cells = [int(''.join(e.itertext())) for e in root.iter(S + 'text') if 'cell' in e.get('class')]
assert cells == list(run['metrics/test_confusion'][0]) and sum(cells) == 64
assert np.isclose((cells[1] + cells[2]) / 64, run['metrics/test_error'][0])
END

# A reader of the program is told what is missing.
"$PYTHON" - <<'END'
import h5py
import numpy as np
with h5py.File('plain.h5', 'w') as f:
    f['spikes/cells/timestamps'] = np.array([1.0, 2.0, 30.0])
    f['spikes/cells/node_ids'] = np.array([0, 1, 2], dtype=np.uint64)
END
"$LSNN" plot plain.h5 raster -o plain.svg
head -c 3000 run/run.h5 >cut.h5
: >empty.h5
wrong() {
    local code=$1 message=$2 got=0
    shift 2
    "$LSNN" "$@" >out 2>err || got=$?
    [[ $got == "$code" && $(<err) == "$message" ]] && [[ ! -e x.svg && ! -e x.svg.tmp ]] && return
    printf 'lsnn %s: exit %d\n%s\ninstead of\n%s\n' "$*" "$got" "$(<err)" "$message"
    failures=$((failures + 1))
}
wrong 2 'lsnn: a file and a figure are needed, like: run.h5 raster' plot run/run.h5
wrong 2 'lsnn: -o FILE.pdf, .svg or .png says where the figure goes' plot run/run.h5 raster
wrong 2 "lsnn: no figure is called 'rastr'; did you mean 'raster'?" plot run/run.h5 rastr -o x.svg
wrong 2 'lsnn: x.gif: figures are .pdf, .svg or .png' plot run/run.h5 raster -o x.gif
wrong 2 "lsnn: --width takes millimetres from 40 to 1000, not '5'" plot run/run.h5 raster -o x.svg --width 5
wrong 2 "lsnn: --only takes numbers of neurons like 0,3,17, not '1,b'" plot run/run.h5 traces -o x.svg --only 1,b
wrong 2 "lsnn: --strokes takes a number of spikes from 0 to 10000000, not '-1'" plot run/run.h5 raster -o x.svg --strokes=-1
wrong 2 "lsnn: sort= takes number, rate, first or class, not 'size'" plot run/run.h5 raster -o x.svg sort=size
wrong 2 'lsnn: sort=rate: raster and traces have neurons to sort' plot run/run.h5 isi -o x.svg sort=rate
wrong 2 'lsnn: sort=class: the trials of plain.h5 have no classes' plot plain.h5 raster -o x.svg sort=class
wrong 2 "lsnn: --window 70:90: the trials last 60 ms" plot run/run.h5 raster -o x.svg --window 70:90
wrong 2 "lsnn: run/run.h5 has no spikes of a population 'lfi'; did you mean 'lif'?" plot run/run.h5 raster -o x.svg --population lfi
wrong 2 "lsnn: --trials 99: run/run.h5 has the trials 0 to 39" plot run/run.h5 raster -o x.svg --trials 99
wrong 2 'lsnn: run/run.h5: no variables of what is asked for were recorded' plot run/run.h5 traces -o x.svg --only 77
wrong 2 'lsnn: bare/run.h5: no spikes were recorded; a config records them by a line under `record:` like `spikes: {what: spikes, of: alif}`' plot bare/run.h5 raster -o x.svg
wrong 2 'lsnn: bare/run.h5: no weights were recorded; a config records them by a line under `record:` like `in: {what: weights, of: in}`' plot bare/run.h5 weights -o x.svg
wrong 2 'lsnn: plain.h5: no variables were recorded; a config records them by lines under `record:` like `v: {what: v, of: cells, neurons: 0..3}`' plot plain.h5 traces -o x.svg
wrong 2 'lsnn: plain.h5: eligibility needs psi of the postsynaptic neuron; a config records it by a line under `record:` like `psi: {what: psi, of: cells, neurons: 0..3}`' plot plain.h5 eligibility -o x.svg
wrong 2 'lsnn: plain.h5: holds no metrics of a training' plot plain.h5 learning -o x.svg
wrong 3 'lsnn: run.yaml: not an HDF5 file' plot run.yaml raster -o x.svg
wrong 3 'lsnn: empty.h5: not an HDF5 file' plot empty.h5 raster -o x.svg
wrong 3 'lsnn: cut.h5: an HDF5 file that is cut short or damaged' plot cut.h5 raster -o x.svg
wrong 4 'lsnn: cannot write no/such/x.svg: no such file or directory' plot run/run.h5 raster -o no/such/x.svg
wrong 3 'lsnn: plain.h5: is not the result of a run: it has no /config' report plain.h5 -o x.svg
wrong 2 'lsnn: a run is needed: its folder, or its run.h5; or the folder of a sweep' report -o x.svg
exit $((failures > 0))
