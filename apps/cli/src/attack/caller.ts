import { sleep } from '@ferry/kernel';

const TIMEOUT_MS = 10_000;
/** A limit of the key is no hole, but an attack that runs into it proves nothing: it waits as it is told, so often at most. */
const WAITS_MAX = 3;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the API with one key. */
export class Caller {
  calls = 0;

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Throws where the attack cannot go on: no answer, a key that is not let in, a limit that stays. */
  async call(call: Call): Promise<Reply> {
    for (let waits = 0; ; waits += 1) {
      const reply = await this.once(call);
      if (reply.status === 401) throw new Error(`${call.method} ${call.path}: the key is not let in`);
      if (reply.status !== 429) return reply;
      if (waits === WAITS_MAX) throw new Error(`${call.method} ${call.path}: the limits of the key are too low`);
      await sleep(Number(reply.headers['retry-after'] ?? 1) * 1000);
    }
  }

  private async once({ method, path, body, headers }: Call): Promise<Reply> {
    this.calls += 1;
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: {
        Authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
  }
}
