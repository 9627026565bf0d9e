import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the network between us and a service does. `swallow`: nothing arrives on either side, and nobody is told. */
type Mood = 'carry' | 'swallow' | 'refuse';

/** A network in between: a TCP proxy that can swallow or refuse what goes through it. */
export class Proxy {
  private mood: Mood = 'carry';
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(private readonly target: { host: string; port: number }) {
    this.server = createServer({ pauseOnConnect: true }, (client) => this.accept(client));
  }

  /** To `host:port`, or to where a URL points. */
  static async to(address: string): Promise<Proxy> {
    const { hostname, port } = new URL(address.includes('://') ? address : `tcp://${address}`);
    const proxy = new Proxy({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The same URL, through here. */
  through(url: string): string {
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(this.port) }).toString();
  }

  /** Open connections stand still and new ones are accepted and never answered, as with packets that are dropped. */
  swallow(): void {
    this.mood = 'swallow';
    for (const socket of this.sockets) socket.pause();
  }

  /** Open connections break, new ones too. */
  refuse(): void {
    this.mood = 'refuse';
    for (const socket of this.sockets) socket.destroy();
  }

  /** What stood still goes on: TCP sends again what was not acknowledged. */
  mend(): void {
    this.mood = 'carry';
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    if (this.mood === 'refuse') return void client.destroy();
    const service = connect(this.target);
    this.join(client, service);
    this.join(service, client);
  }

  /** By hand and not by `pipe`, which would resume by itself what `swallow` has paused. */
  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => {});
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    if (this.mood === 'swallow') from.pause();
    else from.resume();
  }
}
