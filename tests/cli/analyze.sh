# lsnn analyze on a run and on spike files of other layouts: the same spikes give the same numbers.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
seed: 1
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 6, v_th: 0.6}
  alif: {model: alif, n: 4, v_th: 0.6}
  out: {model: readout, n: 2}
projections:
  in: {from: input, to: [lif, alif]}
  rec: {from: [lif, alif], to: [lif, alif]}
  out: {from: [lif, alif], to: out}
learning: {rule: eprop, batch: 8, iterations: 4, loss: cross_entropy}
test: {trials: 0}
record:
  spikes: {what: spikes, of: [lif, alif], every: 2, trials: 5}
  a: {what: a, of: alif, every: 1, trials: 8}
  w: {what: weights, of: rec, every: 2}
END
"$LSNN" run run.yaml -q -o run >/dev/null
"$LSNN" analyze run/run.h5 >table
grep -q '^run/run.h5: run of lsnn, 32 of 32 trials, 0 to 60 ms of each$' table
"$LSNN" analyze run/run.h5 --measure all --by class --json -o all.h5 >all.json
"$LSNN" analyze run/run.h5 --csv --dry-run >numbers.csv
"$LSNN" analyze run/run.h5 --curve psth --dry-run >psth.csv

"$PYTHON" - <<'END'
import csv, json
import h5py
import numpy as np

run, found = h5py.File('run/run.h5', 'r'), h5py.File('run/run.analysis.h5', 'r')
trials = run['trials']
# Spikes are of every second iteration and five trials each: the others count neither as silent nor at all.
there = (trials['iteration'][:] % 2 == 1) & (trials['sample'][:] < 5)
assert there.sum() == 10 and len(there) == 32
rows = {(r['population'], r['measure']): r for r in csv.DictReader(open('numbers.csv'))}
for name, n in ('lif', 6), ('alif', 4):
    t, i = run[f'spikes/{name}/timestamps'][:], run[f'spikes/{name}/node_ids'][:].astype(int)
    rate = np.bincount(i, minlength=n) / (10 * 0.060)
    assert np.allclose(found[f'curves/{name}/all/rate/rate'][:], rate)
    number = found[f'numbers/{name}/all/rate']
    assert np.isclose(number[()], rate.mean()) and np.isclose(number.attrs['sd'], rate.std(ddof=1))
    assert number.attrs['units'] == 'Hz' and number.attrs['n'] == n
    assert float(rows[name, 'rate']['value']) == number[()]
    psth = np.histogram(t % 60, np.arange(0, 61, 10))[0] / (10 * n * 0.010)
    mine = [float(r['rate_Hz']) for r in csv.DictReader(open('psth.csv')) if r['population'] == name]
    assert np.allclose(mine, psth)
assert np.isclose(found['numbers/training/all/loss_lowest'][()], run['metrics/loss'][:].min())
w = run['weights/w/weight'][:]
assert np.isclose(found['numbers/training/all/weights_w'][()], np.linalg.norm(w[-1].astype(float)))

everything = json.load(open('all.json'))
groups = {(n['population'], n['group']) for n in everything['numbers']}
assert ('lif', 'class 0') in groups and ('alif', 'class 1') in groups
assert {n['group'] for n in everything['numbers'] if n['measure'] == 'decode_best'} == {'all'}
curves = {c['measure'] for c in everything['curves']}
assert {'psth', 'autocorrelogram', 'crosscorrelogram', 'spectrum', 'trajectory_a', 'triggered_a'} <= curves, curves
a = run['report/a/data'][:].reshape(32, 60, 4)
assert list(run['report/a/trial'][:]) == list(range(32))
wanted = a[there & (trials['target'][:] == 1)].mean(axis=(0, 2))
c = [c for c in everything['curves'] if c['measure'] == 'trajectory_a' and c['group'] == 'class 1'
     and c['population'] == 'alif'][0]
