/** Rejects as `Promise.all` does, but only when all have ended: nothing runs on behind the back of who asked. */
export async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason;
}
