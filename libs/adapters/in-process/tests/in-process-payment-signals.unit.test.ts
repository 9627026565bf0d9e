import { paymentSignalsContract } from '@ferry/payments/testing';
import { InProcessPaymentSignals } from '@ferry/in-process';

paymentSignalsContract('InProcessPaymentSignals', async () => {
  const signals = new InProcessPaymentSignals();
  return { announcer: signals, hearer: signals, close: async () => {} };
});
