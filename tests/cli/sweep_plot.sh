# lsnn sweep plot: what stands in a figure is compared with the table; wrong words are refused.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 20, loss: cross_entropy}
sweep:
  learning.rate: [1e-3, 3e-3, 1e-2, 3e-2]
  learning.rule.feedback: [symmetric, random]
  seed: 1..3
END
"$LSNN" sweep run.yaml -q -j 2 -o sweep >/dev/null
"$LSNN" sweep plot sweep x=learning.rate y=loss,error hue=feedback -o conditions.svg
"$LSNN" sweep plot sweep x=feedback y=iterations panel=rate -o named.svg
"$LSNN" sweep plot sweep x=error y=loss -o trials.svg --width 120
[[ $("$LSNN" sweep plot sweep) == sweep/plot.pdf ]]
head -c 5 sweep/plot.pdf | grep -q '%PDF-'
"$LSNN" sweep plot sweep -o plot.png
head -c 4 plot.png | grep -q PNG

"$PYTHON" - <<'END'
import csv
import re
import xml.etree.ElementTree as tree
import numpy as np

S = '{http://www.w3.org/2000/svg}'
rows = list(csv.DictReader(open('sweep/results.csv')))


def panels(name):
    root = tree.parse(name).getroot()
    return [[e.get('d') for e in data.iter(S + 'path')] for data in root.iter(S + 'svg') if data.get('class') == 'data'], \
        [''.join(e.itertext()) for e in root.iter(S + 'text')]


def points(path):
    return np.array([[float(x) for x in m] for m in re.findall(r'[ML]([-\d.]+) ([-\d.]+)', path)])


def straight(values, drawn):
    slope, zero = np.polyfit(values, drawn, 1)
    return slope != 0 and np.allclose(drawn, slope * np.array(values) + zero, atol=0.02)


found, texts = panels('conditions.svg')
assert len(found) == 2 and {'feedback:', 'symmetric', 'random', 'learning.rate', 'loss', 'error'} <= set(texts), texts
rates = ['1e-3', '3e-3', '1e-2', '3e-2']
means = {f: [np.mean([float(r['loss']) for r in rows if (r['learning.rate'], r['learning.rule.feedback']) == (rate, f)])
             for rate in rates] for f in ('symmetric', 'random')}
lines = [points(d) for d in found[0] if d and len(points(d)) == 4 and 'L' in d]
assert len(lines) >= 2
both = np.concatenate([lines[0], lines[1]])
assert straight(means['symmetric'] + means['random'], both[:, 1])
assert straight(np.log([float(r) for r in rates] * 2), both[:, 0])

found, texts = panels('named.svg')
assert len(found) == 4 and {'rate 1e-3', 'rate 3e-2', 'symmetric', 'random', 'learning.rule.feedback'} <= set(texts), texts

found, _ = panels('trials.svg')
dots = [points(d) for d in found[0]]
assert [len(d) for d in dots] == [len(rows)] == [24], dots
assert straight([float(r['loss']) for r in rows], dots[0][:, 1]) and straight([float(r['error']) for r in rows], dots[0][:, 0])
END

# wrong CODE SENTENCE WORDS...
wrong() {
    local code=$1 sentence=$2 status=0
    shift 2
    "$LSNN" sweep plot "$@" >out 2>log || status=$?
    [[ $status -eq $code ]] && grep -qF -- "$sentence" log || { echo "sweep plot $*: exit code $status"; cat log; exit 1; }
}
wrong 2 "y: no column is called 'los'; did you mean 'loss'?" sweep y=los
wrong 2 "hue: no column is called 'batch'; there are learning.rate, learning.rule.feedback, seed" sweep hue=batch
wrong 2 "x=, y=, hue= and panel= are known, not 'z=1'" sweep z=1
wrong 2 "y is given twice" sweep y=loss y=error
wrong 2 "figures are .pdf, .svg or .png" sweep -o plot.jpg
wrong 2 "--width takes millimetres" sweep --width 4
wrong 2 "takes the folder of a sweep"
wrong 3 "no trial of sweep has a test_error" sweep y=test_error
wrong 3 "is not the folder of a sweep" .
mkdir -p untouched/state
cp sweep/*.yaml sweep/trials.csv untouched
wrong 3 "no trial is done" untouched
