/** Stops a process and everything below it where it stands; answers how to let them go on. */
export function frozen(pid: number, descendants: (pid: number) => number[]): () => void {
  // The parent first: what it would start meanwhile would go on running.
  signal(pid, 'SIGSTOP');
  const all = [pid, ...descendants(pid)];
  for (const each of all) signal(each, 'SIGSTOP');
  return () => {
    for (const each of all.toReversed()) signal(each, 'SIGCONT');
  };
}

/** A process that is gone needs no signal. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
