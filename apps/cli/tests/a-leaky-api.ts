import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Ways in which an API could be wrong. Each must be found by the attack. */
export type Leak =
  | 'reads'
  | 'hints-by-status'
  | 'hints-by-header'
  | 'lists'
  | 'searches'
  | 'writes'
  | 'takes-names'
  | 'replays'
  | 'takes-tenants'
  | 'new-route'
  | 'fails'
  | 'lacks-scope'
  | 'forbids-all';

interface Thing {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  ended: boolean;
}

const one = { security: [{ apiKey: ['things:all'] }], responses: { 200: {} } };
const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

const documentOf = (leaks: ReadonlySet<Leak>) => ({
  openapi: '3.1.0',
  paths: {
    '/health': { get: { security: [], responses: { 200: {} } } },
    '/things': {
      get: {
        ...one,
        parameters: ['name', 'limit', 'cursor'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
      },
      post: {
        ...one,
        parameters: [{ name: 'Idempotency-Key', in: 'header' }],
        requestBody: {
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Body' },
              examples: { short: { value: { name: 'x' } } },
            },
          },
        },
        responses: { 201: {} },
      },
    },
    '/things/{id}': { get: { ...one, parameters: [idParameter] } },
    '/things/{id}/end': { post: { ...one, parameters: [idParameter] } },
    ...(leaks.has('new-route') && { '/parts/{part}': { get: one } }),
  },
  components: { schemas: { Body: { type: 'object', properties: { name: { type: 'string', maxLength: 30 } } } } },
});

/** A small API of things of tenants, whose keys are the tenants' names; sound but for what it is told to do wrong. */
export class ALeakyApi {
  private readonly things: Thing[] = [];
  private readonly answered = new Map<string, Thing>();
  private readonly leaks: ReadonlySet<Leak>;
  private server: Server | undefined;

  constructor(...leaks: readonly Leak[]) {
    this.leaks = new Set(leaks);
  }

  async start(): Promise<string> {
    this.server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const [status, answer, headers = {}] = this.answer(request, body);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(answer));
  }

  private answer(
    { method = '', url = '', headers }: IncomingMessage,
    text: string,
  ): readonly [number, unknown, Record<string, string>?] {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname === '/openapi.json') return [200, documentOf(this.leaks)];
    const tenant = String(headers.authorization).replace('Bearer ', '');
    if (this.leaks.has('lacks-scope') && tenant === 'eve') return [403, { code: 'insufficient-scope' }];
    const key = headers['idempotency-key'];
    if (pathname === '/things')
      return method === 'POST'
        ? this.create(tenant, JSON.parse(text) as Record<string, string>, key as string | undefined)
        : this.list(tenant, searchParams);
    const [, , id, action] = pathname.split('/');
    return this.single(tenant, decodeURIComponent(id ?? ''), action);
  }

  private create(tenant: string, body: Record<string, string>, key: string | undefined): readonly [number, unknown] {
    const taken = this.things.some(({ name, tenant_id: owner }) => name === body['name'] && owner !== tenant);
    if (taken && this.leaks.has('fails')) return [500, { code: 'oops' }];
    if (taken && this.leaks.has('takes-names')) return [409, { code: 'taken' }];
    const scope = this.leaks.has('replays') ? '' : tenant;
    const before = key === undefined ? undefined : this.answered.get(`${scope} ${key}`);
    if (before) return [200, before];
    const { name = '', tenant_id: claimed, ...others } = body;
    const mayClaim = this.leaks.has('takes-tenants');
    if (typeof name !== 'string' || Object.keys(others).length > 0 || (claimed !== undefined && !mayClaim))
      return [400, { code: 'bad' }];
    const thing = { id: randomUUID(), tenant_id: claimed ?? tenant, name, ended: false };
    this.things.push(thing);
    if (key !== undefined) this.answered.set(`${scope} ${key}`, thing);
    return [201, thing];
  }

  private list(tenant: string, search: URLSearchParams): readonly [number, unknown] {
    const name = search.get('name');
    const all = this.leaks.has('lists') || (name !== null && this.leaks.has('searches'));
    const found = this.things.filter((thing) => all || thing.tenant_id === tenant);
    const data = found.filter((thing) => name === null || thing.name === name);
    const limit = Number(search.get('limit') ?? 100);
    const from = search.get('cursor') === null ? 0 : data.findIndex(({ id }) => id === search.get('cursor'));
    if (from < 0 || !(limit > 0)) return [400, { code: 'bad' }];
    return [200, { data: data.slice(from, from + limit), next_cursor: data[from + limit]?.id ?? null }];
  }

  private single(tenant: string, id: string, action?: string): readonly [number, unknown, Record<string, string>?] {
    const thing = this.things.find((each) => each.id === id);
    const own = thing?.tenant_id === tenant;
    if (this.leaks.has('forbids-all')) return [404, { code: 'missing' }];
    if (thing && action === 'end' && (own || this.leaks.has('writes'))) thing.ended = true;
    if (thing && (own || (this.leaks.has('reads') && action === undefined))) return [200, thing];
    if (thing && this.leaks.has('hints-by-status')) return [403, { code: 'not-yours' }];
    return [404, { code: 'missing' }, thing && this.leaks.has('hints-by-header') ? { 'X-Cache': 'hit' } : {}];
  }
}
