# Learning within a trial: what a run says of it, a kill and a resume, and what a config must not do.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >base.yaml <<'END'
task: {kind: arm_trajectory, duration: 50, smooth: 20, clock_interval: 5}
populations:
  trainee: {model: lif, n: 20, v_th: 0.6, n_ref: 5}
  gen: {model: alif, n: 20, v_th: 0.6, n_ref: 5, tau_a: 600, beta: 0.05}
  out: {model: readout, n: 2, scale: leak}
  signals: {model: readout, n: 20, scale: leak}
projections:
  in: {from: input, to: trainee}
  rec: {from: trainee, to: trainee}
  out: {from: trainee, to: out}
  clock: {from: input, to: gen}
  shown: {from: demonstration, to: gen}
  L: {from: gen, to: signals}
learning: {rule: {kind: natural_eprop, rate: 0.01}, batch: 4, iterations: 300, loss: task}
validation: {every: 50}
test: {trials: 16}
record:
  spikes: {what: spikes, of: [trainee, gen], every: 100}
  L: {what: y, of: signals, every: 100}
checkpoint: {every: 0.02 s}
END

# ---- a run says how much a demonstration taught -----------------------------------------------------------------------
"$LSNN" run base.yaml -q --json -o whole >summary
"$PYTHON" - <<'END'
import json, h5py
s = json.load(open('summary'))
assert s['test_error_before'] > 0 and abs(s['test_error_ratio'] - s['test_error_before'] / s['test_error']) < 1e-6, s
m = h5py.File('whole/run.h5')['metrics']
assert len(m['error_before']) == 300 and len(m['validation_error_before']) == 6, list(m)
assert abs(m['test_error_before'][0] - s['test_error_before']) < 1e-6
END
"$LSNN" run base.yaml -q -o again | grep -q '^  within trial error .* before, .* after: .* times$'

# ---- killed and resumed: the same bits --------------------------------------------------------------------------------
"$LSNN" run base.yaml -q -o killed >/dev/null 2>&1 &
program=$!
while [[ $(wc -l 2>/dev/null <killed/metrics.csv || echo 0) -lt 100 ]]; do sleep 0.02; done
kill -KILL $program
wait $program 2>/dev/null || true
"$LSNN" resume killed -q >/dev/null
"$PYTHON" "$SOURCE/tests/cli/same_datasets.py" whole/run.h5 killed/run.h5
h5diff whole/run.h5 killed/run.h5 /metrics >/dev/null

# ---- without a generator, and without gradients -----------------------------------------------------------------------
grep -v 'gen\|signals\|shown' base.yaml >error.yaml
sed -i 's/natural_eprop,/natural_eprop, source: error,/; s/of: \[trainee, gen\]/of: trainee/' error.yaml
"$LSNN" run error.yaml -q --json learning.iterations=3 -o error | grep -q test_error_ratio
"$LSNN" run error.yaml -q --json learning.iterations=3 learning.sampler=evolution -o evolution | grep -q test_error_ratio

# ---- how much it teaches, as what a search makes great ------------------------------------------------------------------
cat >search.yaml <<'END'
include: error.yaml
sweep:
  learning.rule.rate: {log_uniform: [1e-3, 1e-1]}
  search: {kind: cma_es, population: 2, generations: 2, metric: test_error_ratio, goal: maximise}
END
"$LSNN" sweep search.yaml learning.iterations=3 -q -o search >/dev/null
"$LSNN" run search/0003/config.yaml -q --json -o alone >summary
"$PYTHON" - <<'END'
import csv, json
rows = list(csv.DictReader(open('search/results.csv')))
assert len(rows) == 4 and float(rows[3]['test_error_ratio']) == json.load(open('summary'))['test_error_ratio'], rows
assert not rows[3]['test_round_ratio'], rows
END

# ---- mistakes ---------------------------------------------------------------------------------------------------------
failures=0
# wrong SED_EDIT FIRST_LINE
wrong() {
    local said= status=0
    sed "$1" base.yaml >c.yaml
    "$LSNN" check c.yaml >/dev/null 2>stderr || status=$?
    IFS= read -r said <stderr || true
    [[ $status -eq 2 && $said == "$2" ]] || { printf '%s\n  said:     %s\n  expected: %s\n' "$1" "$said" "$2"; failures=$((failures + 1)); }
}
wrong 's/{from: trainee, to: out}/{from: gen, to: out}/' "c.yaml:10:15: what the trainee and its readout hear is the trainee or the task's \`input\`: the generator and the demonstration are not there when it is tested"
wrong 's/from: input, to: trainee/from: demonstration, to: trainee/' "c.yaml:8:14: what the trainee and its readout hear is the trainee or the task's \`input\`: the generator and the demonstration are not there when it is tested"
wrong 's/from: input, to: gen/from: input, to: [trainee, gen]/' 'c.yaml:11:28: the trainee and the generator cannot stand in one list'
wrong 's/signals: {model: readout, n: 20/signals: {model: readout, n: 19/' "c.yaml:6:3: 'signals' must be a population of 20 readouts, one for each neuron of the trainee, after that of the answers"
wrong 's/rate: 0.01}/rate: 0.01, trainee: gen}/' "c.yaml:14:61: with natural_eprop the trainee's populations are the first of the config, and the generator's come after them"
wrong 's/^  trainee:/  pupil:/; s/: trainee}/: pupil}/; s/from: trainee/from: pupil/; s/\[trainee/[pupil/' \
    "c.yaml:14:18: by default 'trainee: trainee': no population is called 'trainee'; there are: pupil, gen, out, signals"
wrong 's/rate: 0.01}/rate: 0.01, trainee: nobody}/' "c.yaml:14:61: no population is called 'nobody'; there are: trainee, gen, out, signals"
wrong 's/loss: task}/loss: task, carry: true}/' 'c.yaml:14:99: with natural_eprop each trial begins with a state of zero'
wrong 's/to: trainee}/to: trainee, bounds: [-1, 1]}/' "c.yaml:8:3: with natural_eprop the trainee's weights have no bounds, signs or rewiring: the update within a trial knows none"
wrong 's/to: trainee}/to: trainee, wiring: {probability: 0.1}, rewiring: deep_r}/' "c.yaml:8:3: with natural_eprop the trainee's weights have no bounds, signs or rewiring: the update within a trial knows none"
wrong 's/what: y, of: signals/what: target, of: signals/' 'c.yaml:19:25: target: of the population of readouts that answers, by name'
wrong 's/what: y, of: signals/what: alignment, of: rec/' "c.yaml:19:6: alignment: natural_eprop has no other rule's gradient to compare with"
wrong 's/arm_trajectory, duration: 50, smooth: 20, clock_interval: 5/pattern_generation, outputs: 2/' "c.yaml:14:86: task 'pattern_generation' has no loss of its own: use mse or cross_entropy"
exit $((failures > 0))
