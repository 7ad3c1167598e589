# One run.h5 from any number of threads, and from the config.yaml that a run has written.
set -euo pipefail
experiments=$SOURCE/experiments
short="task.cues=1 task.pause=100 learning.batch=6 learning.iterations=4 validation.every=2 record.spikes.every=1 test.trials=8"

# same A B: every dataset, and what h5diff says of the groups
same() {
    "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" "$1/run.h5" "$2/run.h5" || exit 1
    for group in /metrics /trials /spikes; do
        h5diff "$1/run.h5" "$2/run.h5" $group || { echo "$1 and $2 differ in $group"; exit 1; }
    done
}

for feedback in symmetric random; do
    for threads in 1 2 3; do
        # shellcheck disable=SC2086
        OMP_NUM_THREADS=$threads "$LSNN" run "$experiments/evidence_accumulation/run.yaml" -q -o $feedback-$threads \
            learning.rule.feedback=$feedback $short >/dev/null
        [[ $threads -eq 1 ]] || same $feedback-1 $feedback-$threads
    done
done
for threads in 1 2 3; do
    # shellcheck disable=SC2086
    "$LSNN" run "$experiments/evidence_accumulation/run.yaml" -q -o bptt-$threads -j $threads learning.rule=bptt $short \
        learning.carry=true populations.{lif,alif}.learn_tau_m=true record.in='{what: alignment, of: in, every: 2}' >/dev/null
    [[ $threads -eq 1 ]] || same bptt-1 bptt-$threads
done

# shellcheck disable=SC2086
"$LSNN" run "$experiments/evidence_accumulation/run.yaml" -q -o j -j 3 learning.rule.feedback=symmetric $short >/dev/null
same symmetric-1 j

# Actions, and a world that answers them: trials of different lengths.
for threads in 1 2 3; do
    "$LSNN" run "$experiments/delayed_goal/run.yaml" -q -o acting-$threads -j $threads learning.batch=6 learning.iterations=4 \
        record.spikes.every=1 record.spikes.trials=6 record.y='{what: y, of: out, every: 2, trials: 2}' test.trials=8 >/dev/null
    [[ $threads -eq 1 ]] || same acting-1 acting-$threads
done

# The same with actions that are numbers.
for threads in 1 2 3; do
    "$LSNN" run "$SOURCE/experiments/l2l_navigation/run.yaml" -q -o moving-$threads -j $threads learning.batch=6 learning.iterations=4 \
        record.spikes.every=1 record.spikes.trials=6 record.y='{what: y, of: out, every: 2, trials: 2}' test.trials=8 >/dev/null
    [[ $threads -eq 1 ]] || same moving-1 moving-$threads
done

# Networks of a generation share the threads.
for threads in 1 2 3; do
    # shellcheck disable=SC2086
    "$LSNN" run "$experiments/evidence_accumulation/run.yaml" -q -o sampled-$threads -j $threads $short \
        learning.sampler='{kind: evolution, pairs: 4}' >/dev/null
    [[ $threads -eq 1 ]] || same sampled-1 sampled-$threads
done

# Threads that share neurons.
for config in run online; do
    for threads in 1 2 3; do
        "$LSNN" run "$experiments/large_pattern_generation/$config.yaml" -q -o $config-$threads -j $threads populations.lif.n=700 \
            task.duration=200 learning.iterations=3 record.spikes='{what: spikes, of: lif, every: 1}' \
            record.v='{what: v, of: lif, neurons: 0..699, every: 2}' record.y='{what: y, of: out, every: 2}' >/dev/null
        [[ $threads -eq 1 ]] || same $config-1 $config-$threads
    done
done

# What a run says that it did, done again.
"$LSNN" run symmetric-1/config.yaml -q -o again >/dev/null
same symmetric-1 again

# More threads than shards, fewer trials than threads.
# shellcheck disable=SC2086
for threads in 1 3; do
    "$LSNN" run "$experiments/evidence_accumulation/run.yaml" -q -o few-$threads -j $threads $short learning.batch=2 \
        learning.shards=1 >/dev/null
done
same few-1 few-3

# Synapses that move.
cat >rewired.yaml <<'END'
task: {kind: evidence_accumulation}
populations:
  lif: {model: lif, n: 30, v_th: 0.6, n_ref: 4}
  alif: {model: alif, n: 30, v_th: 0.6, n_ref: 4, tau_a: 2000 ms, beta: 0.02}
  out: {model: readout, n: 2, tau_out: 20 ms}
signs: {lif: {excitatory: 0.8}, alif: {excitatory: 0.6}}
projections:
  in: {from: input, to: [lif, alif], wiring: {probability: 0.12}, rewiring: deep_r}
  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.12}, weights: {balanced: 1},
        delay: {uniform: [1 ms, 10 ms]}, rewiring: {kind: deep_r, temperature: 1e-4}}
  out: {from: [lif, alif], to: out, wiring: {probability: 0.2}, weights: {balanced: 1}, rewiring: deep_r}
learning: {rule: bptt, rate: 0.02, loss: cross_entropy}
record: {spikes: {what: spikes, of: [lif, alif]}, rec: {what: weights, of: rec, every: 1}}
END
for threads in 1 2 3; do
    # shellcheck disable=SC2086
    "$LSNN" run rewired.yaml -q -o rewired-$threads -j $threads $short learning.iterations=10 >/dev/null
    [[ $threads -eq 1 ]] || same rewired-1 rewired-$threads
done

# A simulation: slices of neurons instead of samples.
for threads in 1 2 3; do
    "$LSNN" run "$experiments/balanced_network/irregular.yaml" -q -o simulated-$threads -j $threads simulation.time=60ms \
        simulation.transient=0 >/dev/null
    [[ $threads -eq 1 ]] || "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" simulated-1/run.h5 simulated-$threads/run.h5
done

# The bits do depend on the seed: this comparison sees a difference.
# shellcheck disable=SC2086
"$LSNN" run "$experiments/evidence_accumulation/run.yaml" -q -o other $short seed=2 >/dev/null
if "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" symmetric-1/run.h5 other/run.h5 >/dev/null; then
    echo "another seed gives the same bits"
    exit 1
fi
