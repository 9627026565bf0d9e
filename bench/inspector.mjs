import { once } from 'node:events';

/**
 * A debugger's line to a node process that was started with `--inspect=127.0.0.1:PORT`, to have it collect all garbage before its heap is
 * measured: what is left is what it keeps, and its slope is no noise of the collector.
 */
export class Inspector {
  #socket;
  #asked = 0;
  /** @type {Map<number, (result: any) => void>} */
  #waiting = new Map();

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(data);
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** @param {number} port */
  static async open(port) {
    const targets = /** @type {{ webSocketDebuggerUrl: string }[]} */ (
      await (await fetch(`http://127.0.0.1:${port}/json`)).json()
    );
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Bytes that are still reachable. @returns {Promise<number>} */
  async heapInUse() {
    await this.#ask('HeapProfiler.collectGarbage');
    const { result } = await this.#ask('Runtime.evaluate', { expression: 'process.memoryUsage().heapUsed' });
    return result.value;
  }

  /** @param {string} method @param {object} [params] @returns {Promise<any>} */
  #ask(method, params = {}) {
    const id = (this.#asked += 1);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((done) => this.#waiting.set(id, done));
  }

  close() {
    this.#socket.close();
  }
}
