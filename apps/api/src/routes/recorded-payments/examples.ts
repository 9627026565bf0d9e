/** Shown in the OpenAPI document; a test checks them against its schemas. */
export const recordedExample = {
  id: '0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21',
  business_unit_id: 'default',
  reference_number: 'BANK-2026-000417',
  loan_account_number: 'LN-0001',
  cif: 'CIF-7',
  amount: 1500.25,
  currency: 'USD',
  payment_date: '2026-01-01T09:30:00.000Z',
  payment_channel: 'branch',
  source: 'webhook',
  metadata: { teller: '12' },
  created_at: '2026-01-01T12:00:00.000Z',
};

export const statsExample = {
  staging: { processed_today: 41_000, pending_count: 250, average_batch_time_ms: 87.5 },
  webhooks: { received_today: 9_120, duplicate_rate: 0.031, average_response_time_ms: 6.2 },
};
