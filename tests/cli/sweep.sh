# lsnn sweep as a user meets it: wrong spaces, tables, workers, parts, failures, simulations, searches.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 40, loss: cross_entropy}
validation: {every: 10}
END

sed 's/n: 8/n: 0/' run.yaml >wrong.yaml

# expect CODE SENTENCE ARGUMENTS...
expect() {
    local code=$1 sentence=$2 status=0
    shift 2
    "$LSNN" sweep "$@" >out 2>log || status=$?
    [[ $status -eq $code ]] || { echo "sweep $*: exit code $status, not $code"; cat log; exit 1; }
    grep -qF -- "$sentence" log || { echo "sweep $*: no '$sentence' in"; cat log; exit 1; }
}
# table DIR: what must not depend on how the sweep was run
table() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1] + "/results.csv")):
    print([v for k, v in row.items() if k not in ("seconds", "started", "host")])' "$1"
}
# ---- wrong spaces leave nothing behind
expect 2 "command line: 'learning.rte=[1,2]': unknown key 'rte'; did you mean 'rate'?" run.yaml learning.rte=1,2 -o no
expect 2 "'rate' must be at least 0, not '-1'" run.yaml learning.rate=1,-1 -o no
expect 2 "'rate' must be at least 0, not '-1'" run.yaml 'learning.rate=uniform(-1,1)' draws=3 seed=1,2 -o no
expect 2 "at most 1000000 are possible" run.yaml seed=1..1000 learning.batch=1..1000 learning.rate=1..1000 -o no
expect 2 "the range of 'seed' is empty" run.yaml seed=5..1 -o no
expect 2 "wrong.yaml:3:26: 'n' must be from 1" wrong.yaml seed=1,2 -o no
expect 2 "nothing is swept" run.yaml learning.rate=1 -o no
expect 2 "a config or the folder of a sweep is needed" -o no
expect 2 "--part takes K/N" run.yaml seed=1..4 --part 2/2 -o no
expect 2 "has no option --frobnicate" run.yaml --frobnicate
expect 3 "is not the folder of a sweep" .
expect 4 "run.yaml" run.yaml seed=1,2 -o run.yaml/x
mkdir -p strange/state
touch strange/notes
expect 4 "strange is not an empty folder, and not one of a sweep: give a new one" run.yaml seed=1,2 -o strange
[[ $(find strange | sort | xargs) == "strange strange/notes strange/state" ]] || { find strange; exit 1; }
# What a sweep leaves that is killed before its first file.
mkdir -p begun/state
touch begun/sweep.yaml.1.tmp
"$LSNN" sweep run.yaml learning.iterations=1 seed=1,2 -q -o begun >/dev/null
cat >block.yaml <<'END'
include: run.yaml
sweep:
  learning.rate: [1e-3, fast]
  seed: 0..1
END
expect 2 "block.yaml:3:25: 'rate' must be a number, not 'fast'" block.yaml -o no
[[ ! -e no ]] || { echo "a wrong sweep has made its folder"; exit 1; }