assert np.allclose(c['columns'][1]['values'], wanted)
END

"$PYTHON" - <<'END'
import h5py
import numpy as np

random = np.random.default_rng(1)
n = 3000
t, i = np.round(random.uniform(0, 9999, n), 1), random.integers(0, 20, n)
t[-1] = 9998.5
by_time, by_id = np.argsort(t, kind='stable'), np.lexsort((t, i))
enum = h5py.special_dtype(enum=('u1', {'none': 0, 'by_id': 1, 'by_time': 2}))


def write(name, group, order, ids='node_ids', sorting=None, unit='ms', scale=1.0, dtype='f8', id_type='u8', **how):
    with h5py.File(name, 'a') as f:
        g = f.create_group(group)
        g.create_dataset('timestamps', data=(t[order] / scale).astype(dtype), **how)
        g.create_dataset(ids, data=i[order].astype(id_type), **how)
        if unit:
            g['timestamps'].attrs['units'] = unit
        if sorting is not None:
            g.attrs.create('sorting', sorting, dtype=enum)


write('time.h5', 'spikes/e', by_time, sorting=2)
write('id.h5', 'spikes/e', by_id, sorting=1, chunks=(500,), compression='gzip', shuffle=True, fletcher32=True)
write('none.h5', 'spikes/e', np.arange(n), unit=None)
write('seconds.h5', 'spikes/e', by_time, unit='s', scale=1000.0)
write('small.h5', 'spikes/e', by_time, id_type='u4', chunks=(100,), maxshape=(None,))
write('text.h5', 'spikes/e', by_time, unit=np.bytes_('ms'))
write('bmtk.h5', 'spikes', by_time, ids='gids', unit=None)
write('two.h5', 'spikes/e', by_time)
write('two.h5', 'spikes/i', by_id)
with h5py.File('shd.h5', 'w') as f:
    for name, values, kind in ('times', t, np.float32), ('units', i, np.uint16):
        d = f.create_dataset(f'spikes/{name}', (10,), h5py.vlen_dtype(np.dtype(kind)))
        for k in range(10):
            here = by_time[(t[by_time] >= 1000 * k) & (t[by_time] < 1000 * (k + 1))]
            d[k] = (values[here] - 1000 * k) / 1000 if name == 'times' else values[here]
    f['labels'] = np.arange(10) % 2
END
"$LSNN" analyze time.h5 --csv --dry-run >expected.csv
for name in id none small text; do
    "$LSNN" analyze $name.h5 --csv --dry-run >found.csv
    cmp expected.csv found.csv
done
"$LSNN" analyze two.h5 --csv --population e --dry-run >found.csv
cmp expected.csv found.csv
[[ $("$LSNN" analyze two.h5 --csv --dry-run | grep -c ',rate,') == 2 ]]
"$LSNN" analyze bmtk.h5 --csv --dry-run | sed 's/^spikes,/e,/' >found.csv
cmp expected.csv found.csv
# Seconds come back as ms with a rounding in the last digit.
"$LSNN" analyze seconds.h5 --csv --dry-run --measure rate,fano,correlation >found.csv
"$LSNN" analyze time.h5 --csv --dry-run --measure rate,fano,correlation | cmp - found.csv
# A file that does not know its length is as long as the window says.
"$LSNN" analyze time.h5 --dry-run --csv --measure rate --window 0:20000 | grep -q '^e,all,rate,7.5,'
"$LSNN" analyze shd.h5 --dry-run --csv --measure rate --by class --trials 0:4 | grep -q '^units,class 1,rate,'
"$LSNN" analyze shd.h5 --dry-run --measure rate >table
grep -q '^shd.h5: SHD, 10 of 10 trials, 0 to 1000 ms of each$' table
grep -q '^  rate  *15 ' table

