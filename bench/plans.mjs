import { median } from './statistics.mjs';

/**
 * @typedef {Readonly<Record<string, any>>} PlanNode as `EXPLAIN (FORMAT JSON)` names its parts
 * @typedef {{ text: string, ms: number, plan: PlanNode }} Plan of one run of a statement
 * @typedef {{ text: string, runs: number, ms: number, mostMs: number, plan: PlanNode }} UsualPlan
 */

/** What auto_explain has logged. A plan that the log has torn apart is left out. @param {readonly string[]} lines @returns {Plan[]} */
export function plansIn(lines) {
  const starts = lines.flatMap((line, i) => (/ duration: [\d.]+ ms {2}plan:/.test(line) ? [i] : []));
  return starts.flatMap((start) => {
    const ends = lines.findIndex((line, i) => i > start && !line.startsWith('\t'));
    const json = lines.slice(start + 1, ends < 0 ? undefined : ends).join('\n');
    const ms = Number(/ duration: ([\d.]+) ms/.exec(lines[start] ?? '')?.[1]);
    const explained = parsed(json);
    return explained ? [{ text: explained['Query Text'].replace(/\s+/g, ' ').trim(), ms, plan: explained.Plan }] : [];
  });
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Of each statement the run that took the median time, those first that took the most time in all. @param {readonly Plan[]} plans @returns {UsualPlan[]} */
export function usual(plans) {
  const total = (/** @type {readonly Plan[]} */ runs) => runs.reduce((sum, { ms }) => sum + ms, 0);
  return [...Map.groupBy(plans, ({ text }) => text).values()]
    .toSorted((a, b) => total(b) - total(a))
    .map((runs) => {
      const middle = median(runs.map(({ ms }) => ms));
      const nearest = runs.reduce((best, run) => (Math.abs(run.ms - middle) < Math.abs(best.ms - middle) ? run : best));
      return { ...nearest, runs: runs.length, mostMs: Math.max(...runs.map(({ ms }) => ms)) };
    });
}
