# lsnn report: a page that needs no other file. With Chromium (Debian: chromium) also what a browser makes of it.
set -euo pipefail
export OMP_NUM_THREADS=1

cat >run.yaml <<'END'
seed: 1
experiment: <evidence>
task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}
populations:
  lif: {model: lif, n: 6, v_th: 0.6}
  alif: {model: alif, n: 4, v_th: 0.6}
  out: {model: readout, n: 2}
projections:
  in: {from: input, to: lif}
  less: {from: input, to: alif, weights: {uniform: [-9, -8]}}
  rec: {from: [lif, alif], to: [lif, alif]}
  out: {from: [lif, alif], to: out}
learning: {rule: eprop, batch: 8, iterations: 40, loss: cross_entropy}
validation: {every: 10, batches: 1}
test: {trials: 64}
record:
  spikes: {what: spikes, of: [lif, alif], every: 2, trials: 2}
  psi: {what: psi, of: alif, every: 10}
  y: {what: y, of: out, every: 10}
  w: {what: weights, of: rec, every: 10}
END
"$LSNN" run run.yaml -q -o run >/dev/null
"$LSNN" report run 2>/dev/null # goes beside run.h5
"$LSNN" run run.yaml record=default -q -o bare >/dev/null
"$LSNN" report bare/run.h5 -o bare.html 2>/dev/null

"$PYTHON" - <<'END'
import re
from html.parser import HTMLParser

class Page(HTMLParser):
    void = {'meta', 'link', 'rect', 'path', 'image'}
    def __init__(self, path):
        super().__init__()
        self.open, self.ids, self.figures, self.outside, self.text = [], [], 0, [], []
        self.feed(open(path, encoding='utf-8').read())
        assert not self.open, self.open
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in self.void and tag not in ('dt', 'dd'): self.open.append(tag)
        if 'id' in attributes: self.ids.append(attributes['id'])
        self.figures += tag == 'figure'
        for name in 'src', 'href', 'xlink:href':
            if name in attributes and not attributes[name].startswith('data:'): self.outside.append(attributes[name])
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        if tag in ('dt', 'dd'): return
        assert self.open and self.open.pop() == tag, tag
    def handle_data(self, text):
        self.text.append(text)

page, text = Page('run/report.html'), open('run/report.html', encoding='utf-8').read()
words = ' '.join(page.text)
assert page.ids == ['warnings', 'run', 'learning', 'spikes', 'variables', 'rates', 'weights'], page.ids
assert page.figures == 8, page.figures
assert not page.outside, page.outside
assert not re.search(r'@import|url\(|fetch\(|XMLHttp|http-equiv', text)
assert '<h1>&lt;evidence&gt;</h1>' in text  # names are text, never tags
assert 'lsnn run run.yaml -q -o run' in words and 'kind: evidence_accumulation' in words
# alif is inhibited by all input: dead, and nothing to learn from.
assert 'Dead neurons: 4 of the 4 of alif' in words and 'Vanishing surrogates: psi of alif' in words, words[:3000]
assert 'Dead neurons: 6' not in words

bare = Page('bare.html')
assert bare.ids == ['warnings', 'run', 'learning', 'weights']
assert 'like `in: {what: weights, of: in}`' in ' '.join(bare.text)
END

browser=$(command -v chromium || command -v chromium-browser || true)
[[ -n $browser ]] || { echo 'chromium is not installed: pages are not looked at in a browser'; exit 77; }
cp run/report.html probe.html
cat >>probe.html <<'END'
<script>
  const answer = {};
  const scale = () => [...document.querySelectorAll('figure.zoom')].map(f => f.querySelector('svg.data').getAttribute('viewBox'));
  const before = scale(), figure = document.querySelector('figure.zoom'), data = figure.querySelector('svg.data');
  const box = data.getBoundingClientRect();
  data.setPointerCapture = () => {};
  const send = (type, part) => data.dispatchEvent(
    new PointerEvent(type, { clientX: box.x + part * box.width, clientY: box.y + 5, pointerId: 1, bubbles: true }));
  send('pointerdown', 0.25); send('pointermove', 0.5); send('pointerup', 0.75);
  answer.zoomed = scale()[0] !== before[0] && scale()[1] === before[1];
  const [low, , width] = scale()[0].split(' ').map(Number), whole = Number(before[0].split(' ')[2]);
  answer.part = Math.abs(low / whole - 0.25) < 0.01 && Math.abs(width / whole - 0.5) < 0.01;
  figure.querySelector('button').click();
  answer.reset = scale().join() === before.join();
  answer.wide = document.documentElement.scrollWidth <= innerWidth;
  answer.panels = [...document.querySelectorAll('figure svg')].filter(s => s.getBoundingClientRect().height > 20).length > 8;
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
    for part in zoomed part reset wide panels; do
        grep -q "\"$part\":true" dom || { echo "$1 pixels: not $part"; cat dom; return 1; }
    done
    grep -q "\"ink\":\"$3\"" dom || { echo "colour scheme $2: not ink $3"; cat dom; return 1; }
}
show 390 1 'rgb(34, 34, 34)'
show 1400 1 'rgb(34, 34, 34)'
show 390 0 'rgb(232, 234, 237)'
show 1400 0 'rgb(232, 234, 237)'
