/** What `work` costs this process in ms of processor time, which passes neither while it waits nor while it is paused. */
export function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
