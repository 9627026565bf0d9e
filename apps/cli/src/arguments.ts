import { isDay, startOf, type Day } from '@ferry/tenancy';
import { InvalidArgumentError } from 'commander';

export const JSON_OPTION = ['--json', 'print JSON, one object a line'] as const;

export const listOf = (text: string): readonly string[] => text.split(',').map((one) => one.trim());

export const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}.`);
    return value;
  };

export function day(text: string): Day {
  if (!isDay(text)) throw new InvalidArgumentError('must be a day, like 2026-02-28.');
  return text;
}

/** A day means its first moment, in UTC. */
export function time(text: string): Date {
  const [date = ''] = text.split('T');
  const at = text === date ? startOf(text) : new Date(text);
  if (!isDay(date) || Number.isNaN(at.getTime()) || (text !== date && !/(Z|[+-]\d\d:\d\d)$/.test(text)))
    throw new InvalidArgumentError('must be a day, like 2026-02-28, or a time, like 2026-02-28T12:00:00Z.');
  return at;
}