# ---- a sweep in a block; `lsnn run` takes no notice of the block
sed -i 's/fast/1e-2/; s/0..1/0..19/' block.yaml
"$LSNN" sweep block.yaml --dry-run >dry 2>/dev/null
[[ ! -e sweeps && $(wc -l <dry) -eq 41 ]]
"$LSNN" sweep block.yaml -q -j 2 >path
whole=$(dirname "$(cat path)")
[[ $whole == sweeps/${PWD##*/} && $(table "$whole" | wc -l) -eq 40 ]]
cmp dry "$whole/trials.csv"
"$LSNN" run block.yaml learning.iterations=1 -q -o single >/dev/null
[[ $("$LSNN" sweep status "$whole" --json) == '{"trials": 40, "done": 40, '*'"left": 0, "seconds_left": 0.0}' ]]
"$LSNN" sweep collect "$whole" --group >/dev/null
[[ $(wc -l <"$whole/groups.csv") -eq 3 ]]
"$PYTHON" - "$whole" <<'END'
import csv, math, sys, h5py
rows = list(csv.DictReader(open(sys.argv[1] + "/results.csv")))
groups = list(csv.DictReader(open(sys.argv[1] + "/groups.csv")))
for g in groups:
    x = [float(r["validation_loss"]) for r in rows if r["learning.rate"] == g["learning.rate"]]
    n, mean = len(x), sum(x) / len(x)
    sem = math.sqrt(sum((v - mean) ** 2 for v in x) / (n - 1) / n)
    assert int(g["validation_loss_n"]) == n == 20
    assert math.isclose(float(g["validation_loss_mean"]), mean, rel_tol=1e-6)
    assert math.isclose(float(g["validation_loss_sem"]), sem, rel_tol=1e-6)
with h5py.File(sys.argv[1] + "/results.h5") as f:
    t = f["trials"]
    assert list(t["seed"]) == [int(r["seed"]) for r in rows]
    assert [f"{v:g}" for v in t["learning.rate"]] == [f"{float(r['learning.rate']):g}" for r in rows]
    assert all(math.isclose(v, float(r["loss"]), rel_tol=1e-8) for v, r in zip(t["loss"], rows))
    assert set(t["status"]) == {b"done"}
END
expect 3 "is of another sweep; the first difference is in line" block.yaml learning.batch=5 -o "$whole"

# ---- workers and their number
"$LSNN" sweep block.yaml -q -j 1 -o one >/dev/null
diff <(table "$whole") <(table one)
"$LSNN" sweep block.yaml -q -j 5 -o five >/dev/null
diff <(table "$whole") <(table five)

# ---- the default of a setting, whatever the config says
"$LSNN" sweep block.yaml learning.batch=default -q -j 2 -o default >/dev/null
"$LSNN" sweep default -q >/dev/null
"$LSNN" run run.yaml learning.batch=default learning.rate=1e-2 seed=3 -q -o default_alone >/dev/null
"$PYTHON" - <<'END'
import csv
row = list(csv.DictReader(open("default/results.csv")))[23]
assert float(row["learning.rate"]) == 1e-2 and row["seed"] == "3"
last = open("default_alone/metrics.csv").read().split("\n")[-2].split(",")
assert float(row["loss"]) == float(last[1]), (row, last)
END

# ---- parts
"$LSNN" sweep block.yaml -q --part 1/3 -o parts >/dev/null
[[ $(table parts | wc -l) -eq 13 ]]
"$LSNN" sweep parts -q --part 0/3 >/dev/null
"$LSNN" sweep parts -q --part 2/3 >/dev/null
diff <(table "$whole") <(table parts)

# ---- a trial that diverges
huge=$([[ $REAL == double ]] && echo 1e308 || echo 1e38)
expect 7 "2 of 4 trials have failed: the column \`message\` of diverged/results.csv says why, --retry repeats them" run.yaml \
    learning.rate=1e-3,$huge seed=1,2 learning.iterations=20 -q -j 2 -o diverged
[[ $(cat out) == diverged/results.csv && $(wc -l <log) -eq 1 ]] || { cat out log; exit 1; }
expect 7 "2 of 4 trials have failed" diverged -q
[[ $(table diverged | grep -c "'done'") -eq 2 && $(table diverged | grep -c "'failed'") -eq 2 ]] || { table diverged; exit 1; }
[[ $(table diverged) == *became* ]] || { table diverged; exit 1; }

# ---- simulations
cat >simulation.yaml <<'END'
dt: 0.1 ms
simulation: {engine: grid, time: 300 ms, transient: 50 ms}
sources: {external: {kind: poisson, n: 500, rate: 20 kHz}}
populations:
  exc: {model: iaf, n: 400, tau_m: 20 ms, v_th: 20 mV, v_reset: 0 mV, t_ref: 2 ms}
  inh: {model: iaf, n: 100, tau_m: 20 ms, v_th: 20 mV, v_reset: 0 mV, t_ref: 2 ms}
projections:
  drive:   {from: external, to: [exc, inh], wiring: one_to_one, weights: 0.1, delay: 1.5 ms}
  excite:  {from: exc, to: [exc, inh], wiring: {in_degree: 40, multapses: true}, weights: 0.1, delay: 1.5 ms}
  inhibit: {from: inh, to: [exc, inh], wiring: {in_degree: 10, multapses: true}, weights: -0.5, delay: 1.5 ms}
sweep: {projections.inhibit.weights: [-0.4, -0.8], seed: 1..3}
END
"$LSNN" sweep simulation.yaml -q -j 2 -o simulated >/dev/null
"$LSNN" run simulated/0004/config.yaml -q --json -o simulated_alone >alone.json
"$PYTHON" "$SOURCE/tests/cli/same_datasets.py" simulated/0004/run.h5 simulated_alone/run.h5
"$PYTHON" - <<'END'
import csv, json
row, alone = list(csv.DictReader(open("simulated/results.csv")))[4], json.load(open("alone.json"))
assert row["projections.inhibit.weights"] == "-0.8" and alone["seed"] == 2
assert all(float(row[k]) == alone[k] for k in ("rate", "cv", "synchrony")), (row, alone)
END
expect 2 "a simulation is not stopped midway" simulation.yaml search=asha -o no
setsid "$LSNN" sweep simulation.yaml simulation.time=1000s seed=1,2 -q -j 2 -o simulated_long >/dev/null 2>log &
program=$!
sleep 0.5
kill -TERM $program
status=0
wait $program || status=$?
[[ $status -eq 130 && $("$LSNN" sweep status simulated_long --json) == *'"running": 0, "left": 4'* ]] || { cat log; exit 1; }

# ---- searches
cat >search.yaml <<'END'
include: run.yaml
sweep:
  learning.rate: {log_uniform: [1e-4, 1]}
  populations.alif.beta: {uniform: [0, 0.3]}
  seed: 1..2
  search: {kind: cross_entropy, population: 6, generations: 3, metric: validation_loss}
END
"$LSNN" sweep search.yaml -q -j 1 -o ce1 >/dev/null
"$LSNN" sweep search.yaml -q -j 2 -o ce2 >/dev/null
[[ $(wc -l <ce1/trials.csv) -eq 37 ]]
cmp ce1/trials.csv ce2/trials.csv
diff <(table ce1) <(table ce2)
cmp <(cut -d, -f1-4 ce1/results.csv) ce1/trials.csv

# A sampler proposes the draws: the same for any number of workers, and after a kill in the middle.
sed 's/search: {.*/search: {kind: cma_es, population: 5, generations: 4, metric: validation_loss}/' search.yaml >sampler.yaml
"$LSNN" sweep sampler.yaml -q -j 1 -o cma1 >/dev/null
setsid "$LSNN" sweep sampler.yaml -q -j 2 -o cma2 >/dev/null 2>&1 &
program=$!
for ((k = 0; k < 600; k++)); do
    [[ $(find cma2/state -name '*.json' 2>/dev/null | wc -l) -lt 15 ]] || break
    sleep 0.05
done
kill -9 -- -$program 2>/dev/null || true
wait $program 2>/dev/null || true
"$LSNN" sweep cma2 -q -j 2 >/dev/null
[[ $(wc -l <cma1/trials.csv) -eq 41 ]]
cmp cma1/trials.csv cma2/trials.csv
diff <(table cma1) <(table cma2)
expect 2 "cma_es moves numbers, and 'learning.rule.feedback' is a choice" sampler.yaml \
    'learning.rule.feedback=choice(random,symmetric)' -o no
expect 2 "unknown key 'generation'; did you mean 'generations'?" sampler.yaml sweep.search.generation=3 -o no
expect 2 "the metric is one of rules that learn within a trial" sampler.yaml sweep.search.metric=test_error_ratio \
    test.trials=8 -o no

sed 's/search: {.*/draws: 9\n  search: {kind: asha, first: 20, factor: 3, metric: validation_loss}/' search.yaml >asha.yaml
"$LSNN" sweep asha.yaml learning.iterations=180 -q -j 2 -o asha >/dev/null
"$PYTHON" - <<'END'
import csv, json, glob
n = [len(glob.glob(f"asha/state/*-{rung}.json")) for rung in range(4)]
assert n[0] == 18 and 6 <= n[1] <= 10 and 2 <= n[2] <= 5 and n[3] == 0, n
value = lambda name: json.load(open(name))["validation_loss"]
first = sorted(value(f) for f in glob.glob("asha/state/*-0.json"))
promoted = [value(f.replace("-1.", "-0.")) for f in glob.glob("asha/state/*-1.json")]
assert first[0] in promoted and max(promoted) < first[-1]
rows = list(csv.DictReader(open("asha/results.csv")))
assert {(r["status"], r["iterations"]) for r in rows} == {("paused", "20"), ("paused", "60"), ("done", "180")}, rows
END
# One that was stopped goes on alone, to the end of a run that was never stopped.
stopped=$(grep -m1 paused asha/results.csv | cut -d, -f1)
stopped=$(printf %04d "$stopped")
"$LSNN" run "asha/$stopped/config.yaml" -q -o alone >/dev/null
"$LSNN" resume "asha/$stopped" -q >/dev/null
"$PYTHON" "$SOURCE/tests/cli/same_datasets.py" alone/run.h5 "asha/$stopped/run.h5"

sed 's/search: {.*/draws: 9\n  search: {kind: median, every: 20, metric: validation_loss, at_least: 3}/' search.yaml >median.yaml
"$LSNN" sweep median.yaml -q -j 2 -o median >/dev/null
[[ $(table median | grep -c "'stopped'") -ge 1 && $(table median | grep -c "'done'") -ge 5 ]] || { table median; exit 1; }
expect 2 "set validation.every" median.yaml validation.every=0 -o no
expect 2 "must be a multiple of validation.every" median.yaml validation.every=15 -o no
expect 2 "learning.iterations is what is shared out" asha.yaml learning.iterations=100,200 -o no
