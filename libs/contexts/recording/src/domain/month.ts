/** A month in UTC as `2026-09`. Months sort as their texts do. */
export type Month = `${number}-${number}`;

export const isMonth = (text: string): text is Month => /^(19|2\d)\d\d-(0[1-9]|1[0-2])$/.test(text);

export const monthOf = (time: Date): Month => time.toISOString().slice(0, 7) as Month;

export const startOfMonth = (month: Month): Date => new Date(`${month}-01T00:00:00.000Z`);

/** `count` may be negative. */
export function plusMonths(month: Month, count: number): Month {
  const start = startOfMonth(month);
  return monthOf(new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + count)));
}

/** From `first` to `last`, both included. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last; month = plusMonths(month, 1)) months.push(month);
  return months;
}

/** Whether the month ended at least `retentionMonths` ago. */
export const isOver = (month: Month, retentionMonths: number, now: Date): boolean =>
  startOfMonth(plusMonths(month, 1 + retentionMonths)) <= now;
