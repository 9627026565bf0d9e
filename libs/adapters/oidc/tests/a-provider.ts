import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

export const ISSUER = 'https://sso.example.com/realms/ferry';

/** An identity provider: a key set over HTTP, and tokens signed by it. */
export class AProvider {
  readonly keys: JWK[] = [];
  asked = 0;
  /** What it answers instead of its keys. */
  status = 200;
  private server: Server | undefined;
  private port = 0;

  async start(): Promise<this> {
    this.server = createServer((_request, response) => {
      this.asked += 1;
      response.writeHead(this.status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ keys: this.keys }));
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  get jwksUrl(): string {
    return `http://127.0.0.1:${this.port}/certs`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }

  /** Makes a key and publishes it, unless it is a stranger's. */
  async signer(kid: string, alg = 'RS256', published = true) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    if (published) this.keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    return (claims: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}) =>
      new SignJWT({ ...goodClaims(), ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
  }
}

const seconds = (): number => Math.floor(Date.now() / 1000);

const goodClaims = () => ({
  iss: ISSUER,
  aud: ['account', 'ferry'],
  sub: 'f:1:ada',
  typ: 'Bearer',
  iat: seconds(),
  exp: seconds() + 300,
  tenant_id: 'shop',
  realm_access: { roles: ['offline_access', 'operator'] },
  resource_access: { ferry: { roles: ['auditor'] }, other: { roles: ['admin'] } },
});