# A report of SONATA's own: a group of its population's name, elements that are several to a node, no trials.
"$PYTHON" - <<'END'
import h5py
import numpy as np
random = np.random.default_rng(4)
t, i = np.sort(np.round(random.uniform(20, 180, 60))), random.integers(0, 2, 60)
v = random.normal(0, 1, (200, 3)).astype('f4')
with h5py.File('report.h5', 'w') as f:
    f['spikes/e/timestamps'], f['spikes/e/node_ids'] = t, i
    f['report/e/data'] = v
    f['report/e/data'].attrs['units'] = 'mV'
    for name, values in ('node_ids', [0, 1]), ('index_pointers', [0, 2, 3]), ('element_ids', [0, 1, 0]), ('time', [0.0, 200.0, 1.0]):
        f[f'report/e/mapping/{name}'] = values
    f['report/e/mapping/time'].attrs['units'] = 'ms'
END
"$LSNN" analyze report.h5 --measure trajectory,triggered --window 0:200 --json -o x.h5 before=2 after=1 >found.json
"$PYTHON" - <<'END'
import h5py, json
import numpy as np
f = h5py.File('report.h5', 'r')
v, t, i = f['report/e/data'][:], f['spikes/e/timestamps'][:].astype(int), f['spikes/e/node_ids'][:]
curves = {c['measure']: [x['values'] for x in c['columns']] for c in json.load(open('found.json'))['curves']}
assert np.allclose(curves['trajectory_e'][1], v.mean(axis=1), atol=1e-6)
# Each element around the spikes of its own node; every spike counts alike.
own = [v[s - 2:s + 2, e] for e, n in ((0, 0), (1, 0), (2, 1)) for s in t[i == n]]
assert np.allclose(curves['triggered_e'][1], np.mean(own, axis=0), atol=1e-6), (curves['triggered_e'], np.mean(own, axis=0))
END

# What is written here is read by others.
"$PYTHON" - <<'END'
import h5py, neo
p = h5py.File('run/run.h5', 'r')['spikes/alif']
t, i = p['timestamps'][:], p['node_ids'][:]
trains = [neo.SpikeTrain(t[i == k], t_stop=t[-1] + 1, units=p['timestamps'].attrs['units']) for k in range(4)]
assert sum(map(len, trains)) == len(t)
END

# ---- what is wrong is said ----------------------------------------------------------------------------------------------
"$PYTHON" - <<'END'
import h5py
import numpy as np


def write(name, t, i, **attributes):
    with h5py.File(name, 'w') as f:
        f['spikes/e/timestamps'], f['spikes/e/node_ids'] = np.array(t), np.array(i)
        for key, value in attributes.items():
            f['spikes/e/timestamps'].attrs[key] = value


write('nan.h5', [1, np.nan], [0, 1])
write('inf.h5', [np.inf, 1], [0, 1])
write('negative.h5', [1.0, -2.5], [0, 1])
write('lengths.h5', [1.0, 2.0, 3.0], [0, 1])
write('shape.h5', [[1.0, 2.0]], [[0, 1]])
write('unit.h5', [1.0], [0], units='fortnight')
write('minus.h5', [1.0], [-1])
write('large.h5', [1.0], [10**9])
write('words.h5', np.array([b'one', b'two']), [0, 1])
write('fine.h5', [1.0, 20.0, 30.5], [0, 1, 1])
write('empty.h5', np.zeros(0), np.zeros(0, 'u8'))
write('silent.h5', [1.0, 20.0, 30.5], [0, 1, 1])
with h5py.File('silent.h5', 'a') as f:
    f['spikes/s/timestamps'], f['spikes/s/node_ids'] = np.zeros(0), np.zeros(0, 'u8')
write('long.h5', [1.0, 2.0, 3.0, 500.0, 400e6, 1e9], [0, 1, 0, 1, 2, 0])
for name, link in (('soft', h5py.SoftLink('/gone')), ('out', h5py.ExternalLink('gone.h5', '/x'))):
    for place in 'spikes/e/node_ids', 'spikes/f', 'spikes', 'trials/start', 'more':
        file = name + '_' + place.replace('/', '_') + '.h5'
        if place != 'spikes':
            write(file, [1.0], [0])
        with h5py.File(file, 'a') as f:
            if place in f:
                del f[place]
            f[place] = link
