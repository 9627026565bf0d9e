import type { ServerResponse } from 'node:http';

/** What a route says, before it is written: whole, so that nothing fails halfway. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** An answer whose JSON text is already there. */
export const jsonText = (status: number, body: string, headers?: Answer['headers']): Answer => ({
  status,
  type: JSON_TYPE,
  body,
  headers,
});

export const json = (status: number, body: unknown, headers?: Answer['headers']): Answer =>
  jsonText(status, JSON.stringify(body), headers);

/**
 * Writes the answer in one piece. Not `res.json`: an echo with it takes 31 µs of CPU, with this 24 (Express's settings,
 * content types and freshness, which no answer here needs). `common` are headers that the answer itself may replace.
 */
export function send(response: ServerResponse, answer: Answer, common: Readonly<Record<string, string>>): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.status, {
    ...common,
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.body),
    ...answer.headers,
  });
  response.end(answer.body);
}
