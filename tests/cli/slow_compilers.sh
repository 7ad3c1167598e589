# clang gives the same bits as the compiler of this build, in every dialect of the neurons.
set -euo pipefail
clang=${CLANG:-clang}
command -v "$clang" >/dev/null || exit 77
{
    cmake -S "$SOURCE" -B build -G Ninja -DCMAKE_C_COMPILER="$clang" -DLSNN_TESTS=OFF && cmake --build build -j 1 --target lsnn
} >log 2>&1 || { cat log; exit 1; }

cat >evidence.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 50 ms, pause: 100 ms, recall: 50 ms}
populations:
  lif: {model: lif, n: 21, v_th: 0.3, n_ref: 4}
  alif: {model: alif, n: 19, v_th: 0.3, n_ref: 4, tau_m: {uniform: [10 ms, 30 ms]}, tau_a: {log_uniform: [100 ms, 2000 ms]}, beta: 0.05}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections:
  in: {from: input, to: [lif, alif]}
  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.4}, weights: {lognormal: [-3, 1]}, delay: {uniform: [1 ms, 5 ms]}}
  out: {from: [lif, alif], to: out, weights: {glorot_uniform: 1}}
learning:
  rule: {kind: eprop, feedback: random}
  rate: 0.01
  batch: 5
  iterations: 8
  loss: cross_entropy
  schedule: {kind: cosine, warm_up: 3}
  clip: 1
  regularisation: {strength: 1, target: 10 Hz}
validation: {every: 4}
record:
  spikes: {what: spikes, of: [lif, alif], every: 1, trials: 2}
  v: {what: v, of: alif, every: 1}
  psi: {what: psi, of: lif, every: 1}
  y: {what: y, of: out, every: 1}
  rec: {what: weights, of: rec, every: 1}
END

cat >lstm.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 50 ms, pause: 100 ms, recall: 50 ms}
populations:
  lif: {model: lif, n: 21, v_th: 0.3, n_ref: 4}
  lstm: {model: lstm, n: 19, b_i: {uniform: [-1, 1]}}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections:
  in: {from: input, to: [lif, lstm]}
  dense: {from: [lif, lstm], to: lstm}
  sparse: {from: [lif, lstm], to: [lif, lstm], wiring: {probability: 0.1}, delay: {uniform: [1 ms, 5 ms]}}
  out: {from: [lif, lstm], to: out}
learning: {rule: bptt, rate: 0.01, batch: 5, iterations: 8, loss: cross_entropy, clip: 1}
record:
  spikes: {what: spikes, of: lif, every: 1, trials: 2}
  h: {what: h, of: lstm, every: 1}
  y: {what: y, of: out, every: 1}
  dense: {what: weights, of: dense, every: 1}
END

# 24 images of 6 x 6 grey values each, in the format of MNIST.
mkdir data
"$PYTHON" - <<'END'
import random, struct
random.seed(1)
for name, n in ("train", 24), ("t10k", 10):
    with open(f"data/{name}-images-idx3-ubyte", "wb") as f:
        f.write(struct.pack(">4i", 0x803, n, 6, 6) + bytes(random.choice((0, 40, 130, 255)) for _ in range(36 * n)))
    with open(f"data/{name}-labels-idx1-ubyte", "wb") as f:
        f.write(struct.pack(">2i", 0x801, n) + bytes(random.randrange(10) for _ in range(n)))
END

failures=0
# same NAME CONFIG OVERRIDE...: trained by both programs, every dataset equal
same() {
    local name=$1 config=$2
    shift 2
    "$LSNN" run "$config" -q -o "$name-a" "$@" >/dev/null
    build/lsnn run "$config" -q -o "$name-b" "$@" >/dev/null
    "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" "$name-a/run.h5" "$name-b/run.h5" || failures=$((failures + 1))
    (($(h5dump -H -d /spikes/${spiking-lif}/timestamps "$name-a/run.h5" | sed -n 's/.*DATASPACE.*{ ( \([0-9]*\) .*/\1/p') > 100)) ||
        { echo "$name: hardly a spike to compare"; failures=$((failures + 1)); }
}
for dialect in eprop2020 lsnn2018code; do
    for surrogate in triangular exponential fast_sigmoid arctan; do
        same $dialect-$surrogate evidence.yaml populations.{lif,alif}.{dialect=$dialect,surrogate=$surrogate}
    done
done
for dialect in eprop2020 lsnn2018paper lsnn2018code; do
    same bptt-$dialect evidence.yaml learning.rule=bptt learning.carry=true learning.tape_memory=0.35 \
        populations.{lif,alif}.{dialect=$dialect,learn_tau_m=true,learn_v_th=true} populations.alif.learn_beta=true \
        record.aligned='{what: alignment, of: rec, every: 3}'
done
same lstm lstm.yaml learning.carry=true learning.tape_memory=0.35 record.aligned='{what: alignment, of: dense, every: 3}'
for optimiser in sgd adam; do
    same pattern-$optimiser "$SOURCE/experiments/pattern_generation/run.yaml" learning.optimiser=$optimiser \
        learning.iterations=5 record.spikes.every=1 record.y.every=1
done
same mnist "$SOURCE/experiments/sequential_mnist/run.yaml" directory="$PWD" task.directory=data task.validation=4 \
    learning.batch=6 learning.iterations=4 validation.every=2 test.trials=all record.spikes.every=1
same mnist-published "$SOURCE/experiments/sequential_mnist/published.yaml" directory="$PWD" task.directory=data \
    task.validation=4 learning.batch=6 learning.iterations=10 learning.loss.window='[64 ms, 92 ms]' validation.every=2 \
    test.trials=all record.{spikes,in,rec,out}.every=1
spiking=exc
same balanced "$SOURCE/experiments/balanced_network/alif.yaml" simulation.time=60ms simulation.transient=0
same sparse "$SOURCE/experiments/sparse_network/run.yaml" simulation.time=60ms simulation.transient=0 \
    populations.{exc,inh}.synapse=exponential projections.drive.weights=12 projections.{excite,inhibit}.delay='{uniform: [2 ms, 9 ms]}' \
    projections.excite.weights='{lognormal: [0, 1]}'
exit $((failures > 0))
