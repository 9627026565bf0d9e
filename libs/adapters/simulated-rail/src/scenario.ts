import { failureReasons, type FailureReason, type PaymentState } from '@ferry/payments';

/**
 * What the rail does with a payment. `timeout`: no answer in time, although it succeeds, as asking later tells. `unknown`: nobody
 * ever knows. `error`: the rail breaks on it.
 */
export const scenarios = ['success', 'failure', 'timeout', 'unknown', 'error'] as const;
export type Scenario = (typeof scenarios)[number];

/**
 * The scenario that a client asks for, by `"simulate"` in the metadata or else by a reference that begins with `SIM-` and its name
 * (`SIM-TIMEOUT-42`). Other words ask for nothing.
 */
export function askedScenario({ metadata, reference }: PaymentState): Scenario | undefined {
  return (
    scenarios.find((scenario) => scenario === metadata['simulate']) ??
    scenarios.find((scenario) => reference.startsWith(`SIM-${scenario.toUpperCase()}`))
  );
}

/** Why it fails, if it fails: `"simulate_reason"` in the metadata, one of our failure reasons; else `declined`. */
export function askedReason({ metadata }: PaymentState): FailureReason {
  const reason = metadata['simulate_reason'];
  return typeof reason === 'string' && Object.hasOwn(failureReasons, reason) ? (reason as FailureReason) : 'declined';
}
