export const paymentStatuses = ['PENDING', 'PROCESSING', 'SUCCESS', 'FAILED', 'CANCELLED'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** The whole life of a payment. docs/payment-states.md is checked against this table. */
export const transitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PENDING: ['PROCESSING', 'SUCCESS', 'FAILED', 'CANCELLED'],
  PROCESSING: ['SUCCESS', 'FAILED'],
  SUCCESS: [],
  FAILED: [],
  CANCELLED: [],
};

export const isTerminal = (status: PaymentStatus): boolean => transitions[status].length === 0;

export const canBecome = (from: PaymentStatus, to: PaymentStatus): boolean => transitions[from].includes(to);
