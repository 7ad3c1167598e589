# Wrong inputs of every sort: each gets a sentence that says where and what would be right, and its exit code.
set -euo pipefail
export OMP_NUM_THREADS=1
failures=0
n=0

cat >base.yaml <<'END'
seed: 1
dt: 1 ms
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 4, tau_m: 20 ms, v_th: 0.6, n_ref: 2}
  alif: {model: alif, n: 4, tau_m: 20 ms, v_th: 0.6, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections:
  in: {from: input, to: [lif, alif]}
  rec: {from: [lif, alif], to: [lif, alif]}
  out: {from: [lif, alif], to: out}
learning: {rule: eprop, batch: 2, iterations: 3, loss: cross_entropy}
record:
  spikes: {what: spikes, of: lif, every: 1}
END

# wrong CODE FIRST_LINE ARGUMENT...
wrong() {
    local code=$1 message=$2 status=0 said=
    shift 2
    n=$((n + 1))
    timeout 60 "$LSNN" "$@" >stdout 2>stderr || status=$?
    IFS= read -r said <stderr || true
    said=${said//"$PWD"\//}
    if [[ $status -ne $code || $said != "$message" ]]; then
        printf 'lsnn %s\n  exit code %s, expected %s\n  said:     %s\n  expected: %s\n' "$*" $status "$code" \
            "$said" "$message"
        failures=$((failures + 1))
    fi
}

# config SED_EDIT FIRST_LINE: the base, edited, is refused as a configuration
config() {
    sed "$1" base.yaml >c.yaml
    ! cmp -s base.yaml c.yaml || { echo "no edit: $1"; failures=$((failures + 1)); }
    wrong 2 "$2" check c.yaml
}

# text FIRST_LINE CONTENT: a file of this content is refused
text() {
    printf '%b' "$2" >c.yaml
    wrong 2 "$1" check c.yaml
}

# ---- what is no configuration -----------------------------------------------------------------------------------------
text "c.yaml: is empty; expected lines like 'seed: 1'" ''
text 'c.yaml:1:8: the byte 0x00 is not text: a configuration is UTF-8, without control characters' 'seed: 1\0\n'
text 'c.yaml:1:1: the byte 0x7F is not text: a configuration is UTF-8, without control characters' '\x7fELF\x02\x01\n'
text 'c.yaml:1:7: the byte 0xFF is not text: a configuration is UTF-8, without control characters' 'seed: \xff\n'
text 'c.yaml:1:1: this is an HDF5 file, not a configuration; that of a run is config.yaml in its folder' '\x89HDF\r\n\x1a\n'
wrong 2 "command line: 'learning.sampler=grid': learning.sampler: grid has 1.075e+187 points for 392 numbers that learn, but 192 are evaluated (population times iterations)" \
    run base.yaml learning.sampler=grid -o grid
config 's|  rec:|  "r/c":|' "c.yaml:10:3: 'r/c' cannot be a name: it may hold no '/', nor be '.' or '..'"
config 's|  lif: {model: lif|  input: {model: lif|' "c.yaml:5:3: the name 'input' is taken: it is that of the task's cells"
wrong 2 "command line: 'learning.loss={kind: cross_entropy, window: [1, 1.4]}': the window must begin and end at multiples of dt (1 ms)" \
    check base.yaml 'learning.loss={kind: cross_entropy, window: [1, 1.4]}'
wrong 2 "command line: 'learning.optimiser={kind: adam, beta_1: 1}': 'beta_1' must be from 0 to 0.999999999, not '1'" \
    check base.yaml 'learning.optimiser={kind: adam, beta_1: 1}'
text "c.yaml:1:1: expected a map at the top, lines like 'seed: 1'" '- seed\n'
text "c.yaml:2:7: this is not YAML: the ',' or the '}' of a map is missing" 'seed: 1\ntask: {kind: x\n'
text 'c.yaml:2:1: this is not YAML: a tab cannot indent a line; use blanks (see also line 1)' 'seed: 1\n\ttask: x\n'
text 'c.yaml:1:7: anchors (&name) are not supported: write the value where it is needed' 'task: &t x\n'
text 'c.yaml:1:7: aliases (*name) are not supported: write the value again' 'task: *t\n'
text 'c.yaml:1:7: tags (!name) are not supported: the key decides the type of its value' 'seed: !!int 1\n'
text 'c.yaml:2:1: a second document starts here; a configuration is one document' 'seed: 1\n---\nseed: 2\n'
text "c.yaml:3:1: the key 'seed' is given twice; first in line 1" 'seed: 1\ndt: 1\nseed: 2\n'
text "c.yaml:1:10: cannot read 'nowhere.yaml': No such file or directory" 'include: nowhere.yaml\n'
mkdir folder
wrong 2 "folder: cannot read 'folder': Is a directory" check folder
wrong 2 "nowhere.yaml: cannot read 'nowhere.yaml': No such file or directory" check nowhere.yaml
wrong 2 "nowhere.yaml: cannot read 'nowhere.yaml': No such file or directory" run nowhere.yaml

# ---- keys, numbers, units ---------------------------------------------------------------------------------------------
config 's/^seed/sed/' "c.yaml:1:1: unknown key 'sed'; did you mean 'seed'?"
config '/^seed/i zoo: 1' "c.yaml:1:1: unknown key 'zoo'; known here: experiment, directory, seed, dt, task, sources, populations, signs, projections, learning, validation, test, stop, record and checkpoint"
config 's/^seed: 1/seed: 99999999999999999999/' "c.yaml:1:7: 'seed' must be a whole number from 0 to 18446744073709551615, not '99999999999999999999'"
config 's/^seed: 1/seed: -1/' "c.yaml:1:7: 'seed' must be a whole number from 0 to 18446744073709551615, not '-1'"
config 's/^dt: 1 ms/dt: 1 Hz/' "c.yaml:2:5: 'dt' is in ms, but 'Hz' is the unit of a rate; write us, ms or s"
config 's/^dt: 1 ms/dt: 1 mz/' "c.yaml:2:5: unknown unit 'mz'; 'dt' is in ms: write us, ms or s"
config 's/^dt: 1 ms/dt: 0 ms/' "c.yaml:2:5: 'dt' must be above 0 and at most 1000 ms, not '0 ms'"
config 's/^dt: 1 ms/dt: .nan/' "c.yaml:2:5: 'dt' must be a finite number in ms, not '.nan'"
config 's/^dt: 1 ms/dt: [1]/' "c.yaml:2:5: 'dt' must be a number, not a list"
config 's/^dt: 1 ms/dt:/' "c.yaml:2:4: 'dt' has no value; it must be a number in ms"
config 's/tau_m: 20 ms, v_th: 0.6, n_ref/tau_m: -20 ms, v_th: 0.6, n_ref/' "c.yaml:5:34: 'tau_m' must be above 0 ms, not '-20 ms'"
config 's/n_ref: 2/n_ref: 2.5/' "c.yaml:5:59: 'n_ref' must be a whole number in steps, not '2.5'"
config 's/n_ref: 2/n_ref: 2.5 ms/' "c.yaml:5:59: 'n_ref' must be a whole number of steps, but '2.5 ms' is no multiple of dt, 1 ms"
config 's/n_ref: 2/tau: 2/' "c.yaml:5:52: unknown key 'tau'; did you mean 'tau_m'?"
config 's/beta: 0.1/tau_a: 1e306 s/; s/tau_a: 200 ms, //' "c.yaml:6:61: 'tau_a' cannot be inf ms: that is beyond the range of double precision"
if [[ $REAL == float ]]; then
    config 's/^learning: {/&rate: 1e300, /' "c.yaml:12:18: 'rate' cannot be 1e+300: that is beyond the range of single precision"
    config 's/^learning: {/&optimiser: {kind: adam, epsilon: 1e-300}, /' "c.yaml:12:45: 'epsilon' cannot be 1e-300: that is 0 in single precision"
    config 's/beta: 0.1/beta: 1e300/' "c.yaml:6:75: 'beta' cannot be 1e+300: that is beyond the range of single precision"
    config 's/beta: 0.1/beta: [0, 1, 2, 1e39]/' "c.yaml:6:75: 'beta' cannot be 1e+39: that is beyond the range of single precision"
    config 's/beta: 0.1/beta: {lognormal: [500, 1]}/' "c.yaml:6:75: 'beta' cannot be 1.40359e+217: that is beyond the range of single precision"
    config 's/^  rec: {/&weights: 1e300, /' "c.yaml:10:18: 'weights' cannot be 1e+300: that is beyond the range of single precision"
    config 's/^  rec: {/&weights: {normal: [0, 1e300]}, /' "c.yaml:10:18: 'weights' cannot be 1e+300: that is beyond the range of single precision"
fi
config 's/beta: 0.1/beta: 1e999/' "c.yaml:6:75: 'beta' must be a finite number, not '1e999'"
config 's/beta: 0.1/beta: much/' "c.yaml:6:75: 'beta' must be a number, not 'much'"
config 's/lif, n: 4, tau_m: 20 ms, v_th: 0.6, n_ref/lif, n: 0, tau_m: 20 ms, v_th: 0.6, n_ref/' "c.yaml:5:24: 'n' must be from 1 to 10000000, not '0'"
config 's/^seed: 1/seed: x/; s/^dt: 1/dt: y/' "c.yaml:1:7: 'seed' must be a whole number from 0 to 18446744073709551615, not 'x'"
grep -q '^c.yaml:2:5: ' stderr || { echo "the second of two mistakes is not told"; failures=$((failures + 1)); }

# ---- names ------------------------------------------------------------------------------------------------------------
config 's/kind: evidence_accumulation/kind: evidence_acumulation/' "c.yaml:3:14: no task is called 'evidence_acumulation'; did you mean 'evidence_accumulation'?"
config 's/kind: evidence_accumulation/kind: chess/' "c.yaml:3:14: no task is called 'chess'; there are: arm_trajectory, delayed_goal, delayed_xor, evidence_accumulation, l2l_navigation, l2l_regression, l2l_sines, pattern_generation, sequential_mnist, store_recall, twelve_ax"
config 's/kind: evidence_accumulation, //' "c.yaml:3:7: a name, or a map with 'kind', is needed here"
config 's/model: alif/model: alief/' "c.yaml:6:17: no model is called 'alief'; did you mean 'alif'?"
config 's/model: alif, //' "c.yaml:6:3: 'alif' needs the name of a neuron model, like model: lif"
config 's/rule: eprop/rule: backprop/' "c.yaml:12:18: no learning rule is called 'backprop'; there are: none, bptt, eprop, natural_eprop"
config 's/rule: eprop/rule: {kind: eprop, feedback: none}/' "c.yaml:12:42: 'feedback' must be symmetric, random or adaptive, not 'none'"
config 's/rule: eprop/rule: {kind: eprop, feed_back: random}/' "c.yaml:12:32: unknown key 'feed_back'; did you mean 'feedback'?"
config 's/rule: eprop/optimiser: adamw/' "c.yaml:12:23: no optimiser is called 'adamw'; did you mean 'adam'?"
config 's/rule: eprop/schedule: linear/' "c.yaml:12:22: 'kind' must be constant, step, exponential or cosine, not 'linear'"
config 's/loss: cross_entropy/loss: cross_entropie/' "c.yaml:12:56: 'kind' must be mse, cross_entropy, actor_critic or task, not 'cross_entropie'; did you mean 'cross_entropy'?"
config 's/to: out}/to: exit}/' "c.yaml:11:32: no population is called 'exit'; there are: lif, alif, out"
config 's/from: input/from: inptu/' "c.yaml:9:14: no source or population is called 'inptu'; did you mean 'input'?"

# ---- network ----------------------------------------------------------------------------------------------------------
config 's/lif, n: 4, tau_m: 20 ms, v_th: 0.6, n_ref/lif, n: 1000000, v_th: 0.6, n_ref/' \
    'c.yaml:10:3: 1e+12 synapses are more than a projection holds (2.15e+09)'
config '/^populations/,/^  out/d' "c.yaml:1:1: the key 'populations' is missing: neurons"
config '/^populations/,/^  out/c populations: {}' "c.yaml:6:26: no population is called 'lif': there is none at all"
config 's/out: {model: readout, n: 2/out: {model: readout, n: 3/' "c.yaml:5:3: task 'evidence_accumulation' needs 2 readouts, the network has 3"
config '/^  out: {model/d' "c.yaml:10:32: no population is called 'out'; there are: lif, alif"
config '/^  out: {model/a \ \ more: {model: readout, n: 2, tau_out: 20 ms}' 'c.yaml:5:3: one population of readouts at most'
config '/^  out: {model/a \ \ late: {model: lif, n: 2, v_th: 1}' 'c.yaml:8:3: populations.late: spiking populations must stand before the readouts'
config 's/to: \[lif, alif\]}/to: [alif, lif]}/' 'c.yaml:9:32: populations in a list must be neighbours, in the order in which they are defined'
config 's/from: \[lif, alif\], to: out/from: out, to: out/' 'c.yaml:11:15: a readout is not heard: it cannot be the start of a projection'
config 's/tau_m: 20 ms/tau_m: [20 ms, 30 ms, 40 ms]/' "c.yaml:5:34: 'tau_m' has 3 values for 4 neurons"
config 's/tau_m: 20 ms/tau_m: {unifrom: [20 ms, 30 ms]}/' "c.yaml:5:35: unknown distribution 'unifrom'; did you mean 'uniform'?"
config 's/tau_m: 20 ms/tau_m: {uniform: [30 ms, 20 ms]}/' 'c.yaml:5:44: uniform: the first number is above the second'
config 's/tau_m: 20 ms/tau_m: {normal: [20 ms, -1 ms]}/' 'c.yaml:5:43: normal: the standard deviation is negative'
config 's/tau_m: 20 ms/tau_m: {log_uniform: 20 ms}/' 'c.yaml:5:48: log_uniform takes two numbers, like [0, 1]'
config 's/tau_m: 20 ms/tau_m: {repeat: [4, 20 ms]}/' 'c.yaml:5:44: repeat takes pairs of a count and a value: [[50, 0], [50, 1.7]]'
config 's/tau_m: 20 ms/tau_m: {uniform: [1, 2], normal: [1, 2]}/' "c.yaml:5:34: 'tau_m' takes a number, a list, or one distribution like {uniform: [1, 2]}"
config 's/^  rec: {/&delay: 0, /' "c.yaml:10:16: 'delay' must be from 1 to 4095 steps, not '0'"
config 's/^  rec: {/&delay: 1.5 ms, /' "c.yaml:10:16: 'delay' must be a whole number of steps, but '1.5 ms' is no multiple of dt, 1 ms"
config 's/^  rec: {/&delay: {uniform: [3 ms, 2 ms]}, /' 'c.yaml:10:16: the longest delay is below the shortest'
config 's/^  rec: {/&delay: {normal: [3 ms, 2 ms]}, /' 'c.yaml:10:16: a delay is auto, a time like 2 ms, {uniform: [1 ms, 10 ms]} or {axonal: [1 ms, 10 ms]}'
config 's/^  rec: {/&wiring: {probability: 1.5}, /' "c.yaml:10:31: 'probability' must be from 0 to 1, not '1.5'"
config 's/^  rec: {/&wiring: {in_degree: 100}, /' "c.yaml:10:29: 'in_degree' must be from 0 to 7, not '100'"
config 's/^  rec: {/&wiring: random, /' 'c.yaml:10:17: wiring is all_to_all, one_to_one, {probability: p}, {in_degree: k} or {file: wires.h5, group: /name}'
config 's/^  in: {/&wiring: one_to_one, /' 'c.yaml:9:16: one_to_one needs as many targets as sources, here 8 and 40'
config 's/^  rec: {/&weights: [1, 2, 3], /' 'c.yaml:10:18: 3 weights for 56 synapses'
config 's/^  rec: {/&bounds: [0], /' 'c.yaml:10:17: bounds are none or two numbers, like [0, 1]'
config 's/^  rec: {/&bounds: [1, 0], /' 'c.yaml:10:17: the least weight, 1, is above the largest, 0'
config 's/^  rec: {/&autapses: maybe, /' "c.yaml:10:19: 'autapses' must be true or false, not 'maybe'"
# ---- threads over neurons ---------------------------------------------------------------------------------------------
neurons='s/batch: 2/threads: neurons, &/; '
config "${neurons}s/rule: eprop/rule: bptt/" 'c.yaml:12:18: with `threads: neurons` the rule is eprop: others need all neurons at each step'
config "${neurons}s/batch: 2/&, carry: true/" 'c.yaml:12:60: with `threads: neurons` each trial begins with a state of zero'
config "${neurons}s/batch: 2/&, tape_memory: 1/" 'c.yaml:12:66: with `threads: neurons` the tape holds a whole trial'
config "${neurons}s/batch: 2/&, regularisation: {strength: 1, scope: batch}/" 'c.yaml:12:69: with `threads: neurons` trials go forward and backward one after the other: take the scope sample or previous'
config "${neurons}s/^  rec: {/&wiring: {probability: 0.1}, rewiring: deep_r, /" 'c.yaml:10:47: with `threads: neurons` synapses stay where they are; rewiring goes with `threads: samples`'
config "${neurons}"'$a\  w: {what: weights, of: rec}' 'c.yaml:15:26: with `threads: neurons` weights are recorded of projections to readouts only'
config "${neurons}"'$a\  w: {what: alignment, of: out}' 'c.yaml:15:28: with `threads: neurons` no other rule is at hand to compare with'
config 's/rule: eprop/rule: {kind: eprop, chunk: 5}/' 'c.yaml:12:18: online learning (chunk) goes with `threads: neurons`'
config "${neurons}s/rule: eprop/rule: {kind: eprop, chunk: 5}/; s/beta: 0.1/&, dialect: lsnn2018code/" 'lsnn: populations.alif: online learning knows lif and alif neurons of the dialect eprop2020, whose own parameters are not learned'

config 's/^  rec: {/&rewiring: deep_r, /' 'c.yaml:10:19: all 56 pairs are connected, so none is left for rewiring: give a wiring with fewer, like {probability: 0.1}'
config 's/^  rec: {/&rewiring: deep_q, /' "c.yaml:10:19: no rewiring is called 'deep_q'; did you mean 'deep_r'?"
config 's/^  rec: {/&wiring: {probability: 0.1}, rewiring: {kind: deep_r, l1: -1}, /' "c.yaml:10:66: 'l1' must be at least 0, not '-1'"
config 's/^  rec: {/&wiring: {probability: 0.1}, rewiring: {kind: deep_r, l2: 1}, /' "c.yaml:10:62: unknown key 'l2'; did you mean 'l1'?"
config 's/^  rec: {/&wiring: {probability: 0.1}, rewiring: {l1: 1}, /' "c.yaml:10:47: a name, or a map with 'kind', is needed here"
config 's/^  rec: {/&wiring: {probability: 0.1}, learn: false, rewiring: deep_r, /' 'c.yaml:10:61: weights that do not learn are not rewired: set learn: true'
config 's/^  rec: {/&weights: {balanced: 1}, /' 'c.yaml:10:19: balanced weights need cells of both signs where the projection starts: see `signs`'
config '/^projections/i signs: {lif: {excitatory: 1.5}}' "c.yaml:8:27: 'excitatory' must be from 0 to 1, not '1.5'"
config '/^projections/i signs: {lif: {order: random}}' "c.yaml:8:9: the key 'excitatory' is missing: share of the cells whose weights are all positive; those of the others are all negative"
config '/^projections/i signs: {fil: {excitatory: 0.5}}' "c.yaml:8:9: no source or population is called 'fil'"
config '/^projections/i signs: {out: {excitatory: 0.5}}' "c.yaml:8:9: 'out' does not spike: no projection starts there"
config '/^projections/i signs: 0.5' "c.yaml:8:8: 'signs' must be a map of names"
config 's/^  out: {f/  out: {weights: {repeat: [[16, -0.5]]}, f/; /^projections/i signs: {alif: {excitatory: 1}}' 'c.yaml:12:18: a weight of -0.5 from cell 4, which is excitatory'
config '/^projections/i sources: {noise: {kind: poisson, n: 2, rate: 2000 Hz}}' 'c.yaml:8:46: a rate of 2 per ms is more than one spike a step of 1 ms'
config '/^projections/i sources: {noise: {kind: spikes, n: 2, spikes: [[1, 2]]}}' 'c.yaml:8:48: spike of cell 2 at 1 ms: cells are 0 .. 1, times at least 0'
config '/^projections/i sources: {noise: {kind: spikes, n: 2, spikes: [1, 2]}}' 'c.yaml:8:48: a spike is a pair [time in ms, cell]'
config '/^projections/i sources: {noise: {kind: pink, n: 2}}' "c.yaml:8:25: 'kind' must be poisson, spikes or current, not 'pink'"
config '/^projections/i sources: {lif: {kind: current, n: 2, value: 1}}' "c.yaml:8:11: the name 'lif' is taken"

# ---- task, learning, records ------------------------------------------------------------------------------------------
config 's/cues: 1/cues: 2/' 'c.yaml:3:7: task evidence_accumulation: task.cues: 2 cues can be divided equally between the sides; use 1 or 3'
config 's/cue: 20 ms/cue: 20.5 ms/' 'c.yaml:3:7: task evidence_accumulation: task.cue: 20.5 ms is not a whole number of steps of 1 ms'
config 's/cues: 1/cue_rate: 2000 Hz/' 'c.yaml:3:7: task evidence_accumulation: task.cue_rate: 2000 Hz is more than one spike in each step of 1 ms'
config 's/cues: 1/cues: one/' "c.yaml:3:43: 'cues' must be a number, not 'one'"
config 's/batch: 2/batch: 0/' "c.yaml:12:32: 'batch' must be from 1 to 1000000, not '0'"
config 's/batch: 2/clip: yes/' "c.yaml:12:31: 'clip' must be a number, not 'yes'"
config 's/batch: 2/tape_memory: -1/' "c.yaml:12:38: 'tape_memory' must be at least 0, not '-1'"
[[ $REAL == double ]] && least=0.0113 || least=0.00563
config 's/batch: 2/tape_memory: 0.0001/' "c.yaml:12:38: learning.tape_memory: the tapes take at least $least MB, more than 0.0001 MB"
config 's/batch: 2/carry: maybe/' "c.yaml:12:32: 'carry' must be true or false, not 'maybe'"
config 's/rule: eprop/rule: {kind: bptt, truncate: -5}/' "c.yaml:12:41: 'truncate' must be from 0 to 2000000000 steps, not '-5'"
config 's/rule: eprop/rule: {kind: bptt, feedback: random}/' "c.yaml:12:31: unknown key 'feedback'; known here: kind, through_reset and truncate"
config 's/what: spikes, of: lif/what: alignment, of: lif/' "c.yaml:14:33: alignment: of one projection, by name"
config 's/model: lif/model: lif, learn_tau_a: true/' "c.yaml:5:21: unknown key 'learn_tau_a'; did you mean 'learn_tau_m'?"
config 's/batch: 2/clip: 0/' "c.yaml:12:31: 'clip' must be above 0, not '0'"
config 's/batch: 2/rate: -1/' "c.yaml:12:31: 'rate' must be at least 0, not '-1'"
config 's/loss: cross_entropy/loss: {kind: mse, window: [10, 1000]}/' 'c.yaml:12:76: the window must lie in the trial of 60 ms and have a length'
config 's/loss: cross_entropy/loss: {kind: mse, window: 10}/' 'c.yaml:12:76: window is `task` or [start, stop] in ms'
config 's/kind: evidence.*/kind: pattern_generation, outputs: 2}/' "c.yaml:12:56: cross_entropy needs a task with classes; 'pattern_generation' gives values: use mse"
config 's/batch: 2/sampler: cma/' "c.yaml:12:34: no sampler is called 'cma'; did you mean 'cma_es'?"
config 's/batch: 2/sampler: {kind: evolution, pairs: 0}/' "c.yaml:12:59: 'pairs' must be from 1 to 5000, not '0'"
config 's/^  rec: {/&wiring: {probability: 0.1}, rewiring: deep_r, /; s/batch: 2/sampler: evolution/' 'c.yaml:10:47: with a sampler synapses stay where they are: it looks for one vector of weights, in which each has its place'
config 's/batch: 2/aligned_with: btt/' "c.yaml:12:39: 'aligned_with' must be auto, bptt, bptt_without_reset or eprop, not 'btt'; did you mean 'bptt'?"
config 's/batch: 2/sampler: grid, carry: true/' 'c.yaml:12:34: a sampler goes with `threads: samples` and `carry: false`'
config 's/loss: cross_entropy/loss: actor_critic/' "c.yaml:5:3: task 'evidence_accumulation' needs 3 readouts (actions and a value), the network has 2"
config 's/loss: cross_entropy/loss: {kind: actor_critic, gamma: 2}/' "c.yaml:12:84: 'gamma' must be from 0 to 1, not '2'"
config 's/kind: evidence.*/kind: delayed_goal}/' "c.yaml:12:56: task 'delayed_goal' gives rewards, not labels: use actor_critic"
config 's/kind: evidence.*/kind: delayed_goal}/; s/loss: cross_entropy/loss: actor_critic, tape_memory: 5/' "c.yaml:12:83: with task 'delayed_goal', which acts, the tape holds a whole trial"
config '/^learning/a stop: {metric: error, below: 0.1}' 'c.yaml:13:7: a goal is checked at validations: set validation.every'
config '/^learning/a stop: {metric: eror, below: 0.1}' "c.yaml:13:16: 'metric' must be none, error or loss, not 'eror'; did you mean 'error'?"
config '/^learning/a test: {trials: all}' "c.yaml:13:16: task 'evidence_accumulation' draws as many test trials as are asked for: give a number"
config 's/what: spikes, of: lif/what: vv, of: lif/' "c.yaml:14:18: no recordable variable is called 'vv'; did you mean 'v'?"
config 's/what: spikes, of: lif/what: paramters, of: lif/' "c.yaml:14:18: no recordable variable is called 'paramters'; did you mean 'parameters'?"
config 's/what: spikes, of: lif/what: parameters, of: lifs/' "c.yaml:14:34: no population is called 'lifs'; did you mean 'lif'?"
config 's/what: spikes, of: lif/what: parameters, of: lif/' "c.yaml:14:34: 'lif' learns no parameters: they learn with learn_tau_m: true or the like"
config 's/lif: {model: lif,/lif: {model: cuba_lif,/; s/, n_ref: 2//; s/what: spikes, of: lif/what: parameters, of: lif/' "c.yaml:14:34: 'lif': the model cuba_lif has no parameters that could learn"
config 's/what: spikes, of: lif/what: spikes, of: out/' "c.yaml:14:30: 'out' has no spikes: record its y"
config 's/alif: {model: alif.*/alif: {model: lstm, n: 4}/' 'c.yaml:12:18: this rule reaches spiking neurons only, not hidden ones like lstm: take bptt'
config 's/alif: {model: alif.*/alif: {model: lstm, n: 4}/; s/rule: eprop/rule: bptt/; s/of: lif/of: [lif, alif]/' "c.yaml:14:30: 'alif' has no spikes: record its h"
config 's/alif: {model: alif.*/alif: {model: lstm, n: 4}/; s/rule: eprop/rule: bptt/; s/spikes, of: lif/z, of: alif/' "c.yaml:14:18: no recordable variable is called 'z'; there are: spikes, weights, parameters, alignment, c, h, i, f, g, o, c_before, tanh_c"
config 's/\[lif, alif\], to: out/[lif, alif, out], to: out/' 'c.yaml:11:15: neurons and readouts cannot stand in one list'
config 's/what: spikes, of: lif/what: weights, of: lif/' 'c.yaml:14:31: weights: of one projection, by name'
config 's/what: spikes, of: lif/what: v, of: [lif, alif]/' 'c.yaml:14:25: a variable is recorded of one population; make an entry for each'
config 's/what: spikes, of: lif/what: v, of: lif, neurons: [0, 4]/' "c.yaml:14:43: 'neurons' must be from 0 to 3, not '4'"
config 's/every: 1}/every: 0}/' "c.yaml:14:42: 'every' must be from 1 to 2000000000, not '0'"
config '$a\  more: {what: spikes, of: [lif, alif]}' "c.yaml:15:28: spikes of 'lif' are recorded twice: record.spikes has them too"
config 's/of: lif/of: input/; $a\  more: {what: spikes, of: input}' "c.yaml:15:28: spikes of 'input' are recorded twice: record.spikes has them too"
config 's/beta: 0.1/&, learn_beta: true/; s/what: spikes, of: lif/what: parameters, of: alif/; $a\  more: {what: parameters, of: alif}' \
    "c.yaml:15:32: parameters of 'alif' are recorded twice: record.spikes has them too"
config 's/  spikes: {what.*/  spikes: lif/' "c.yaml:14:11: an entry of 'record' is a map like {what: spikes, of: alif}"

# ---- overrides --------------------------------------------------------------------------------------------------------
wrong 2 "command line: 'seed=abc': 'seed' must be a whole number from 0 to 18446744073709551615, not 'abc'" check base.yaml seed=abc
wrong 2 "command line: 'learning.batch': an override is one line like 'learning.rate=0.01'" check base.yaml learning.batch
wrong 2 "command line: '=1': a name is missing here" check base.yaml =1
wrong 2 "command line: 'learning.bach=3': unknown key 'bach'; did you mean 'batch'?" check base.yaml learning.bach=3
wrong 2 "command line: 'learning..batch=3': a name is missing here" check base.yaml learning..batch=3
wrong 2 "command line: 'populations.alif.n=-5': 'n' must be from 1 to 10000000, not '-5'" check base.yaml populations.alif.n=-5
wrong 2 "command line: 'projections.in.to.5=lif': '5' is no entry of this list of 2; they are numbered from 0" check base.yaml projections.in.to.5=lif
wrong 2 "command line: 'task={kind: chess': this is not YAML: the ',' or the '}' of a map is missing" check base.yaml 'task={kind: chess'
wrong 2 "command line: 'learning.bach=default': unknown key 'bach'; did you mean 'batch'?" check base.yaml learning.bach=default
wrong 2 "command line: 'zoo.keeper=default': unknown key 'zoo'; known here: experiment, directory, seed, dt, task, sources, populations, signs, projections, learning, validation, test, stop, record and checkpoint" check base.yaml zoo.keeper=default
wrong 2 "command line: 'populations.lif.n=default': 'n' has no default" check base.yaml populations.lif.n=default
wrong 2 "command line: 'populations.lif=default': 'lif' must be a map of parameters" check base.yaml populations.lif=default
wrong 2 "command line: 'learning.batch=1e9': 'batch' must be from 1 to 1000000, not '1e9'" run base.yaml -o new learning.batch=1e9

# ---- command line -----------------------------------------------------------------------------------------------------
wrong 2 "lsnn: no verb is called 'rnu'; did you mean 'run'?" rnu base.yaml
wrong 2 "lsnn: no verb is called 'dance'; \`lsnn help\` lists them" dance
wrong 2 "lsnn: no verb is called 'dance'; \`lsnn help\` lists them" help dance
wrong 2 'lsnn: a config file is needed, like experiments/evidence_accumulation/run.yaml' run
wrong 2 'lsnn: `lsnn run` has no option -z; see `lsnn help run`' run base.yaml -z
wrong 2 'lsnn: `lsnn run` has no option --fast; see `lsnn help run`' run base.yaml --fast
wrong 2 "lsnn: -j takes a number of threads from 1, not '0'" run base.yaml -j 0
wrong 2 "lsnn: -j takes a number of threads from 1, not 'two'" run base.yaml -j two
wrong 2 'lsnn: -j needs a value; see `lsnn help run`' run base.yaml -j
wrong 2 'lsnn: -o needs a value; see `lsnn help run`' run base.yaml -o
wrong 2 'lsnn: `lsnn check` has no option -o; see `lsnn help check`' check base.yaml -o new
wrong 2 'lsnn: resume takes the folder of a run, and no changes of its config' resume
wrong 2 'lsnn: resume takes the folder of a run, and no changes of its config' resume new seed=2
wrong 2 'lsnn: replay needs --rule RULE, one of eprop, eprop_random, bptt, bptt_noreset' replay junk.h5
wrong 2 "lsnn: nothing is called 'lfi'; did you mean 'lif'?" describe lfi
wrong 2 "lsnn: nothing is called 'nothing_like_it', and there is no such file; \`lsnn describe\` lists all names" describe nothing_like_it

# ---- data files -------------------------------------------------------------------------------------------------------
# data SED_EDIT FIRST_LINE: the base, edited, needs a file that is not good
data() {
    sed "$1" base.yaml >c.yaml
    wrong 3 "$2" check c.yaml
}
echo "this is no HDF5" >junk.h5
"$PYTHON" -c "
import h5py
with h5py.File('w.h5', 'w') as f:
    f['three'] = [1.0, 2.0, 3.0]
    f['four'] = [1.0, 2.0, 3.0, -4.0]
    f['nan'] = [1.0, 2.0, 3.0, float('nan')]
    f['text'] = 'four'
    f['wires/source'] = [0, 1, 2]
    f['wires/target'] = [0, 1]
    f['far/source'] = [0, 8]
    f['far/target'] = [0, 1]
with h5py.File('foreign.h5', 'w') as f: f['x'] = 1
"
data 's/tau_m: 20 ms/tau_m: {file: nowhere.h5, dataset: \/x}/' 'c.yaml:5:34: nowhere.h5: no such file or directory'
data 's/tau_m: 20 ms/tau_m: {file: junk.h5, dataset: \/x}/' 'c.yaml:5:34: junk.h5: not an HDF5 file'
data 's/tau_m: 20 ms/tau_m: {file: folder, dataset: \/x}/' 'c.yaml:5:34: folder: is a directory'
data 's/tau_m: 20 ms/tau_m: {file: w.h5, dataset: \/five}/' 'c.yaml:5:34: w.h5: /five is missing'
data 's/tau_m: 20 ms/tau_m: {file: w.h5, dataset: \/text}/' 'c.yaml:5:34: w.h5: /text should hold numbers (integers of 8 to 64 bits or IEEE floats)'
config 's/tau_m: 20 ms/tau_m: {file: w.h5, dataset: \/three}/' "c.yaml:5:34: 'tau_m' has 3 values for 4 neurons"
config 's/tau_m: 20 ms/tau_m: {file: w.h5, dataset: \/four}/' "c.yaml:5:41: /four[3] of w.h5 is -4, out of the range of 'tau_m'"
config 's/tau_m: 20 ms/tau_m: {file: w.h5, dataset: \/nan}/' "c.yaml:5:41: /nan[3] of w.h5 is nan, out of the range of 'tau_m'"
config 's/tau_m: 20 ms/tau_m: {file: w.h5}/' 'c.yaml:5:34: numbers from a file look like {file: start.h5, dataset: /tau_m}'
config 's/^  rec: {/&weights: {file: w.h5, dataset: \/three}, /' 'c.yaml:10:18: 3 weights for 56 synapses'
data 's/^  rec: {/&weights: {file: nowhere.h5, dataset: \/three}, /' 'c.yaml:10:18: nowhere.h5: no such file or directory'
data 's/^  rec: {/&wiring: {file: w.h5, group: \/wires}, /' 'lsnn: w.h5: /wires/target has 2 entries, source has 3'
data 's/^  rec: {/&wiring: {file: w.h5, group: \/far}, /' 'lsnn: w.h5: synapse 1 goes from 8 to 1, but there are 8 sources and 8 targets'
data 's/^  rec: {/&wiring: {file: w.h5, group: \/near}, /' 'lsnn: w.h5: /near/source is missing'

# A set of two images of 2 x 2 pixels each, then one file of it changed at a time.
cat >mnist.yaml <<'END'
task: {kind: sequential_mnist, directory: data, validation: 1, cue: 5}
populations: {lif: {model: lif, n: 4, v_th: 1}, out: {model: readout, n: 10, tau_out: 20 ms}}
projections: {in: {from: input, to: lif}, out: {from: lif, to: out}}
learning: {rule: eprop, batch: 1, iterations: 1, loss: cross_entropy}
END
images='\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\x01\x22\x99\xff\xfe\x11\x88\x01'
labels='\0\0\x08\x01\0\0\0\x02\x03\x07'
# mnist FILE CONTENT CODE FIRST_LINE
mnist() {
    rm -rf data && mkdir data
    printf '%b' "$images" | tee data/train-images-idx3-ubyte >data/t10k-images-idx3-ubyte
    printf '%b' "$labels" | tee data/train-labels-idx1-ubyte >data/t10k-labels-idx1-ubyte
    if [[ $2 == none ]]; then rm "data/$1"; else printf '%b' "$2" >"data/$1"; fi
    wrong "$3" "$4" check mnist.yaml
}
# unchanged, it is taken
mnist train-images-idx3-ubyte "$images" 0 ''
mnist train-images-idx3-ubyte none 3 'lsnn: data/train-images-idx3-ubyte: no such file or directory'
mnist train-images-idx3-ubyte "${images%????}" 3 'lsnn: data/train-images-idx3-ubyte: 7 bytes of data found, 8 expected (2 x 2 x 2)'
mnist train-images-idx3-ubyte "$images\0" 3 'lsnn: data/train-images-idx3-ubyte: 9 bytes of data found, 8 expected (2 x 2 x 2)'
mnist train-images-idx3-ubyte '\0\0\x08\x03\0\0' 3 'lsnn: data/train-images-idx3-ubyte: ends within its header: 6 bytes found, 16 expected'
mnist train-images-idx3-ubyte '\x89HDF\r\n' 3 'lsnn: data/train-images-idx3-ubyte: not an idx file (those begin with two zero bytes, type and dimensions)'
mnist train-images-idx3-ubyte '\0\0\x0d\x01\0\0\0\x01\0\0\0\0' 3 'lsnn: data/train-images-idx3-ubyte: its elements have idx type 0x0d; only unsigned bytes (0x08) are read'
mnist train-images-idx3-ubyte "$labels" 3 'lsnn: data/train-images-idx3-ubyte has 1 dimensions; images have 3: number, rows, columns'
mnist t10k-labels-idx1-ubyte '\0\0\x08\x01\0\0\0\x01\x03' 3 'lsnn: data: t10k-images-idx3-ubyte holds 2 images, but t10k-labels-idx1-ubyte holds 1 labels'
mnist t10k-labels-idx1-ubyte '\0\0\x08\x01\0\0\0\x02\x03\x0a' 3 'lsnn: data/t10k-labels-idx1-ubyte: label 1 is 10; digits are 0 to 9'
mnist t10k-images-idx3-ubyte '\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02\x01\x22\x99\xff' 3 'lsnn: data: the training images have 4 pixels, the test images 2'
mnist train-labels-idx1-ubyte "\x1f\x8b junk" 3 'lsnn: data/train-labels-idx1-ubyte: damaged gzip file (unknown compression method)'

# ---- output folder ----------------------------------------------------------------------------------------------------
"$LSNN" run base.yaml -q -o good >/dev/null
"$LSNN" run base.yaml -q -o other seed=2 >/dev/null
wrong 4 'lsnn: good holds a run already: give another folder, or go on with: lsnn resume good' run base.yaml -q -o good
wrong 2 'lsnn: -o base.yaml: that is what is read; give another name' run base.yaml -q -o base.yaml
touch file
wrong 4 'lsnn: file is not an empty folder: give a new one' run base.yaml -q -o file
wrong 4 'lsnn: base.yaml/new cannot be made: Not a directory' run base.yaml -q -o base.yaml/new
wrong 4 'lsnn: /proc/new cannot be made: No such file or directory' run base.yaml -q -o /proc/new
wrong 4 'lsnn: the name of the folder is too long' run base.yaml -q -o "$(printf '%5000s' x)"

# ---- resume -----------------------------------------------------------------------------------------------------------
# damaged FIRST_LINE COMMAND: a good run, damaged by a command in its folder, cannot go on
damaged() {
    rm -rf bad && cp -r good bad
    (cd bad && eval "$2")
    wrong 3 "$1" resume bad -q
}
wrong 3 'lsnn: nowhere is not the folder of a run: there is no config.yaml in it' resume nowhere
wrong 3 'lsnn: folder is not the folder of a run: there is no config.yaml in it' resume folder
size=$(stat -c %s good/checkpoint.h5)
damaged "lsnn: bad/checkpoint.h5: cut short: 3000 of $size bytes are there" 'for f in checkpoint.h5*; do head -c 3000 ../good/checkpoint.h5 >$f; done'
damaged 'lsnn: bad/checkpoint.h5: not a checkpoint of lsnn, or its first bytes are damaged' 'for f in checkpoint.h5*; do echo junk >$f; done'
damaged 'lsnn: bad/checkpoint.h5: not a checkpoint of lsnn, or its first bytes are damaged' 'for f in checkpoint.h5*; do : >$f; done'
damaged 'lsnn: bad/checkpoint.h5: not a checkpoint of lsnn, or its first bytes are damaged' 'for f in checkpoint.h5*; do cp ../foreign.h5 $f; done'
damaged 'lsnn: bad/checkpoint.h5: belongs to another configuration; the first difference is in line 1:' 'for f in checkpoint.h5*; do cp ../other/checkpoint.h5 $f; done'
damaged 'lsnn: bad/run.h5: no such file or directory' 'rm run.h5'
damaged 'lsnn: bad/run.h5: not an HDF5 file' 'echo junk >run.h5'
damaged 'lsnn: bad/run.h5: /trials/start is missing' 'cp ../foreign.h5 run.h5'
# A run of the same config has the same columns, and the same bits in them, but is another run.
"$LSNN" run base.yaml -q -o twin >/dev/null
run_id() { h5dump -a /run_id "$1/run.h5" | sed -n 's/.*(0): "\([0-9a-f]\{32\}\)".*/\1/p'; }
damaged "lsnn: bad/run.h5: belongs to another run ($(run_id twin)) than the checkpoint beside it ($(run_id good))" 'cp ../twin/run.h5 .'
damaged "lsnn: bad/run.h5: belongs to another run ($(run_id good)) than the checkpoint beside it ($(run_id twin))" 'for f in checkpoint.h5*; do cp ../twin/checkpoint.h5 $f; done'
rm -rf bad && cp -r good bad
wrong 0 '' resume bad -q

# ---- replay and describe ----------------------------------------------------------------------------------------------
case=$SOURCE/tests/data/reference/case1_mse_b1_d1_noref.h5
wrong 3 'lsnn: junk.h5: not an HDF5 file' replay junk.h5 --rule eprop -o x.h5
wrong 3 'lsnn: nowhere.h5: no such file or directory' replay nowhere.h5 --rule eprop -o x.h5
wrong 3 "lsnn: foreign.h5: not an oracle case: the root has no attribute 'format'" replay foreign.h5 --rule eprop -o x.h5
wrong 2 'lsnn: --rule hebb: replay knows the rules eprop, eprop_random, bptt, bptt_noreset' replay "$case" --rule hebb -o x.h5
wrong 2 'lsnn: replay needs -o OUT.h5, the file to write' replay "$case" --rule eprop
wrong 2 'lsnn: replay needs --rule RULE, one of eprop, eprop_random, bptt, bptt_noreset' replay "$case" -o x.h5
wrong 4 'lsnn: cannot write folder: is a directory' replay "$case" --rule eprop -o folder
wrong 4 'lsnn: cannot write /proc/x.h5: no such file or directory' replay "$case" --rule eprop -o /proc/x.h5
wrong 3 'lsnn: foreign.h5: an HDF5 file, but not one that lsnn wrote' describe foreign.h5
wrong 3 'lsnn: junk.h5: not an HDF5 file' describe junk.h5
wrong 3 'lsnn: folder: is a directory' describe folder

echo "$n wrong inputs, $failures wrong answers"
exit $((failures > 0))
