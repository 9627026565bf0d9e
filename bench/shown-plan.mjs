/** @typedef {import('./plans.mjs').PlanNode} PlanNode */

const TEXT_MAX = 160;
/** Conditions say which rows are looked at; the policy of row level security is among them. */
const CONDITIONS = ['Index Cond', 'Recheck Cond', 'Hash Cond', 'Join Filter', 'Filter', 'One-Time Filter'];

/** A plan as a few lines of Markdown. @param {import('./plans.mjs').UsualPlan} usual */
export const shown = ({ text, runs, ms, mostMs, plan }) =>
  [
    `**\`${shortened(text)}\`** ${runs} runs, median ${ms} ms, longest ${mostMs} ms`,
    '',
    '```',
    ...lines(plan, 0),
    '```',
  ].join('\n');

/** @param {PlanNode} node @param {number} depth @returns {string[]} */
function lines(node, depth) {
  const indent = '  '.repeat(depth);
  const conditions = CONDITIONS.filter((name) => node[name]).map(
    (name) => `${indent}    ${name}: ${shortened(node[name])}`,
  );
  const removed = node['Rows Removed by Filter']
    ? [`${indent}    Rows Removed by Filter: ${node['Rows Removed by Filter']}`]
    : [];
  const children = /** @type {PlanNode[]} */ (node.Plans ?? []);
  const run = children.filter((child) => child['Actual Loops'] > 0);
  const idle = children.length - run.length;
  return [
    `${indent}${title(node)} (rows=${node['Actual Rows']} loops=${node['Actual Loops']} ${node['Actual Total Time']} ms, ${buffers(node)})`,
    ...conditions,
    ...removed,
    ...run.flatMap((child) => lines(child, depth + 1)),
    ...(idle > 0 ? [`${indent}  ${idle} never run`] : []),
  ];
}

/** @param {PlanNode} node */
function title(node) {
  const index = node['Index Name'] ? ` using ${node['Index Name']}` : '';
  const relation = node['Relation Name'] ? ` on ${node['Relation Name']}` : '';
  const kind = node['Node Type'] === 'ModifyTable' ? node.Operation : node['Node Type'];
  return `${kind}${index}${relation}`;
}

/** Pages: of the cache, from outside, made dirty. @param {PlanNode} node */
const buffers = (node) =>
  `hit=${node['Shared Hit Blocks']} read=${node['Shared Read Blocks']} dirtied=${node['Shared Dirtied Blocks']}`;

/** @param {string} text */
const shortened = (text) => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)} ...` : text);
