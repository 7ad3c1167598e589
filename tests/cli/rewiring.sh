# Recorded weights of a projection whose synapses move: each snapshot says which ones it is of.
set -euo pipefail
"$PYTHON" -c 'import h5py' 2>/dev/null || exit 77
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 1, cue: 50 ms, gap: 10 ms, pause: 20 ms, recall: 20 ms}
populations: {cells: {model: alif, n: 20, v_th: 0.3}, out: {model: readout, n: 2, tau_out: 20 ms}}
signs: {cells: {excitatory: 0.75, order: inhibitory_first}}
projections:
  in: {from: input, to: cells}
  rec: {from: cells, to: cells, wiring: {probability: 0.15}, delay: {uniform: [1 ms, 5 ms]}, rewiring: deep_r}
  out: {from: cells, to: out, wiring: {probability: 0.4}, rewiring: deep_r}
learning: {rule: bptt, batch: 3, rate: 0.05, iterations: 31, loss: cross_entropy}
record:
  rec: {what: weights, of: rec, every: 5}
  out: {what: weights, of: out, every: 5}
  in: {what: weights, of: in, every: 5}
END
"$LSNN" run run.yaml -q -o out >/dev/null

cat >check.py <<'END'
import h5py
import numpy

weights = h5py.File("out/run.h5")["weights"]
for name in "rec", "out":
    w = {key: weights[name][key][:] for key in ("source", "target", "delay", "weight")}
    assert len(weights[name]["iteration"]) == 7, name
    n = w["weight"].shape
    assert n[0] == 7 and n[1] > 10 and all(values.shape == n for values in w.values()), (name, n)
    pairs = [set(zip(source, target)) for source, target in zip(w["source"], w["target"])]
    assert all(len(p) == n[1] for p in pairs), name
    assert len(pairs[0] & pairs[-1]) < n[1], f"{name}: nothing moved"
    assert ((w["source"] < 5) == (w["weight"] < 0)).all(), f"{name}: a wrong sign"
    assert weights[name].attrs["projection"] == name
    if name == "rec":
        assert all(i != j for p in pairs for i, j in p), "autapses"
        assert w["delay"].min() >= 1 and w["delay"].max() <= 5
assert weights["in"]["source"].shape == weights["in"]["weight"].shape[1:]
assert weights["rec"]["delay"].attrs["units"] == "ms"
END
"$PYTHON" check.py

# And the program tells about them.
"$LSNN" describe deep_r >rule
grep -q '^rewiring deep_r$' rule
"$LSNN" describe >all
grep -q '^rewirings$' all
"$LSNN" describe config >keys
grep -q '^signs.NAME' keys
