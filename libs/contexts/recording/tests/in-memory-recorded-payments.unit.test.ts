import { InMemoryRecordedPayments, recordedPaymentsContract } from '@ferry/recording/testing';

recordedPaymentsContract('InMemoryRecordedPayments', () => Promise.resolve(new InMemoryRecordedPayments()));
