'use strict';
/* Zoom: dragging over a curve shows that range in all panels of its figure with the same axis, a double click (or the button) everything. */
for (const figure of document.querySelectorAll('figure.zoom')) {
  const svg = figure.querySelector('svg');
  const panels = [...svg.querySelectorAll('svg.data')].map(data => ({
    data, whole: data.getAttribute('viewBox'), low: +data.dataset.low, high: +data.dataset.high,
    x: data.x.baseVal.value, width: data.width.baseVal.value, height: data.height.baseVal.value }));
  const axes = [...svg.querySelectorAll('g.x-ticks')];
  const above = axes.map(axis => panels.findLast(p => p.data.compareDocumentPosition(axis) & Node.DOCUMENT_POSITION_FOLLOWING));
  const whole = axes.map(axis => axis.cloneNode(true).childNodes);
  const button = document.createElement('button');
  button.textContent = 'show all';
  button.hidden = true;
  const hint = document.createElement('span');
  hint.className = 'hint';
  hint.textContent = ' Drag to zoom.';
  figure.querySelector('figcaption').append(hint, button);

  /* Multiples of 1, 2 or 5 times a power of ten, as many as fit. */
  function ticks(low, high, most) {
    for (let exponent = Math.floor(Math.log10((high - low) / most)); ; exponent++)
      for (const factor of [1, 2, 5]) {
        const step = factor * 10 ** exponent, first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
        if (last - first < most)
          return Array.from({ length: last - first + 1 }, (_, k) => ((first + k) * step).toFixed(Math.max(0, -exponent)));
      }
  }
  function write(axis, panel, low, high) {
    const label = axis.querySelector('text'), mark = axis.querySelector('path');
    axis.replaceChildren();
    for (const text of ticks(low, high, Math.max(2, Math.floor(panel.width / 38)))) {
      const x = panel.x + panel.width * (text - low) / (high - low);
      const number = label.cloneNode(), tick = mark.cloneNode();
      number.textContent = text.replace('-', '\u2212');
      number.setAttribute('x', x);
      tick.setAttribute('d', mark.getAttribute('d').replace(/M\S+/, 'M' + x));
      axis.append(tick, number);
    }
  }
  function show(panel, low, high) {
    const scale = panel.width / (panel.high - panel.low);
    panel.data.setAttribute('viewBox',
      `${(low - panel.low) * scale} 0 ${(high - low) * scale} ${panel.height}`);
    panel.shown = [low, high];
  }
  /* Stretched data would have stretched lines: they get the width in pixels that they had. */
  function pin(zoomed) {
    const scale = svg.getScreenCTM().a;
    figure.classList.toggle('zoomed', zoomed);
    for (const path of svg.querySelectorAll('svg.data path'))
      path.style.strokeWidth = zoomed ? path.getAttribute('stroke-width') * scale + 'px' : '';
  }
  function zoom(chosen, low, high) {
    const alike = panels.filter(panel => panel.low === chosen.low && panel.high === chosen.high);
    alike.forEach(panel => show(panel, low, high));
    axes.forEach((axis, k) => { if (alike.includes(above[k])) write(axis, above[k], low, high); });
    pin(true);
    button.hidden = false;
  }
  function reset() {
    for (const panel of panels) {
      panel.data.setAttribute('viewBox', panel.whole);
      panel.shown = [panel.low, panel.high];
    }
    axes.forEach((axis, k) => axis.replaceChildren(...[...whole[k]].map(node => node.cloneNode(true))));
    pin(false);
    button.hidden = true;
  }
  button.addEventListener('click', reset);
  svg.addEventListener('dblclick', reset);
  for (const panel of panels) {
    let start = null, band = null;
    panel.shown = [panel.low, panel.high];
    const part = event => {
      const box = panel.data.getScreenCTM(), view = panel.data.viewBox.baseVal;
      return Math.min(1, Math.max(0, ((event.clientX - box.e) / box.a - view.x) / view.width));
    };
    const hit = document.createElementNS(svg.namespaceURI, 'rect'); /* empty places hear nothing by themselves */
    for (const [name, value] of Object.entries({ width: panel.width, height: panel.height, fill: 'none', 'pointer-events': 'all' }))
      hit.setAttribute(name, value);
    panel.data.prepend(hit);
    panel.data.addEventListener('pointerdown', event => {
      start = part(event);
      panel.data.setPointerCapture(event.pointerId);
      band = document.createElementNS(svg.namespaceURI, 'rect');
      band.setAttribute('class', 'band');
      band.setAttribute('height', panel.height);
      panel.data.append(band);
      event.preventDefault();
    });
    panel.data.addEventListener('pointermove', event => {
      if (start === null) return;
      const now = part(event), view = panel.data.viewBox.baseVal;
      band.setAttribute('x', view.x + Math.min(start, now) * view.width);
      band.setAttribute('width', Math.abs(now - start) * view.width);
    });
    const end = event => {
      if (start === null) return;
      const now = part(event), [low, high] = panel.shown;
      band.remove();
      if (event.type === 'pointerup' && Math.abs(now - start) > 0.02)
        zoom(panel, low + Math.min(start, now) * (high - low), low + Math.max(start, now) * (high - low));
      start = null;
    };
    panel.data.addEventListener('pointerup', end);
    panel.data.addEventListener('pointercancel', end);
  }
}
/* On paper nothing can be opened. */
const closed = [...document.querySelectorAll('details:not([open])')];
addEventListener('beforeprint', () => closed.forEach(part => { part.open = true; }));
addEventListener('afterprint', () => closed.forEach(part => { part.open = false; }));

/* Tables that can be sorted: by a click on a head, ascending, and the other way round with the next. */
for (const table of document.querySelectorAll('table.sortable'))
  table.tHead.addEventListener('click', event => {
    const head = event.target.closest('th'), column = head ? head.cellIndex : -1, body = table.tBodies[0];
    if (column < 0) return;
    const down = head.getAttribute('aria-sort') === 'ascending';
    const key = row => row.cells[column].textContent, number = text => text === '' ? NaN : Number(text);
    const rows = [...body.rows].sort((a, b) => {
      const x = number(key(a)), y = number(key(b));
      const order = isNaN(x) || isNaN(y) ? isNaN(x) - isNaN(y) || key(a).localeCompare(key(b)) : x - y;
      return down ? -order : order;
    });
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    body.append(...rows);
  });
