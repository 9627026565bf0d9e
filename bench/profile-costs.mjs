/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} CallFrame
 * @typedef {{ nodes: readonly { id: number, callFrame: CallFrame }[], samples: readonly number[], timeDeltas: readonly number[] }} CpuProfile
 * @typedef {{ callFrame: CallFrame, selfSize: number, children: readonly AllocationNode[] }} AllocationNode
 * @typedef {{ head: AllocationNode }} HeapProfile
 * @typedef {{ name: string, place: string, folder: string, value: number }} Cost of a function itself, without what it calls
 */

/** Nobody's work: the thread waited. */
const IDLE = ['(idle)', '(root)'];

/** @param {CpuProfile} profile @param {string} root URL of the checkout @returns {Cost[]} in milliseconds */
export function costsOfTime({ nodes, samples, timeDeltas }, root) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  return samples.flatMap((id, i) => {
    const frame = frames.get(id);
    if (!frame || IDLE.includes(frame.functionName)) return [];
    return [{ ...placed(frame, root), value: (timeDeltas[i] ?? 0) / 1000 }];
  });
}

/** @param {HeapProfile} profile @param {string} root @returns {Cost[]} in kilobytes */
export function costsOfAllocations({ head }, root) {
  const own = head.selfSize > 0 ? [{ ...placed(head.callFrame, root), value: head.selfSize / 1024 }] : [];
  return [...own, ...head.children.flatMap((child) => costsOfAllocations({ head: child }, root))];
}

/** @param {CallFrame} frame @param {string} root */
function placed({ functionName, url, lineNumber }, root) {
  const name = functionName || '(anonymous)';
  if (!url) return { name, place: '', folder: 'V8 and native code' };
  const path = url.startsWith(`${root}/`) ? url.slice(root.length + 1) : url;
  return { name, place: `${path.replace(/^.*node_modules\//, '')}:${lineNumber + 1}`, folder: folderOf(path) };
}

/** A dependency by its name, our own code by its package, Node by `node:`. @param {string} path */
function folderOf(path) {
  if (path.startsWith('node:')) return 'node';
  const [, dependency] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return dependency ?? path.split('/dist/')[0] ?? path;
}

/** Greatest first. @param {readonly Cost[]} costs @param {(cost: Cost) => string} key @returns {(readonly [name: string, value: number])[]} */
export function summed(costs, key) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const cost of costs) sums.set(key(cost), (sums.get(key(cost)) ?? 0) + cost.value);
  return [...sums].sort(([, a], [, b]) => b - a);
}
