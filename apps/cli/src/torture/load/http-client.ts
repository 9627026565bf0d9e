import { Agent, request as httpRequest } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Beyond the usual patience, for an answer that is slow on purpose. */
  readonly waitMs?: number;
}

/** How long a client waits before it takes an answer for lost. */
export const PATIENCE_MS = 4_000;

/** A keep-alive client of several apis. Rejects when no whole answer came in time: what became of the request is then unknown. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    private readonly urls: readonly string[],
    sockets: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: sockets });
  }

  /** `api` is any number; it chooses among the apis. */
  ask(api: number, asked: Asked): Promise<Reply> {
    const { method, path, body, headers, waitMs = 0 } = asked;
    const url = new URL(path, this.urls[api % this.urls.length]);
    return new Promise((resolve, reject) => {
      const content = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const request = httpRequest(
        url,
        { method, agent: this.agent, headers: { ...content, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            if (!response.complete) return reject(new Error('the answer was cut off'));
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
          });
        },
      );
      request.setTimeout(PATIENCE_MS + waitMs, () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
