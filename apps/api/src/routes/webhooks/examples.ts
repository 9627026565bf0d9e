/** Shown in the OpenAPI document; tests check them against its schemas and try them out. */
export const genericExample = {
  reference_number: 'REF-2026-0001',
  loan_account_number: 'LN-100',
  cif: 'CIF-7',
  amount: 1500,
  currency: 'XAF',
  payment_date: '2026-02-28T09:30:00Z',
  payment_channel: 'branch',
  metadata: { teller: 7 },
};

export const bankBody = {
  transactionRef: 'FT26001',
  accountNo: 'LN-100',
  customerNo: 'C-7',
  amount: 1500,
  currency: 'XAF',
  postedAt: '2026-02-28 09:30:00',
};

const fields = {
  reference_number: { pointer: '/transactionRef' },
  loan_account_number: { pointer: '/accountNo' },
  cif: { pointer: '/customerNo' },
  amount: { pointer: '/amount' },
  currency: { pointer: '/currency' },
  payment_date: { pointer: '/postedAt', format: 'yyyy-MM-dd HH:mm:ss', time_zone: 'Africa/Douala' },
};

export const channelExamples = {
  'with a key only': { version: 0, definition: { fields, signature: { scheme: 'none' } } },
  signed: {
    version: 0,
    definition: {
      fields,
      signature: { scheme: 'hmac-sha256', header: 'X-Bank-Signature', encoding: 'hex', prefix: 'sha256=' },
      allowed_addresses: ['203.0.113.0/24'],
      requests_per_minute: 6000,
    },
  },
  'Standard Webhooks': { version: 0, definition: { fields, signature: { scheme: 'standard-webhooks' } } },
};

export const receivedExample = { status: 'created', payment_id: '0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21' };
