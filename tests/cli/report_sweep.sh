# lsnn report on the folder of a sweep: its numbers against results.csv; with Chromium also what a browser makes of it.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
experiment: <sweep>
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 60, loss: cross_entropy}
validation: {every: 10}
test: {trials: 100}
END
"$LSNN" sweep run.yaml learning.rate=1e-4,1e-3,1e-2 learning.rule.feedback=symmetric,random seed=1,2 -q -o listed >/dev/null
"$LSNN" report listed 2>/dev/null
"$LSNN" report listed metric=loss -o loss.html 2>/dev/null
"$LSNN" sweep run.yaml 'learning.rate=log_uniform(1e-5,1e-1)' draws=6 test.trials=0 -q -o drawn >/dev/null
"$LSNN" report drawn 2>/dev/null
# A sweep that was begun and given up.
cp -r drawn begun
rm begun/state/000[2-5]-*
"$LSNN" report begun -o begun.html 2>/dev/null
# Trials that diverge have failed.
huge=$([[ $REAL == double ]] && echo 1e308 || echo 1e38)
status=0
"$LSNN" sweep run.yaml learning.rate=1e-3,$huge -q -o failed >/dev/null 2>&1 || status=$?
[[ $status -eq 7 ]] || { echo "a sweep of which a trial failed: exit code $status"; exit 1; }
"$LSNN" report failed 2>/dev/null

"$PYTHON" - <<'END'
import csv, re
from html.parser import HTMLParser
import numpy as np


class Page(HTMLParser):
    """Text, sections, and the cells of its tables."""
    def __init__(self, path):
        super().__init__()
        self.words, self.ids, self.tables, self.cell = [], [], [], None
        self.raw = open(path, encoding='utf-8').read()
        self.feed(self.raw)
        self.text = ' '.join(self.words)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == 'section': self.ids.append(attributes['id'])
        if tag == 'table': self.tables.append([])
        if tag == 'tr': self.tables[-1].append([])
        if tag in ('td', 'th'): self.cell = []

    def handle_endtag(self, tag):
        if tag not in ('td', 'th'): return
        self.tables[-1][-1].append(''.join(self.cell))
        self.cell = None

    def handle_data(self, text):
        self.words.append(text)
        if self.cell is not None: self.cell.append(text)


rows = list(csv.DictReader(open('listed/results.csv')))
error = np.array([float(r['test_error']) for r in rows])
page = Page('listed/report.html')
assert page.ids == ['warnings', 'run', 'best', 'curves', 'settings', 'trials'], page.ids
assert '<h1>&lt;sweep&gt;</h1>' in page.raw and 'compared by test_error' in re.sub(r'\s+', ' ', page.text)
assert not re.search(r'@import|url\(|fetch\(|XMLHttp|(src|href)="(?!data:)', page.raw)

best, shares, every = page.tables
column = best[0].index('test_error')
wanted = sorted(range(12), key=lambda k: (error[k], k))[:10]
assert [int(r[0]) for r in best[1:]] == wanted
assert [r[column] for r in best[1:]] == [f'{error[k]:.3g}' for k in wanted]
assert [int(r[0]) for r in every[1:]] == list(range(12)) and every[1][1:4] == ['1e-4', 'symmetric', '1']

# Which share of the variance a setting explains.
for setting, share, levels in shares[1:]:
    value = [r[setting] for r in rows]
    means = {v: error[[x == v for x in value]].mean() for v in dict.fromkeys(value)}
    between = sum((means[x] - error.mean()) ** 2 for x in value)
    assert abs(float(share) - between / ((error - error.mean()) ** 2).sum()) < 1e-3 + 1e-2 * float(share), setting
    shown = dict(level.split(': ') for level in levels.split(', '))
    assert list(shown) == list(means) and all(abs(float(shown[v]) - m) < 5.1e-4 for v, m in means.items()), levels
assert [float(r[1]) for r in shares[1:]] == sorted((float(r[1]) for r in shares[1:]), reverse=True)

# Curves: a line for each trial through its validations; dots for each trial; the means of the two that explain most.
data = re.findall(r'<svg class="data".*?</svg>', page.raw, re.S)
assert len(data) == 4, len(data)
lines = re.findall(r'<path[^>]*d="([^"]*)"', data[0])
assert len(lines) == 12 and all(len(re.findall(r'-?(?:\d+\.?\d*|\.\d+)', l)) == 12 for l in lines)
dots = [re.findall(r'M([-\d.]+) ([-\d.]+)h0', p) for p in re.findall(r'd="([^"]*h0[^"]*)"', data[1])]
assert len(dots[0]) == 12
height = [float(y) for _, y in dots[0]]
slope, zero = np.polyfit(error, height, 1)
assert slope < 0 and np.allclose(height, slope * error + zero, atol=0.011)
cells = re.findall(r'class="ink cell"[^>]*>([^<]*)<', data[3])
first, second = [s[0] for s in shares[1:] if s[0] != 'seed']
wanted = [error[[r[first] == a and r[second] == b for r in rows]].mean()
          for a in dict.fromkeys(r[first] for r in rows) for b in dict.fromkeys(r[second] for r in rows)]
