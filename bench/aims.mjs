/**
 * @typedef {import('./measure.mjs').Figures} Figures
 * @typedef {(of: (name: string, figure: string) => number) => number} Ratio NaN where a figure is missing
 */

/** A slope far below its limit, or downwards, would make the ratio infinite. */
const RATIO_MAX = 100;

/** For what may not grow: 1 and more is within the limit. @param {number} limit @param {number} value */
const within = (limit, value) => (value <= limit / RATIO_MAX ? RATIO_MAX : limit / value);

/**
 * The aims of issues 3 to 5. One convention: a ratio of at least its aim is reached. What has to stay below a limit is told as limit / figure.
 * @type {readonly { name: string, aim: number, ratio: Ratio }[]}
 */
export const aims = [
  { name: 'accept / echo', aim: 0.6, ratio: (of) => of('accept', 'rate') / of('echo', 'rate') },
  { name: 'accept / insert', aim: 1.5, ratio: (of) => of('accept', 'rate') / of('insert', 'rate') },
  { name: 'accept / pgbench', aim: 1, ratio: (of) => of('accept', 'rate') / of('pgbench', 'rate') },
  { name: 'settle / insert', aim: 0.6, ratio: (of) => of('settle', 'rate') / of('insert', 'rate') },
  { name: '25 ms / accept p99 at half rate', aim: 1, ratio: (of) => within(25, of('latency', 'at 50 % p99 ms')) },
  {
    name: '250 ms / create-to-terminal p99 at half rate',
    aim: 1,
    ratio: (of) => within(250, of('latency', 'at 50 % until ended p99 ms')),
  },
  { name: 'million accept / accept', aim: 0.9, ratio: (of) => of('million', 'rate') / of('accept', 'rate') },
  {
    name: 'million settle / settle',
    aim: 0.9,
    ratio: (of) => of('million', 'settled payments/s') / of('settle', 'rate'),
  },
  { name: 'guarded / unguarded', aim: 0.85, ratio: (of) => of('guarded', 'rate') / of('unguarded', 'rate') },
  { name: 'staging / staging-sql', aim: 0.5, ratio: (of) => of('staging', 'rate') / of('staging-sql', 'rate') },
  {
    name: 'staging-duplicates / staging',
    aim: 2,
    ratio: (of) => of('staging-duplicates', 'rate') / of('staging', 'rate'),
  },
  {
    name: 'staging, many waiting / few',
    aim: 0.9,
    ratio: (of) => of('staging-waiting', 'rate') / of('staging-waiting', 'rate of 10000 waiting rows/s'),
  },
  { name: '300 MB / resident while it drains', aim: 1, ratio: (of) => within(300, of('staging', 'resident MB')) },
  { name: 'webhooks / echo', aim: 0.4, ratio: (of) => of('webhooks', 'rate') / of('echo', 'rate') },
  {
    name: '50 ms / webhooks-held p99',
    aim: 1,
    ratio: (of) => within(50, of('webhooks-held', 'p99 ms')),
  },
  {
    name: 'webhooks-duplicates / webhooks',
    aim: 2,
    ratio: (of) => of('webhooks-duplicates', 'rate') / of('webhooks', 'rate'),
  },
  { name: '250 MB / api resident', aim: 1, ratio: (of) => within(250, of('memory', 'api resident MB')) },
  { name: '250 MB / worker resident', aim: 1, ratio: (of) => within(250, of('memory', 'worker resident MB')) },
  { name: '1 MB/h / api heap slope', aim: 1, ratio: (of) => within(1, of('soak', 'api heap slope MB/h')) },
  { name: '1 MB/h / worker heap slope', aim: 1, ratio: (of) => within(1, of('soak', 'worker heap slope MB/h')) },
  { name: 'soak p99 early / late', aim: 0.9, ratio: (of) => of('soak', 'p99 early ms') / of('soak', 'p99 late ms') },
  {
    name: 'soak bytes a payment early / late',
    aim: 0.9,
    ratio: (of) => of('soak', 'growth early B/payment') / of('soak', 'growth late B/payment'),
  },
];

/**
 * The value of each ratio in one round, of those whose cases were run in it.
 * @param {(name: string) => Figures | undefined} figuresOf
 */
export const ratiosIn = (figuresOf) =>
  aims.map(({ ratio }) => ratio((name, figure) => figuresOf(name)?.[figure] ?? NaN));
