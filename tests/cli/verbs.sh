# What the verbs say of themselves, of a config and of a run; and check's forecast of memory against a real run.
set -euo pipefail
"$LSNN" baseline "$SOURCE/experiments/l2l_sines/run.yaml" test.trials=20 task.test_trials=60 >table
[[ $(grep -c '^\(linear\|quadratic\|backprop  \)' table) -eq 4 ]] && grep -q '^backprop at rate' table
"$LSNN" baseline "$SOURCE/experiments/l2l_sines/run.yaml" test.trials=20 task.test_trials=60 --csv >table.csv
[[ $(wc -l <table.csv) -eq 61 && $(tail -1 table.csv | tr , '\n' | wc -l) -eq 9 ]]
if "$LSNN" baseline "$SOURCE/experiments/store_recall/run.yaml" 2>said; then exit 1; fi
grep -q 'tasks of learning functions' said
# Of a run's folder, its network: the mean error is the one that the run ended with, for any number of threads.
"$LSNN" run "$SOURCE/experiments/l2l_sines/run.yaml" task.trials=30 task.test_trials=60 test.trials=25 learning.iterations=2 \
    populations.lif.n=12 populations.alif.n=8 -q --json -o sines >summary
"$LSNN" baseline sines -j 1 >table
"$LSNN" baseline sines -j 2 | cmp - table
printf -v error %.3f "$(sed 's/.*"test_error": \([^,]*\),.*/\1/' summary)"
[[ $(sed -n 's/^the network.* //p' table) == "$error" && $(grep -c ' of 25 ' table) -eq 4 ]]
# The longest row of trials with the network below, from every trial's mean error.
"$LSNN" baseline sines --json >found.json
"$LSNN" baseline sines --csv >found.csv
"$PYTHON" -c '
import csv, json, sys
found = json.load(open("found.json"))
rows = list(csv.reader(open("found.csv")))
columns = ["linear", "linear_ridge", "quadratic_ridge", "backprop"]
for k, name in enumerate(columns):
    below = "".join("x" if float(row[-2]) < float(row[1 + 2 * k]) else " " for row in rows[1:])
    longest = max(below.split(), key=len, default="")
    start = below.index(longest) + 1
    assert (found[name]["below_from"], found[name]["below_to"]) == (start, start + len(longest) - 1), (name, below)
    assert 0 <= found[name]["wins"] <= 25
assert found["trials"] == len(rows) - 1 and abs(found["network"]["error"] - float(sys.argv[1])) < 1e-3
' "$error"
"$LSNN" baseline sines -o sines.svg
[[ $(head -c 4 sines.svg) == '<svg' ]] && grep -q 'error of the network' sines.svg
rm sines/checkpoint.h5 sines/checkpoint.h5.1
status=0
"$LSNN" baseline sines 2>said || status=$?
[[ $status -eq 3 ]] && grep -q 'sines/checkpoint.h5' said
export OMP_NUM_THREADS=2
failures=0
fail() {
    echo "$1"
    failures=$((failures + 1))
}

