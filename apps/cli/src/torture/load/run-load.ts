import { sleep } from '@ferry/kernel';

/** Carries out orders 0 to `count` - 1, each not before its turn, `clients` at once; a delay is made up for as fast as it goes. */
export async function runLoad(
  { count, clients, spacingMs }: { readonly count: number; readonly clients: number; readonly spacingMs: number },
  carryOut: (index: number) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      await sleep(Math.max(0, started + index * spacingMs - performance.now()));
      await carryOut(index);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}
