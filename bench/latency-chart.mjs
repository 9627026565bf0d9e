import { linear, logarithmic, spreadApart, ticksOf } from './scales.mjs';

/** @typedef {{ rate: number, p50: number, p95: number, p99: number, ended: number }} Point latencies in ms at this many payments a second */

const SIZE = { width: 860, height: 480 };
const FRAME = { left: 70, right: 700, top: 84, bottom: 416 };
/** Told apart by dashes and labels, not by colour alone. @type {readonly { key: Exclude<keyof Point, 'rate'>, label: string }[]} */
const LINES = [
  { key: 'p50', label: 'accepted, p50' },
  { key: 'p95', label: 'accepted, p95' },
  { key: 'p99', label: 'accepted, p99' },
  { key: 'ended', label: 'until ended, p99' },
];
const AIMS = [
  { ms: 25, label: 'aim of accepted p99 at half: 25 ms' },
  { ms: 250, label: 'aim of until ended p99 at half: 250 ms' },
];
const LABEL_GAP = 16;

/** The points of a picture, from the results of `latency`. @param {readonly { name: string, value: number }[]} results @returns {Point[]} */
export function pointsOf(results) {
  const values = new Map(results.map(({ name, value }) => [name, value]));
  const greatest = values.get('latency') ?? NaN;
  return results.flatMap(({ name }) => {
    const [, percent] = /^latency at (\d+) % p50$/.exec(name) ?? [];
    if (!percent) return [];
    const of = (/** @type {string} */ figure) => values.get(`latency at ${percent} % ${figure}`) ?? NaN;
    const rate = (greatest * Number(percent)) / 100;
    return [{ rate, p50: of('p50'), p95: of('p95'), p99: of('p99'), ended: of('until ended p99') }];
  });
}

/** Latency against load, as SVG for pages light and dark. @param {readonly Point[]} points by rate @param {string} where it was measured */
export function latencyChart(points, where) {
  const greatest = Math.max(...points.map(({ rate }) => rate));
  const all = [...points.flatMap((point) => LINES.map(({ key }) => point[key])), ...AIMS.map(({ ms }) => ms)];
  const decades = { from: Math.floor(Math.log10(Math.min(...all))), to: Math.ceil(Math.log10(Math.max(...all))) };
  const x = linear([0, greatest], [FRAME.left, FRAME.right]);
  const y = logarithmic([10 ** decades.from, 10 ** decades.to], [FRAME.bottom, FRAME.top]);
  const best = points.at(-1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-labelledby="title description">`,
    '<title id="title">Latency against load</title>',
    `<desc id="description">${points.map(spoken).join(' ')}</desc>`,
    STYLE,
    `<rect class="page" width="${SIZE.width}" height="${SIZE.height}"/>`,
    text(FRAME.left, 30, 'heading', 'Latency against load'),
    text(
      FRAME.left,
      50,
      'note',
      `Payments at a constant rate, api, worker and load on one machine (${escaped(where)}).`,
    ),
    text(FRAME.left, 67, 'note', 'Clients wait from the moment that was planned for their request.'),
    ...levels(decades.from, decades.to, y),
    ...ticksOf(greatest).map((rate) => text(x(rate), FRAME.bottom + 20, 'tick middle', rate.toLocaleString('en'))),
    text((FRAME.left + FRAME.right) / 2, SIZE.height - 18, 'axis middle', 'load, payments per second'),
    `<text class="axis middle" transform="translate(20 ${(FRAME.top + FRAME.bottom) / 2}) rotate(-90)">latency, ms (logarithmic)</text>`,
    `<line class="half" x1="${at(x(greatest / 2))}" x2="${at(x(greatest / 2))}" y1="${FRAME.top}" y2="${FRAME.bottom}"/>`,
    text(x(greatest / 2) + 5, FRAME.bottom - 7, 'note', 'half of the greatest rate'),
    ...AIMS.map(({ ms }) => across('aim', y(ms))),
    ...LINES.map(({ key }) =>
      line(
        key,
        points.map((point) => [x(point.rate), y(point[key])]),
      ),
    ),
    ...AIMS.map(({ ms, label }) => text(FRAME.right - 6, y(ms) - 5, 'note end', label)),
    ...(best ? labels(best, y) : []),
    '</svg>',
    '',
  ].join('\n');
}

/** @param {number} from @param {number} to exponents of ten @param {(ms: number) => number} y */
const levels = (from, to, y) =>
  Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)).flatMap((ms) => [
    across('grid', y(ms)),
    text(FRAME.left - 8, y(ms) + 4, 'tick end', String(Number(ms.toPrecision(1)))),
  ]);

/** @param {string} name @param {number} y */
const across = (name, y) =>
  `<line class="${name}" x1="${FRAME.left}" x2="${FRAME.right}" y1="${at(y)}" y2="${at(y)}"/>`;

/** @param {string} name @param {readonly (readonly [x: number, y: number])[]} places */
const line = (name, places) =>
  `<g class="line ${name}"><polyline points="${places.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')}"/>${places
    .map(([x, y]) => `<circle cx="${at(x)}" cy="${at(y)}" r="3"/>`)
    .join('')}</g>`;

/** Beside the end of each line, moved apart where they would lie on each other. @param {Point} last @param {(ms: number) => number} y */
function labels(last, y) {
  const places = spreadApart(
    LINES.map(({ key }) => y(last[key])),
    LABEL_GAP,
  );
  return LINES.map(({ key, label }, i) => text(FRAME.right + 12, (places[i] ?? 0) + 4, `label ${key}`, label));
}

/** @param {number} x @param {number} y @param {string} name @param {string} content */
const text = (x, y, name, content) => `<text class="${name}" x="${at(x)}" y="${at(y)}">${content}</text>`;

/** @param {number} value */
const at = (value) => value.toFixed(1);

/** @param {string} content */
const escaped = (content) => content.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {Point} point */
const spoken = ({ rate, p50, p95, p99, ended }) =>
  `At ${Math.round(rate)} payments per second: accepted p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, until ended p99 ${ended} ms.`;

const STYLE = `<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .heading { font-size: 18px; font-weight: 600 } .note { font-size: 12px; fill: #57606a; stroke: #ffffff; stroke-width: 4; paint-order: stroke } .middle { text-anchor: middle } .end { text-anchor: end }
  .page { fill: #ffffff } .grid { stroke: #d0d7de } .half, .aim { stroke: #57606a; stroke-dasharray: 2 4 }
  polyline { fill: none; stroke-width: 2.2 }
  .p50 { stroke: #0550ae } .p95 { stroke: #953800 } .p99 { stroke: #a40e26 } .ended { stroke: #5a32a3 }
  .p95 polyline { stroke-dasharray: 9 3 } .p99 polyline { stroke-width: 3 } .ended polyline { stroke-dasharray: 3 3 }
  circle { fill: #ffffff; stroke-width: 2 } text.label { stroke: none; font-weight: 600 }
  text.p50 { fill: #0550ae } text.p95 { fill: #953800 } text.p99 { fill: #a40e26 } text.ended { fill: #5a32a3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9198a1; stroke: #0d1117 } .page, circle { fill: #0d1117 } .grid { stroke: #30363d } .half, .aim { stroke: #9198a1 }
    .p50 { stroke: #79c0ff } .p95 { stroke: #ffa657 } .p99 { stroke: #ff7b72 } .ended { stroke: #d2a8ff }
    text.p50 { fill: #79c0ff } text.p95 { fill: #ffa657 } text.p99 { fill: #ff7b72 } text.ended { fill: #d2a8ff }
  }
</style>`;