# ---- help, version, describe ------------------------------------------------------------------------------------------
"$LSNN" help >overview
verbs=$(sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' overview)
for verb in run resume check describe replay bench help; do grep -qx $verb <<<"$verbs" || fail "help does not list $verb"; done
for verb in $verbs; do
    [[ $verb != help ]] || continue
    "$LSNN" help "$verb" >help
    [[ $(head -n 1 help) == "usage: lsnn $verb "* && $(wc -l <help) -ge 3 ]] || fail "help $verb: $(<help)"
    "$LSNN" "$verb" --help | cmp -s - help || fail "$verb --help differs from help $verb"
done
status=0
"$LSNN" >stdout || status=$?
[[ $status -eq 2 ]] && cmp -s stdout overview || fail "without a verb: exit code $status, or not the overview"
[[ $("$LSNN" --version) =~ ^lsnn\ [0-9]+\.[0-9]+\.[0-9]+\ \(.+\)$ ]] || fail "--version: $("$LSNN" --version)"

"$LSNN" describe >all
for name in $(sed -n 's/^  \([a-z_0-9]*\) .*/\1/p' all); do
    "$LSNN" describe "$name" >one || fail "describe $name fails"
    [[ $(head -n 1 one) == *" $name" && $(wc -l <one) -ge 3 ]] || fail "describe $name: $(<one)"
done
for name in lif alif readout eprop adam sgd evidence_accumulation; do grep -q "^  $name " all || fail "describe lists no $name"; done
"$LSNN" describe config >config
for key in seed populations projections learning record checkpoint; do grep -q "^  $key " config || fail "describe config lacks $key"; done

# ---- check: its output is a config that means the same ----------------------------------------------------------------
# The config takes memory itself, more of it when every default is written out.
facts() { grep '^# ' "$1" | grep -v '^# memory: '; }
for name in evidence_accumulation pattern_generation; do
    yaml=$SOURCE/experiments/$name/run.yaml
    "$LSNN" check "$yaml" learning.batch=2 seed=7 >first.yaml
    "$LSNN" check first.yaml >second.yaml
    "$LSNN" check second.yaml >third.yaml
    cmp <(grep -v '^# memory: ' second.yaml) <(grep -v '^# memory: ' third.yaml) || fail "$name: check of check's output differs"
    diff <(facts first.yaml) <(facts second.yaml) || fail "$name: check's output means something else"
done

# `default` is as if the key were not there, for a value, a model's parameter, a part and what follows from the file's place.
yaml=$SOURCE/experiments/evidence_accumulation/run.yaml
mkdir place
grep -Ev '^  rate:' "$yaml" | sed 's/ tau_a: [^,]*,//; /^  in:/s/, weights: {[^}]*}//' >place/lacking.yaml
sed '/^seed/i experiment: named' "$yaml" >place/given.yaml
[[ $(diff "$yaml" place/lacking.yaml | grep -c '^<') -eq 3 ]] || fail "three keys should have been left out of $yaml"
"$LSNN" check place/lacking.yaml >lacking
"$LSNN" check place/given.yaml learning.rate=0.5 learning.rate=default populations.alif.tau_a=default \
    projections.in.weights=default experiment=default >reset
diff lacking reset || fail "KEY=default is not as if KEY were not there"
"$LSNN" check "$yaml" learning.rule=default learning.rule.kind=none >reset
grep -q '^  rule: {kind: none}' reset || fail "a map cannot follow default"

# ---- every config of the experiments, but those whose data have to be fetched ------------------------------------------
for yaml in "$SOURCE"/experiments/*/*.yaml; do
    if grep -q 'directory: data' "${yaml%/*}/run.yaml"; then continue; fi
    quick=learning.batch=1
    if grep -q '^simulation:' "${yaml%/*}/run.yaml"; then quick=simulation.time=1s; fi
    "$LSNN" check "$yaml" $quick >/dev/null || fail "check $yaml"
done

# ---- run --json, and memory -------------------------------------------------------------------------------------------
cat >run.py <<'END'
"""Runs lsnn with --json, checks what it says, and prints its peak of memory in MB."""
import json, os, resource, subprocess, sys
lsnn, config, folder, iterations = sys.argv[1:5]
words = [lsnn, "run", config, "-q", "--json", "-o", folder, f"learning.iterations={iterations}", *sys.argv[5:]]
said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
assert said.count("\n") == 1, said
summary = json.loads(said)
assert summary["seed"] == 1 and summary["iterations"] == int(iterations) and summary["folder"] == folder, said
assert summary["experiment"] == os.path.basename(os.path.dirname(config)), said
assert summary["goal_reached"] in (None, False), said
for field in "loss", "error", "rate", "seconds":
    assert isinstance(summary[field], (int, float)) and summary[field] >= 0, said
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6)
END
forecast() {
    "$LSNN" check "$@" | sed -n 's/^# memory: \([0-9.]*\) MB at the peak.*/\1/p'
}
# memory NAME ITERATIONS OVERRIDE...
memory() {
    local yaml=$SOURCE/experiments/$1/run.yaml said used iterations=$2 folder=$1-$3
    said=$(forecast "$yaml" "${@:3}")
    used=$("$PYTHON" run.py "$LSNN" "$yaml" "$folder" "$iterations" "${@:3}") || { fail "$1: run --json"; return; }
    [[ $SANITIZE == 0 ]] || return 0
    echo "$*: forecast $said MB, used $used MB"
    awk -v a="$said" -v b="$used" 'BEGIN { exit !(a > 0.8 * b && a < 1.2 * b) }' || fail "$1: the forecast of memory is wrong"
}
memory evidence_accumulation 4 test.trials=32
memory evidence_accumulation 3 learning.regularisation.scope=batch test.trials=32
memory pattern_generation 20 seed=1

cat >peak.py <<'END'
"""Runs lsnn and prints its peak of memory in MB."""
import resource, subprocess, sys
subprocess.run([sys.argv[1], "run", *sys.argv[2:], "-q", "-o", "out"], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6)
END

# While synapses are drawn and sorted they take more than a run does; and what cannot fit is refused before that.
cat >dense.yaml <<'END'
task: {kind: evidence_accumulation, cues: 1, cue: 20, gap: 5, pause: 20, recall: 15}
populations: {lif: {model: lif, n: 1500, v_th: 0.6}, out: {model: readout, n: 2, tau_out: 20 ms}}
projections: {in: {from: input, to: lif}, rec: {from: lif, to: lif}, out: {from: lif, to: out}}
learning: {rule: eprop, batch: 2, iterations: 1, loss: cross_entropy}
END
for rule in eprop none; do
    for delay in 1 '{uniform: [1, 5]}'; do
        dense=(dense.yaml "learning.rule=$rule" "projections.rec.delay=$delay" -j 1)
        said=$(forecast "${dense[@]}")
        used=$("$PYTHON" peak.py "$LSNN" "${dense[@]}")
        echo "${dense[*]}: forecast $said MB, used $used MB"
        [[ $SANITIZE == 1 ]] || awk -v a="$said" -v b="$used" 'BEGIN { exit !(a > 0.9 * b && a < 1.1 * b) }' ||
            fail "${dense[*]}: the forecast of memory is wrong"
        rm -rf out
    done
done
if [[ $(free -g | awk '/^Mem/ { print $2 }') -lt 80 ]]; then
    status=0
    timeout 20 "$LSNN" check dense.yaml populations.lif.n=46000 >/dev/null 2>message || status=$?
    [[ $status -eq 5 && $(<message) == 'lsnn: this run needs about '* ]] || fail "46000 x 46000: $status, $(<message)"
fi

# ---- a simulation's memory ---------------------------------------------------------------------------------------------
for yaml in balanced_network/run.yaml sparse_network/rare.yaml; do
    short=("$SOURCE/experiments/$yaml" simulation.time=30ms simulation.transient=0)
    said=$(forecast "${short[@]}")
    used=$("$PYTHON" peak.py "$LSNN" "${short[@]}")
    echo "$yaml: forecast $said MB, used $used MB"
    [[ $SANITIZE == 1 ]] || awk -v a="$said" -v b="$used" 'BEGIN { exit !(a > 0.8 * b && a < 1.2 * b) }' ||
        fail "$yaml: the forecast of memory is wrong"
    rm -rf out
done
exit $((failures > 0))
