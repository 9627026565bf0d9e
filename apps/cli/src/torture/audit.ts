import type { Client } from './load/client.js';
import { runLoad } from './load/run-load.js';
import type { Order } from './load/orders.js';
import type { Witness } from './load/witness.js';

/** When all is quiet, every key that ever got an answer is asked again: the first answer must come once more, byte for byte. */
export async function replayKeys(client: Client, witness: Witness, clients: number): Promise<void> {
  const answered = new Set(
    witness.acknowledgements.filter(({ digest }) => digest !== undefined).map(({ order }) => order),
  );
  const orders = [...answered].map((index) => witness.orders.get(index) as Order);
  await runLoad({ count: orders.length, clients, spacingMs: 0 }, async (i) => {
    const order = orders[i] as Order;
    await client.pay(order, order.index);
  });
}
