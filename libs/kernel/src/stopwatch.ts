/**
 * How many ms have passed since it was made, on a clock that neither jumps nor goes back. For how long something takes or may
 * take within this process; what is stored, or compared with what is stored, takes its time from the `Clock`.
 */
export type Stopwatch = () => number;

export function stopwatch(): Stopwatch {
  const started = performance.now();
  return () => performance.now() - started;
}
