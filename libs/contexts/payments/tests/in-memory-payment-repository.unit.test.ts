import { duePaymentsContract } from '../testing/due-payments.contract.js';
import { InMemoryPaymentRepository } from '../testing/in-memory-payment-repository.js';
import { paymentRepositoryContract } from '../testing/payment-repository.contract.js';
import type { MakePaymentStore } from '../testing/payment-store.js';

const make: MakePaymentStore = (options) => {
  const repository = new InMemoryPaymentRepository(options);
  return Promise.resolve({
    repository,
    due: repository,
    outbox: () => repository.outbox(),
    close: () => repository.close(),
  });
};

paymentRepositoryContract('InMemoryPaymentRepository', make);
duePaymentsContract('InMemoryPaymentRepository', make);