assert np.allclose([float(x) for x in cells], wanted, atol=5.1e-5), (cells, wanted)

# Another metric is another order.
loss = [float(r['loss']) for r in rows]
page = Page('loss.html')
assert [int(r[0]) for r in page.tables[0][1:]] == sorted(range(12), key=lambda k: (loss[k], k))[:10]

page = Page('drawn/report.html')
rows = list(csv.DictReader(open('drawn/results.csv')))
x, y = (np.array([float(r[k]) for r in rows]) for k in ('learning.rate', 'validation_error'))
assert page.tables[1][1][2] == 'drawn' and 'One seed for each setting' in page.text
if np.ptp(y) > 0:
    assert abs(float(page.tables[1][1][1]) - np.corrcoef(np.log(x), y)[0, 1] ** 2) < 2e-3
assert 'Not finished: 4 trials are left, 0 under way' in Page('begun.html').text
failed = Page('failed/report.html').text
assert re.search('1 trials failed; the first, 1: .* became ', failed), failed[:2000]
END

failures=0
wrong() {
    local code=$1 message=$2 got=0
    shift 2
    "$LSNN" report "$@" -o x.html >out 2>err || got=$?
    [[ $got == "$code" && $(<err) == "$message" && ! -e x.html ]] && return
    printf 'lsnn report %s: exit %d\n%s\ninstead of\n%s\n' "$*" "$got" "$(<err)" "$message"
    failures=$((failures + 1))
}
wrong 2 'lsnn: metric=cv: the trials of listed have no such metric' listed metric=cv
wrong 2 'lsnn: besides the folder of a sweep only metric=NAME can be given' listed loss
wrong 2 'lsnn: a report is about one run' run.h5 other.h5
mkdir -p broken
echo 'nonsense: [' >broken/sweep.yaml
"$LSNN" report broken 2>err && failures=$((failures + 1))
grep -q '^broken/sweep.yaml:' err || { cat err; failures=$((failures + 1)); }
[[ $failures -eq 0 ]] || exit 1

browser=$(command -v chromium || command -v chromium-browser || true)
[[ -n $browser ]] || { echo 'chromium is not installed: pages are not looked at in a browser'; exit 77; }
cp listed/report.html probe.html
cat >>probe.html <<'END'
<script>
  const answer = {}, table = document.querySelector('table.sortable'), heads = [...table.tHead.rows[0].cells];
  const order = column => [...table.tBodies[0].rows].map(row => row.cells[column].textContent);
  const error = heads.findIndex(h => h.textContent === 'test_error'), rule = heads.findIndex(h => /feedback/.test(h.textContent));
  const rises = list => list.every((x, k) => k === 0 || x >= list[k - 1]);
  heads[error].click();
  answer.ascending = rises(order(error).map(Number));
  heads[error].click();
  answer.descending = rises(order(error).map(x => -x)) && heads[error].getAttribute('aria-sort') === 'descending';
  heads[rule].click();
  answer.words = rises(order(rule)) && order(0).length === 12;
  answer.wide = document.documentElement.scrollWidth <= innerWidth;
  answer.panels = [...document.querySelectorAll('figure svg')].filter(s => s.getBoundingClientRect().height > 20).length >= 4;
  answer.ink = getComputedStyle(document.querySelector('svg text.ink')).fill;
  document.body.innerHTML = JSON.stringify(answer);
</script>
END
show() {
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$PWD/profile" \
        --enable-logging=stderr --window-size="$1",1000 --blink-settings=preferredColorScheme="$2" --dump-dom \
        "file://$PWD/probe.html" >dom 2>log || { cat log; return 1; }
    if grep CONSOLE log; then return 1; fi
    local part
    for part in ascending descending words wide panels; do
        grep -q "\"$part\":true" dom || { echo "$1 pixels: not $part"; cat dom; return 1; }
    done
    grep -q "\"ink\":\"$3\"" dom || { echo "colour scheme $2: not ink $3"; cat dom; return 1; }
}
show 390 0 'rgb(232, 234, 237)'
show 1400 1 'rgb(34, 34, 34)'
