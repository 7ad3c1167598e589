# The three lines of Python that `lsnn describe run.h5` prints read the spikes, and as many as /metrics counts.
set -euo pipefail
"$PYTHON" -c 'import h5py, neo' 2>/dev/null || exit 77
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 1, cue: 50 ms, gap: 10 ms, pause: 20 ms, recall: 20 ms}
populations: {cells: {model: alif, n: 12, v_th: 0.3}, out: {model: readout, n: 2, tau_out: 20 ms}}
projections: {in: {from: input, to: cells}, rec: {from: cells, to: cells}, out: {from: cells, to: out}}
learning: {rule: eprop, batch: 3, iterations: 4, loss: cross_entropy}
record: {spikes: {what: spikes, of: cells, every: 1, trials: 3}}
END
"$LSNN" run run.yaml -q -o out >/dev/null
"$LSNN" describe out/run.h5 >description
sed -n '/^in Python$/,$s/^  //p' description >snippet.py
[[ $(wc -l <snippet.py) -eq 3 ]] || { echo "not three lines of Python:"; cat description; exit 1; }

cat snippet.py - >check.py <<'END'

metrics = h5py.File("out/run.h5")["metrics"]
trial = 100.0  # ms
found = sum(len(train) for train in trains)
counted = sum(round(rate * 12 * 3 * trial / 1000) for rate in metrics["rate"][:])
assert len(trains) == 12, len(trains)
assert counted > 100, counted
assert found == counted == len(t), (found, counted, len(t))
assert all(str(train.units.dimensionality) == "ms" for train in trains)
assert all((train.times[1:] > train.times[:-1]).all() for train in trains)

# The trials stand one behind the other; each says where it begins.
trials = h5py.File("out/run.h5")["trials"]
assert len(trials["start"]) == 12, len(trials["start"])
per_trial = [((t >= start) & (t < start + trial)).sum() for start in trials["start"][:]]
assert sum(per_trial) == found, per_trial
rates = [sum(per_trial[3 * k : 3 * k + 3]) / (12 * 3 * trial / 1000) for k in range(4)]
assert all(abs(a - b) < 1e-6 * b for a, b in zip(rates, metrics["rate"][:])), (rates, metrics["rate"][:])
END
"$PYTHON" check.py

# Spikes of a source among the recorded: those of neurons are shown, unless there are none.
sed 's/^record.*/record: {a: {what: spikes, of: input, every: 1}, spikes: {what: spikes, of: cells, every: 1}}/' run.yaml >both.yaml
sed -i 's/cells/units/g' both.yaml # behind `input` in the alphabet
sed 's/^record.*/record: {a: {what: spikes, of: input, every: 1}}/' run.yaml >input.yaml
"$LSNN" run both.yaml -q -o both >/dev/null
"$LSNN" run input.yaml -q -o input >/dev/null
"$LSNN" describe both/run.h5 >description
grep -Fq "['spikes/units']" description && grep -Fq 'range(12)]' description || { cat description; exit 1; }
"$LSNN" describe input/run.h5 >description
grep -Fq "['spikes/input']" description || { cat description; exit 1; }
sed -n '/^in Python$/,$s/^  //p' description >check.py
echo 'assert len(trains) == h5py.File("input/run.h5")["spikes/input"].attrs["n"] and sum(map(len, trains)) == len(t) > 0' >>check.py
"$PYTHON" check.py
