import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { newTraceparent, traceIdOf, type LogFields } from '@ferry/kernel';
import { createLogger, currentOrigin, withOrigin, type LoggerOptions } from '../src/index.js';

/** A logger and the lines it has written. */
function aLogger(given: Partial<LoggerOptions> = {}, isTTY = false) {
  let text = '';
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    }),
    { isTTY },
  );
  const logger = createLogger({ level: 'info', service: 'ferry-test', instance: 'i-1', stream, ...given });
  const written = (): string[] => text.split('\n').slice(0, -1);
  const lines = (): string[] => {
    logger.flush();
    return written();
  };
  return { logger, lines, written, only: () => JSON.parse(lines()[0]!) as Record<string, unknown> };
}

function logged(fields: LogFields, given: Partial<LoggerOptions> = {}): Record<string, unknown> {
  const { logger, only } = aLogger(given);
  logger.info('message', fields);
  return only();
}

describe('createLogger', () => {
  test('one JSON object a line, with time, level, message, service, instance and the fields', () => {
    const { logger, lines, only } = aLogger();
    logger.warn('payment parked', { tenant_id: 'acme', payment_id: 'p1', attempts: 3 });
    expect(lines()).toHaveLength(1);
    expect(only()).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'warn',
      message: 'payment parked',
      service: 'ferry-test',
      instance: 'i-1',
      tenant_id: 'acme',
      payment_id: 'p1',
      attempts: 3,
    });
  });

  test.each([
    { level: 'debug', written: ['debug', 'info', 'warn', 'error'] },
    { level: 'info', written: ['info', 'warn', 'error'] },
    { level: 'warn', written: ['warn', 'error'] },
    { level: 'error', written: ['error'] },
  ] as const)('level $level writes $written', ({ level, written }) => {
    const { logger, lines } = aLogger({ level });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) logger[each]('m');
    expect(lines().map((line) => JSON.parse(line).level)).toEqual(written);
  });

  test('fields of a level that is not written are never looked at', () => {
    const { logger } = aLogger();
    const look = jest.fn();
    logger.debug('m', { get costly() { return look(); } }); // prettier-ignore
    expect(look).not.toHaveBeenCalled();
  });

  test('the origin of the running work is added, across awaits and apart for parallel work', async () => {
    const { logger, lines } = aLogger();
    const origins = ['a', 'b'].map((correlationId) => ({ correlationId, traceparent: newTraceparent() }));
    const work = origins.map((origin) =>
      withOrigin(origin, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        logger.info(currentOrigin()!.correlationId);
      }),
    );
    await Promise.all(work);
    expect(currentOrigin()).toBeUndefined();
    for (const { correlationId, traceparent } of origins)
      expect(lines().map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({
          message: correlationId,
          correlation_id: correlationId,
          trace_id: traceIdOf(traceparent),
        }),
      );
  });

  test('fields cannot replace level, message, time or service', () => {
    expect(logged({ level: 'error', message: 'forged', service: 'x', timestamp: 'y' })).toMatchObject({
      level: 'info',
      message: 'message',
      service: 'ferry-test',
      timestamp: expect.stringContaining('T'),
    });
  });
});