with h5py.File('foreign.h5', 'w') as f:
    f['x'] = [1.0]
with h5py.File('group.h5', 'w') as f:
    f.create_group('spikes')
with h5py.File('no_ids.h5', 'w') as f:
    f['spikes/e/timestamps'] = [1.0]


def shd(name, times, units, labels=None):
    with h5py.File(name, 'w') as f:
        for key, rows, kind in ('times', times, 'f4'), ('units', units, 'i4'):
            d = f.create_dataset(f'spikes/{key}', (len(rows),), h5py.vlen_dtype(np.dtype(kind)))
            for k, row in enumerate(rows):
                d[k] = row
        if labels is not None:
            f['labels'] = labels


shd('shd_lengths.h5', [[0.1, 0.2]], [[1]])
shd('shd_rows.h5', [[0.1], [0.2]], [[1]])
shd('shd_negative.h5', [[-0.5]], [[1]])
shd('shd_unit.h5', [[0.5]], [[-1]])
shd('shd_labels.h5', [[0.5]], [[1]], [1, 2])
with h5py.File('shd_plain.h5', 'w') as f:
    f['spikes/times'], f['spikes/units'] = [0.1], [1]
data = open('time.h5', 'rb').read()
open('cut.h5', 'wb').write(data[:len(data) // 2])
open('text.txt', 'w').write('1.0 0\n')
END
# ---- populations without spikes, and recordings that are long
"$LSNN" analyze soft_more.h5 >/dev/null 2>&1 # a link that nobody needs
"$LSNN" analyze silent.h5 --measure all >table 2>/dev/null
grep -q '^s: 1 neurons (silent, and not counted in the file: see --neurons)$' table
"$LSNN" analyze silent.h5 --population s --neurons 7 --window 0:100 --measure all --csv --dry-run >seven.csv
"$LSNN" analyze empty.h5 | grep -qF 'empty.h5: SONATA spikes, 0 to 0 ms (no spikes: give --window 0:STOP)'
"$LSNN" analyze empty.h5 --window 0:100 --csv --dry-run >one.csv
for kind in raster rate isi; do
    "$LSNN" plot silent.h5 $kind -o silent.svg
done
"$LSNN" export silent.h5 --to csv >/dev/null
"$LSNN" analyze long.h5 psth_bin=100 bin=100 -o long.analysis.h5 >/dev/null 2>&1
"$LSNN" analyze long.h5 --window 0:10000 --measure spectrum -o part.analysis.h5 >/dev/null 2>&1
"$PYTHON" - <<'END'
import csv

import h5py
import numpy as np

for file, n in ('seven.csv', 7), ('one.csv', 1):
    rows = {r['measure']: r for r in csv.DictReader(open(file))}
    assert float(rows['rate']['value']) == float(rows['rate_most']['value']) == float(rows['psth_peak']['value']) == 0
    assert int(float(rows['silent_neurons']['value'])) == n and float(rows['silence_share']['value']) == 1, file
    assert 'spectrum_peak' not in rows or rows['spectrum_peak']['value'] in ('', 'nan'), rows['spectrum_peak']
    assert rows['cv']['value'] in ('', 'nan') and rows['fano']['value'] in ('', 'nan'), rows['cv']
# A mean over segments, most of which are empty: 1 + (T - 1000) / 500 of them. Those with spikes are in the first ms, but for
# the spike at 400 s, which lies within two segments, and the one at the end, which is in none.
power = [h5py.File(f)['curves/e/all/spectrum/power'][:] for f in ('part.analysis.h5', 'long.analysis.h5')]
count = [1 + (t - 1000) // 500 for t in (10000, 1000000001)]
one = np.zeros(1000)
one[0] = 1000 / 3
w = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1000) / 1000)
more = 0
for at in 0, 500:
    x = np.roll(one, at)
    p = abs(np.fft.rfft((x - x.mean()) * w)) ** 2 / (w @ w * 1000)
    p[1:-1] *= 2
    more = more + p
assert np.allclose(power[1] * count[1], power[0] * count[0] + more, rtol=1e-9)
END

failures=0
wrong() { # CODE FIRST_LINE ARGUMENT...
    local code=$1 message=$2 status=0 said=
    shift 2
    timeout 60 "$LSNN" analyze "$@" --dry-run >stdout 2>stderr || status=$?
    IFS= read -r said <stderr || true
    [[ $status -ne $code || $said != "$message" ]] || return 0
    printf 'lsnn analyze %s\n  exit code %s, expected %s\n  said:     %s\n  expected: %s\n' "$*" $status "$code" "$said" \
        "$message"
    failures=$((failures + 1))
}
wrong 2 'lsnn: a file with spikes is needed, like runs/.../run.h5'
wrong 3 'lsnn: none_such.h5: no such file or directory' none_such.h5
wrong 3 'lsnn: .: is a directory' .
wrong 3 'lsnn: text.txt: not an HDF5 file' text.txt
wrong 3 'lsnn: cut.h5: an HDF5 file that is cut short or damaged' cut.h5
wrong 3 'lsnn: foreign.h5: has no spikes: expected /spikes/<population>/{timestamps, node_ids} (lsnn, SONATA) or /spikes/{times, units} (SHD)' foreign.h5
wrong 3 'lsnn: group.h5: /spikes holds no population' group.h5
wrong 3 'lsnn: no_ids.h5: /spikes/e/node_ids is missing' no_ids.h5
wrong 3 'lsnn: nan.h5: /spikes/e: spike 1 has the time nan; times are finite' nan.h5
wrong 3 'lsnn: inf.h5: /spikes/e: spike 0 has the time inf; times are finite' inf.h5
wrong 3 'lsnn: negative.h5: /spikes/e: spike 1 has the time -2.5 ms; times are counted from 0' negative.h5
wrong 3 'lsnn: lengths.h5: /spikes/e has 3 timestamps, but 2 node_ids' lengths.h5
wrong 3 'lsnn: shape.h5: /spikes/e/timestamps has 2 dimensions; a list of numbers has one' shape.h5
wrong 3 "lsnn: unit.h5: /spikes/e/timestamps has the unit 'fortnight'; ms, s and us are read" unit.h5
wrong 3 'lsnn: minus.h5: /spikes/e/node_ids has a number that does not fit into uint32' minus.h5
wrong 3 'lsnn: large.h5: /spikes/e has the node id 1000000000; ids below 10000000 are read' large.h5
wrong 3 'lsnn: words.h5: /spikes/e/timestamps should hold numbers (integers of 8 to 64 bits or IEEE floats)' words.h5
wrong 3 'lsnn: fine.h5: /spikes/e has the node id 1, but the population has 1 neurons' fine.h5 --neurons 1
wrong 3 'lsnn: soft_spikes_e_node_ids.h5: /spikes/e/node_ids is a link, which is not followed' soft_spikes_e_node_ids.h5
wrong 3 'lsnn: soft_spikes_f.h5: /spikes/f is a link, which is not followed' soft_spikes_f.h5
wrong 3 'lsnn: soft_spikes.h5: /spikes is a link, which is not followed' soft_spikes.h5
wrong 3 'lsnn: soft_trials_start.h5: /trials/start is a link, which is not followed' soft_trials_start.h5
for place in spikes/e/node_ids spikes/f spikes trials/start more; do
    file=out_${place//\//_}.h5
    wrong 3 "lsnn: $file: /$place is a link to another file, which is not followed: copy what it leads to into this file, or remove it" $file
done
wrong 2 "lsnn: psth of 'e': 1e+08 bins of 10 ms, of which 2e+07 are possible; psth_bin=100 would do, or a shorter --window, or other measures (--measure)" long.h5
wrong 2 "lsnn: correlation of 'e': 1e+09 bins of 1 ms, of which 2e+07 are possible; bin=100 would do, or a shorter --window, or other measures (--measure)" long.h5 --measure correlation bin=1
wrong 2 "lsnn: psth of 'e': 1e+15 bins of 10 ms, of which 2e+07 are possible; a shorter --window, or other measures (--measure)" long.h5 --window 0:1e16
wrong 3 'lsnn: shd_lengths.h5: trial 0 has 2 times, but 1 units' shd_lengths.h5
wrong 3 'lsnn: shd_rows.h5: /spikes/times has 2 trials, but /spikes/units 1' shd_rows.h5
wrong 3 'lsnn: shd_negative.h5: /spikes/times: trial 0 has -0.5; times are seconds from 0' shd_negative.h5
wrong 3 'lsnn: shd_unit.h5: /spikes/units: trial 0 has -1; units are whole numbers from 0' shd_unit.h5
wrong 3 'lsnn: shd_labels.h5: 2 labels for 1 trials' shd_labels.h5
wrong 3 'lsnn: shd_plain.h5: /spikes/times should hold a list of numbers (of variable length) per row' shd_plain.h5
wrong 2 "lsnn: no measure is called 'fanno'; did you mean 'fano'?" fine.h5 --measure rate,fanno
wrong 2 "lsnn: no measure is called 'zebra'; \`lsnn help analyze\` lists them" fine.h5 --measure zebra
wrong 2 "lsnn: run/run.h5 has no spikes of a population 'alf'; did you mean 'alif'?" run/run.h5 --population alf
wrong 2 "lsnn: fine.h5 has no spikes of a population 'zebra'; it has 'e'" fine.h5 --population zebra
wrong 2 "lsnn: --window takes START:STOP in ms, like 100:600, not 'x'" fine.h5 --window x
wrong 2 'lsnn: --window 20:10: it has to start at 0 or later, and before it stops' fine.h5 --window 20:10
wrong 2 'lsnn: --window -5:10: it has to start at 0 or later, and before it stops' fine.h5 --window=-5:10
wrong 2 'lsnn: --window 40:50: the recording ends at 31 ms' fine.h5 --window 40:50
wrong 2 'lsnn: --window 0:61: the trials last 60 ms' run/run.h5 --window 0:61
wrong 2 'lsnn: --trials 0: fine.h5 has no trials' fine.h5 --trials 0
wrong 2 'lsnn: --trials 32: run/run.h5 has the trials 0 to 31' run/run.h5 --trials 32
wrong 2 "lsnn: --trials takes all, none, correct, wrong, FIRST:STOP or numbers, not 'first'" run/run.h5 --trials first
wrong 2 "lsnn: no spikes of 'alif' were recorded in the trials that are asked for" run/run.h5 --trials 6
wrong 2 'lsnn: --by class: the trials of fine.h5 have no classes' fine.h5 --by class
wrong 2 "lsnn: --by takes class, not 'trial'" run/run.h5 --by trial
wrong 2 "lsnn: --neurons takes a number of neurons from 1, not '0'" fine.h5 --neurons 0
wrong 2 'lsnn: --curve psht: no such curve was found; there are: psth' fine.h5 --measure psth --curve psht
wrong 2 "command line: 'bim=3': unknown key 'bim'; did you mean 'bin'?" fine.h5 bim=3
wrong 2 "command line: 'bin=-3': 'bin' must be above 0 and at most 10000000 ms, not '-3'" fine.h5 bin=-3
wrong 2 'lsnn: correlograms and histograms of intervals have at most 1000000 bins' fine.h5 lag_bin=0.00001
exit $((failures > 0))
