import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { QueryTooWide, type RecordedPayment, type RecordedPaymentQuery } from '@ferry/recording';
import { aRecording, type Given } from '@ferry/recording/testing';
import { csvCell } from '../src/http/csv.js';
import { anApi, closeApis, type Api } from './an-api.js';

const PATH = '/api/v1/recorded-payments.csv';

let api: Api;
beforeEach(async () => {
  api = await anApi();
});
afterEach(closeApis);

const record = async (given: Given = {}): Promise<RecordedPayment> => {
  const recording = aRecording(given);
  await api.recorded.record('default', [recording]);
  return recording.payment;
};

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-7', "'-7"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1', "'＝1"],
  ['=HYPERLINK("http://x","a")', `"'=HYPERLINK(""http://x"",""a"")"`],
  ['a=1', 'a=1'],
  ['', ''],
])('the cell %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

test('gives a header, and a row for each payment, latest payment date first', async () => {
  const older = await record({ paymentDate: new Date('2026-11-19T09:00:00Z'), referenceNumber: '=cmd()' });
  const newer = await record({ paymentChannel: 'a,b', metadata: { note: 'x' } });
  const { text, headers } = await api.call.get(PATH).set('Accept', 'text/csv').expect(200);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  expect(headers['content-disposition']).toBe('attachment; filename="recorded-payments.csv"');
  expect(text.split('\r\n')).toEqual([
    'id,business_unit_id,reference_number,loan_account_number,cif,amount,currency,payment_date,payment_channel,source,metadata,created_at',
    `${newer.id},default,${newer.referenceNumber},LN-0001,CIF-1,100.50,EUR,2026-11-20T09:00:00.000Z,"a,b",webhook,"{""note"":""x""}",${newer.createdAt.toISOString()}`,
    `${older.id},default,'=cmd(),LN-0001,CIF-1,100.50,EUR,2026-11-19T09:00:00.000Z,,webhook,{},${older.createdAt.toISOString()}`,
    '',
  ]);
});

test('is a header alone when there is nothing, and takes the filters of the list', async () => {
  await record();
  expect((await api.call.get(`${PATH}?cif=none`).expect(200)).text).toMatch(/^id,[a-z_,]+\r\n$/);
  await api.call.get(`${PATH}?limit=1`).expect(400);
  await api.call.get(PATH).set('Accept', 'image/png').expect(406);
});

describe('with more than a page', () => {
  const PAGE = 500;
  /** Lists so many made-up payments; counts how often it was asked. */
  function endless(rows: number) {
    const state = { asked: 0, given: 0, failAt: Infinity };
    const sample = aRecording({ metadata: { filling: 'x'.repeat(3_000) } }).payment;
    const list = async (_tenant: string, { limit, after }: RecordedPaymentQuery): Promise<RecordedPayment[]> => {
      state.asked += 1;
      if (state.asked >= state.failAt) throw new Unavailable('postgres');
      expect(after === undefined).toBe(state.given === 0);
      const count = Math.min(limit, rows - state.given);
      state.given += count;
      return Array.from({ length: count }, () => sample);
    };
    const payments = { list, find: () => Promise.resolve([]) };
    return { state, recording: { payments, stats: api.deps.recording.stats } };
  }

  test.each([PAGE - 1, PAGE, 2 * PAGE, 2 * PAGE + 1])('gives all of %i rows, each once', async (rows) => {
    const { recording } = endless(rows);
    api = await anApi({ recording });
    const { text } = await api.call.get(PATH).expect(200);
    expect(text.split('\r\n')).toHaveLength(rows + 2);
  });

  test.each([PATH, '/api/v1/recorded-payments'])('%s is refused when too much had to be looked at', async (path) => {
    const { recording } = endless(1);
    api = await anApi({
      recording: { ...recording, payments: { ...recording.payments, list: () => Promise.reject(new QueryTooWide()) } },
    });
    const { body } = await api.call.get(`${path}?source=webhook`).expect(422);
    expect(body).toMatchObject({ code: 'query-too-wide', retryable: false });
  });

  /** A hundred pages of 1.5 MB: far more than the sockets between client and server hold. */
  const MANY = 100 * PAGE;
  const isCutOff = (): boolean => api.lines.some(({ message }) => message === 'an answer was cut off');

  test('reads no further than the client does, and ends when the client goes', async () => {
    const { state, recording } = endless(MANY);
    api = await anApi({ recording });
    const socket = connect(api.port, '127.0.0.1');
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.pause();
    socket.unref();
    await eventually('it has begun', () => state.asked >= 2);
    let before = 0;
    let still = 0;
    await eventually('it waits for the client', () => {
      still = before === state.asked ? still + 1 : 0;
      before = state.asked;
      return still === 20;
    });
    expect(state.asked).toBeLessThan(50);
    expect(isCutOff()).toBe(false);
    socket.destroy();
    await eventually('it has ended', isCutOff);
    expect(state.asked).toBeLessThanOrEqual(before + 1);
  });

  test('breaks the connection when the database goes away in the middle', async () => {
    const { state, recording } = endless(MANY);
    state.failAt = 3;
    api = await anApi({ recording });
    await expect(fetch(`http://127.0.0.1:${api.port}${PATH}`).then((answer) => answer.text())).rejects.toThrow();
    expect(api.lines.map(({ message }) => message)).toContain('an answer was cut off');
  });

  test('is refused like anything else when the database is away from the beginning', async () => {
    const { state, recording } = endless(1);
    state.failAt = 1;
    api = await anApi({ recording });
    expect((await api.call.get(PATH).expect(503)).body.code).toBe('unavailable');
  });

  test('reads one page for HEAD', async () => {
    const { state, recording } = endless(MANY);
    api = await anApi({ recording });
    await api.call.head(PATH).expect(200);
    expect(state.asked).toBe(1);
  });
});
