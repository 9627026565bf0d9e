/**
 * What the engine counts, in the words of the engine; the metrics adapter names the series. Methods must be cheap and
 * must not throw.
 */
export interface Meter {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

export const silentMeter: Meter = { count() {}, observe() {}, gauge() {} };
