// How far the fuzzer came, by the lines that Ferry logs of its requests.

/** Of each operation of the document the statuses that it was answered with, in order. */
export function answersByRoute(document, lines) {
  const answers = new Map(operationsOf(document).map((name) => [name, new Set()]));
  for (const { message, method, route, status } of lines)
    if (message === 'request') answers.get(`${method} ${template(route)}`)?.add(status);
  return new Map([...answers].map(([name, statuses]) => [name, [...statuses].toSorted((a, b) => a - b)]));
}

/** Those that were never answered with what they are for. */
export const neverServed = (answers) =>
  [...answers]
    .filter(([name, statuses]) => !needStories.has(name) && !statuses.some((status) => status < 300))
    .map(([name]) => name);

/** What is served at the end of a story only, which no fuzzer tells: a body is rejected, then its channel is mended, then it is replayed. */
const needStories = new Set(['POST /api/v1/rejected-webhooks/{id}/replay']);

const operationsOf = ({ paths }) =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));

/** `/payments/:id`, as the log has it, as the document writes it. */
const template = (route) => route.replaceAll(/:(\w+)/g, '{$1}');
