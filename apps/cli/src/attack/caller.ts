export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A client of the API with one key. */
export class Caller {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: {
        Authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, text: await answer.text() };
  }

  async json(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<unknown> {
    const { status, text } = await this.call(method, path, body, headers);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  }
}
