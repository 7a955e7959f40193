/** Runs in the page of a report: draws its charts, switches their views, and shows values on hover. */
import { parse, View } from 'vega';

const charts = JSON.parse(document.getElementById('charts').textContent);
const tip = document.getElementById('tip');

/** Vega calls it with what the pointer is on; null when it leaves. */
function showTip(_handler, event, _item, value) {
  tip.hidden = value === null || value === undefined || value === '';
  if (tip.hidden) return;
  const rows = typeof value === 'object' ? Object.entries(value) : [['', value]];
  tip.replaceChildren(
    ...rows
      .filter(([, text]) => text !== '' && text !== 'undefined')
      .map(([name, text]) => {
        const row = document.createElement('div');
        row.textContent = name === '' ? String(text) : `${name}: ${text}`;
        return row;
      }),
  );
  tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${event.clientY + 12}px`;
}

async function draw(figure, spec) {
  const place = figure.querySelector('.chart');
  const view = new View(parse(spec), { renderer: 'svg', container: place, hover: true });
  view.tooltip(showTip);
  await view.runAsync();
  figure.dataset.marks = String(
    place.querySelectorAll('svg .mark-symbol path, svg .mark-rect path').length,
  );
}

for (const { id, views } of charts) {
  const figure = document.getElementById(id);
  for (const radio of figure.querySelectorAll('input[type=radio]'))
    radio.addEventListener('change', () => draw(figure, views[Number(radio.value)]));
  draw(figure, views[0]).catch((error) => console.error(error));
}