describe('values', () => {
  test('bigint, dates, errors, maps, sets, bytes and odd values become JSON', () => {
    const fields = {
      amount_minor: 123456789012345678901n,
      at: new Date('2026-01-02T03:04:05.678Z'),
      never: new Date('x'),
      error: Object.assign(new Error('no', { cause: new Error('why') }), { code: 'E1' }),
      map: new Map([['a', 1n]]),
      set: new Set([1]),
      bytes: Buffer.from('abc'),
      nan: Number.NaN,
      fn: () => 1,
      nothing: undefined,
      nil: null,
    };
    expect(logged(fields)).toMatchObject({
      amount_minor: '123456789012345678901',
      at: '2026-01-02T03:04:05.678Z',
      never: 'invalid date',
      error: { name: 'Error', message: 'no', code: 'E1', cause: { name: 'Error', message: 'why' } },
      map: { a: '1' },
      set: [1],
      bytes: '[3 bytes]',
      nan: 'NaN',
      fn: '[function]',
      nil: null,
    });
  });

  test('an error has its stack at debug only', () => {
    const stackAt = (level: 'debug' | 'info') =>
      (logged({ error: new Error('no') }, { level })['error'] as { stack?: string }).stack;
    expect(stackAt('debug')).toContain('create-logger.unit.test');
    expect(stackAt('info')).toBeUndefined();
  });

  test('cycles end, the same object twice is no cycle, depth and breadth are bounded', () => {
    const shared = { x: 1 };
    const cyclic: Record<string, unknown> = { shared, again: shared };
    cyclic['self'] = cyclic;
    let deep: unknown = 'bottom';
    for (let i = 0; i < 10_000; i += 1) deep = { deep };
    const error = new Error('loop');
    error.cause = error;
    const line = logged({ cyclic, deep, error, wide: Array.from({ length: 10_000 }, (_, i) => i) });
    expect(line).toMatchObject({
      cyclic: { shared: { x: 1 }, again: { x: 1 }, self: '[circular]' },
      error: { message: 'loop', cause: '[circular]' },
    });
    expect(JSON.stringify(line['deep'])).toContain('[deeper]');
    expect((line['wide'] as unknown[]).at(-1)).toBe('... (10000 items)');
  });

  test('a getter or proxy that throws costs its own value only', () => {
    const hostile = new Proxy({}, { ownKeys: () => { throw new Error('no'); } }); // prettier-ignore
    const line = logged({ ok: 1, hostile, get bad() { throw new Error('mine'); } }); // prettier-ignore
    expect(line).toMatchObject({ ok: 1, hostile: '[unreadable: Error: no]', bad: '[unreadable: Error: mine]' });
  });

  test('a line is bounded: long texts are cut, too many fields are left out', () => {
    expect(logged({ text: 'x'.repeat(100_000) })['text']).toMatch(/^x{2000}\.\.\. \(100000 characters\)$/);
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`f${i}`, '\0'.repeat(2_000)]));
    const { logger, lines, only } = aLogger();
    logger.info('m', many);
    expect(lines()[0]!.length).toBeLessThan(16_000);
    expect(only()).toMatchObject({ message: 'm', truncated: expect.stringContaining('characters') });
  });

  test.each(['json', 'pretty'] as const)(
    '%s: line ends and terminal codes in message and fields stay inside the line',
    (format) => {
      const { logger, lines } = aLogger({ format });
      logger.info('a\r\n{"level":"error"}\u2028\u0085\u009b2J', {
        tenant_id: 'a',
        reference: 'b\n\x1b[2Jc',
        ['k\ney']: 1,
      });
      expect(lines()).toHaveLength(1);
      expect(stripVTControlCharacters(lines()[0]!)).not.toMatch(/[\p{Cc}\u2028]/u);
    },
  );
});

describe('pretty', () => {
  test('time, level, message, fields on one line', () => {
    const { logger, lines } = aLogger({ format: 'pretty' });
    logger.error('store away', { service_name: 'postgres', token: 'abc', nested: { a: 1n } });
    expect(lines()[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} ERROR store away {2}service_name=postgres token=\[redacted\] nested={"a":"1"}$/,
    );
  });

  test('coloured for a terminal', () => {
    const { logger, lines } = aLogger({ format: 'pretty' }, true);
    logger.error('store away');
    expect(lines()[0]).toContain('\x1b[31mERROR\x1b[0m');
  });
});

describe('when lines are written', () => {
  test('together, in order, at the end of the turn', async () => {
    const { logger, written } = aLogger();
    logger.info('one');
    logger.warn('two');
    expect(written()).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written().map((line) => JSON.parse(line).message)).toEqual(['one', 'two']);
  });

  test('at once when one is an error, what was logged before it included', () => {
    const { logger, written } = aLogger();
    logger.info('one');
    logger.error('two');
    expect(written().map((line) => JSON.parse(line).message)).toEqual(['one', 'two']);
  });

  test('at once when they are many', () => {
    const { logger, written } = aLogger();
    for (let i = 0; i < 100; i += 1) logger.info('m', { text: 'x'.repeat(1_000) });
    expect(written().length).toBeGreaterThan(50);
  });
});
