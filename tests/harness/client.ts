import { Agent, request as httpRequest } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { recordSecret } from './record.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body, whatever its shape; amounts as doubles, which is enough for tests. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface ClientOptions {
  readonly sockets?: number;
  /** An API key or a token, where one is asked for. */
  readonly key?: string | undefined;
  /** Whom an `https://` server must be signed by. */
  readonly ca?: Buffer;
}

/** A keep-alive client. Rejects when the connection breaks before a whole answer came; `reusedSocket` then says whether it had served before. */
export class Client {
  private readonly agent: Agent;
  private readonly key: string | undefined;
  private readonly request: typeof httpRequest;

  constructor(
    private readonly url: string,
    { sockets = 50, key, ca }: ClientOptions = {},
  ) {
    const secure = url.startsWith('https:');
    const options = { keepAlive: true, maxSockets: sockets };
    this.request = secure ? httpsRequest : httpRequest;
    this.agent = secure ? new SecureAgent({ ...options, ca }) : new Agent(options);
    this.key = key;
    if (key !== undefined) recordSecret(key);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', path, undefined, headers);
  }

  put(path: string, body: unknown): Promise<Reply> {
    return this.send('PUT', path, JSON.stringify(body));
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('POST', path, body === undefined ? undefined : JSON.stringify(body), headers);
  }

  pay(reference: string, given: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.post('/api/v1/payments', { amount: 100.5, currency: 'USD', reference, ...given }, headers);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const request = this.request(
        new URL(path, this.url),
        {
          method,
          agent: this.agent,
          headers: {
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...(this.key === undefined ? {} : { Authorization: `Bearer ${this.key}` }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            if (!response.complete) return reject(new Error('the answer was cut off'));
            const text = Buffer.concat(chunks).toString();
            const body = /\bjson\b/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : {};
            if (typeof body.secret_key === 'string') recordSecret(body.secret_key);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body });
          });
        },
      );
      request.on('error', (error) => reject(Object.assign(error, { reusedSocket: request.reusedSocket })));
      request.end(body);
    });
  }
}
