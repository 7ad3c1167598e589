# Wrong configs of simulations: each gets a sentence that says where and what would be right, and its exit code; and a simulation that is stopped
# keeps what it recorded.
set -euo pipefail
export OMP_NUM_THREADS=2
failures=0
n=0

cat >base.yaml <<'YAML'
seed: 1
dt: 0.1 ms
simulation: {engine: grid, time: 10 ms}
sources:
  out: {kind: poisson, n: 50, rate: 2 kHz}
  bias: {kind: current, n: 1, value: 1}
populations:
  e: {model: iaf, n: 40}
  i: {model: iaf, n: 10}
projections:
  out: {from: out, to: [e, i], wiring: one_to_one, weights: 0.1}
  rec: {from: [e, i], to: [e, i], wiring: {in_degree: 10}, weights: 0.1, delay: 1.5 ms}
  bias: {from: bias, to: e, weights: 1}
record:
  spikes: {what: spikes, of: [e, i]}
YAML

# wrong CODE FIRST_LINE ARGUMENT...
wrong() {
    local code=$1 message=$2 status=0 said=
    shift 2
    n=$((n + 1))
    timeout 60 "$LSNN" "$@" >stdout 2>stderr || status=$?
    IFS= read -r said <stderr || true
    if [[ $status -ne $code || $said != $message ]]; then
        printf 'lsnn %s\n  exit code %s, expected %s\n  said:     %s\n  expected: %s\n' "$*" $status "$code" \
            "$said" "$message"
        failures=$((failures + 1))
    fi
}

# config SED_EDIT FIRST_LINE: the base, edited, is refused
config() {
    sed "$1" base.yaml >c.yaml
    ! cmp -s base.yaml c.yaml || { echo "no edit: $1"; failures=$((failures + 1)); }
    wrong 2 "$2" check c.yaml
}

"$LSNN" check base.yaml >checked
grep -q '# projection out  *Poisson spikes drawn at the neurons' checked
grep -q '# projection rec  *500 synapses, delays 1.5..1.5 ms' checked

# ---- delays ----------------------------------------------------------------------------------------------------------
config 's/delay: 1.5 ms/delay: 0 ms/' "c.yaml:12:81: 'delay' must be from 1 to 4095 steps, not '0 ms'"
config 's/delay: 1.5 ms/delay: 0.15 ms/' \
    "c.yaml:12:81: 'delay' must be a whole number of steps, but '0.15 ms' is no multiple of dt, 0.1 ms"
config 's/delay: 1.5 ms/delay: 500 ms/' "c.yaml:12:81: 'delay' must be from 1 to 4095 steps, not '500 ms'"
config 's/delay: 1.5 ms/delay: {uniform: [2 ms, 1 ms]}/' 'c.yaml:12:81: the longest delay is below the shortest'
config 's/to: e, weights: 1/to: e, weights: 1, delay: 1 ms/' 'c.yaml:13:48: a constant current has no delay'
# ---- wiring and weights ----------------------------------------------------------------------------------------------
config 's/in_degree: 10/in_degree: 50/' "c.yaml:12:55: 'in_degree' must be from 0 to 49, not '50'"
config 's/in_degree: 10/in_degree: 2e6, multapses: true/' \
    "c.yaml:12:55: 'in_degree' must be from 0 to 1000000, not '2e6'"
config 's/in_degree: 10/in_degree: 10, multapses: 3/' 'c.yaml:12:70: multapses are true or false'
config 's/n: 50/n: 49/' 'c.yaml:11:40: one_to_one needs as many targets as sources, here 50 and 49'
config 's/weights: 0.1, delay/weights: [1, 2], delay/' 'c.yaml:12:69: 2 weights for 500 synapses'
config 's/weights: 0.1, delay/weights: {balanced: 1}, delay/' \
    'c.yaml:12:70: balanced weights need cells of both signs where the projection starts: see `signs`'
