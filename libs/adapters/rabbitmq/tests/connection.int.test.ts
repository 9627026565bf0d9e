import { expect, test } from '@jest/globals';
import { eventually, pause } from '@ferry/payments/testing';
import { Connection, type Setup } from '../src/connection.js';
import { CountingMeter, RememberingLogger } from './broker.js';

const url = process.env['TEST_RABBITMQ_URL'] ?? '';

/** Connects with a setup that is another at each time; the last stays. */
async function withConnection(
  setups: readonly Setup[],
  story: (connection: Connection, calls: () => number, logger: RememberingLogger) => Promise<void>,
): Promise<void> {
  let calls = 0;
  const logger = new RememberingLogger();
  const connection = new Connection({ url, purpose: 'publish', logger, meter: new CountingMeter() }, (model, lost) => {
    calls += 1;
    return (setups[calls - 1] ?? setups.at(-1))?.(model, lost) ?? Promise.resolve();
  });
  try {
    await story(connection, () => calls, logger);
  } finally {
    await connection.close();
  }
}

const well: Setup = async () => {};

test('a setup that fails is tried again', () =>
  withConnection([() => Promise.reject(new Error('not yet')), well], async (connection, calls) => {
    await eventually('it is connected', () => connection.state.connected);
    expect(calls()).toBe(2);
    expect(connection.state.lastError).toBe('not yet');
  }));

test('a connection that ends during its setup is not taken for one', () =>
  withConnection([(model) => model.close(), well], async (connection, calls) => {
    await eventually('it was set up again', () => calls() === 2);
    await eventually('it is connected', () => connection.state.connected);
    await (await connection.openChannel())?.close();
  }));

test('a loss told several times is one loss', () => {
  const tell: ((why: string) => void)[] = [];
  const remember: Setup = async (_model, lost) => void tell.push(lost);
  return withConnection([remember], async (connection, calls, logger) => {
    await eventually('it is connected', () => connection.state.connected);
    tell[0]?.('one channel');
    tell[0]?.('another channel');
    await eventually('it is connected again', () => logger.of('rabbitmq connected', 'publish') === 2);
    tell[0]?.('an old connection');
    await pause(300);
    expect(calls()).toBe(2);
    expect(connection.state).toMatchObject({ connected: true, lastError: 'one channel' });
    expect(logger.of('rabbitmq is away', 'publish')).toBe(1);
  });
});

test('a loss told during the setup makes it anew', () =>
  withConnection([async (_model, lost) => lost('at once'), well], async (connection, calls) => {
    await eventually('it was set up again', () => calls() === 2);
    await eventually('it is connected', () => connection.state.connected);
  }));

test('closed at once, it never connects', async () => {
  await withConnection([well], async (connection, calls, logger) => {
    await connection.close();
    await connection.close();
    await pause(300);
    expect([calls(), logger.lines.length]).toEqual([0, 0]);
    expect(connection.state).toMatchObject({ connected: false, lastError: 'closed' });
  });
});
