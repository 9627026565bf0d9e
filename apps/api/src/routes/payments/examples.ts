/** Shown in the OpenAPI document; a test checks them against its schemas. */
export const paymentExample = {
  id: '0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21',
  business_unit_id: 'default',
  kind: 'PAYMENT',
  rail: 'simulated',
  amount: 100.5,
  currency: 'USD',
  reference: 'REF-001',
  metadata: {},
  status: 'PENDING',
  attempts: 0,
  created_at: '2026-01-01T12:00:00.000Z',
  updated_at: '2026-01-01T12:00:00.000Z',
};

const entry = { at: '2026-01-01T12:00:00.000Z', event_id: '0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e22' };

export const historyExample = {
  data: [
    { version: 1, from: null, to: 'PENDING', ...entry },
    { version: 2, from: 'PENDING', to: 'FAILED', reason: 'declined', ...entry },
  ],
};