# ---- rates -----------------------------------------------------------------------------------------------------------
config 's/rate: 2 kHz/rate: -2 Hz/' "c.yaml:5:37: 'rate' must be at least 0 1/ms, not '-2 Hz'"
config 's/rate: 2 kHz/rate: 600 kHz/' 'c.yaml:5:37: a rate of 600 per ms is more than 50 spikes a step of 0.1 ms'
# ---- neurons ---------------------------------------------------------------------------------------------------------
config 's/n: 40/n: 40, t_ref: 0.25 ms/' 'c.yaml:8:3: populations.e: t_ref must be a whole number of steps of dt'
config 's/n: 40/n: 40, v_reset: 20/' 'c.yaml:8:3: populations.e: v_reset must be below v_th'
config 's/n: 40/n: 40, tau_a: [1, 2], beta: 1/' 'c.yaml:8:3: populations.e: as many beta as tau_a are needed'
config 's/model: iaf, n: 10/model: lstm, n: 10/' "c.yaml:9:14: 'lstm' does not spike: it is trained, not simulated"
# ---- the simulation --------------------------------------------------------------------------------------------------
config 's/engine: grid/engine: gird/' \
    "c.yaml:3:22: 'engine' must be grid or event, not 'gird'; did you mean 'grid'?"
config 's/time: 10 ms/time: 0 ms/' "c.yaml:3:34: 'time' must be above 0 and at most 1000000000000 ms, not '0 ms'"
config 's/, time: 10 ms//' "c.yaml:3:1: the key 'time' is missing, in ms: how long it lasts"
config 's/time: 10 ms/time: 10 ms, transient: 20 ms/' 'c.yaml:3:52: a transient of 20 ms leaves nothing of 10 ms'
config 's/^dt.*/&\ntask: delayed_xor/' \
    "c.yaml:3:1: 'task' is for training, and this config has a \`simulation\`: leave out one of them"
config 's/what: spikes/what: q/' \
    "c.yaml:15:18: no recordable variable is called 'q'; there are: spikes, I, z, v, r, I_syn, a_1, a_2, a_3"
config 's/of: \[e, i\]/of: e, every: 0.15 ms/' \
    "c.yaml:15:40: 'every' must be a whole number of steps, but '0.15 ms' is no multiple of dt, 0.1 ms"
# ---- what is too large, and what is not trained ----------------------------------------------------------------------
sed 's/n: 40/n: 400000/; s/n: 50/n: 400010/; s/in_degree: 10/in_degree: 400000/' base.yaml >c.yaml
wrong 5 'lsnn: this run needs about 32* GB of memory, and * GB are available: *' run c.yaml -o never
[[ ! -e never ]]
sed 's/^simulation.*/task: delayed_xor/; s/model: iaf/model: lif/; s/e, n: 10/e, n: 10, model: iaf/' base.yaml |
    sed 's/i: {model: lif/i: {model: iaf/' >c.yaml
wrong 2 "c.yaml:9:14: 'iaf' has no derivative, so it cannot be trained: it is for configs with \`simulation:\`" check c.yaml

# ---- a run, and one that is stopped ----------------------------------------------------------------------------------
"$LSNN" run base.yaml -o done -q --json simulation.time=50ms >summary
"$PYTHON" - <<'PYTHON'
import h5py, json
f = h5py.File('done/run.h5')
summary = json.load(open('summary'))
times, ids = f['spikes/e/timestamps'][:], f['spikes/e/node_ids'][:]
assert f.attrs['status'] in ('complete', b'complete')
assert len(times) > 0 and (times[1:] >= times[:-1]).all() and ids.max() < 40
assert abs(len(times) / 40 / 0.05 - f['statistics/e/rate'][0]) < 1e-9 * summary['rate_e']
assert abs(f['statistics/e/rate'][0] - summary['rate_e']) < 1e-6
PYTHON
wrong 3 'lsnn: done is a simulation: only trainings are resumed; run its config.yaml' resume done
"$LSNN" run base.yaml -o stopped -q simulation.time=1e8ms record.spikes.of=i record.spikes.neurons=[0] sources.out.rate=1kHz &
pid=$!
for _ in $(seq 100); do [[ ! -e stopped/run.h5 ]] || break; sleep 0.1; done
sleep 0.5
kill -INT $pid
status=0
wait $pid || status=$?
[[ $status -eq 130 ]] || { echo "a stopped run exits with $status"; failures=$((failures + 1)); }
"$PYTHON" -c "import h5py; assert h5py.File('stopped/run.h5').attrs['status'] in ('interrupted', b'interrupted')"

echo "$n wrong inputs"
exit $((failures > 0))
