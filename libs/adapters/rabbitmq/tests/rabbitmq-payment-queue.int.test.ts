import { deadLettersContract, paymentQueueContract } from '@ferry/payments/testing';
import { makeQueueOn } from './broker.js';

const url = process.env['TEST_RABBITMQ_URL'] ?? '';

const make = (options?: { readonly capacity?: number }) =>
  makeQueueOn(url, options?.capacity === undefined ? {} : { queueLengthMax: options.capacity });

paymentQueueContract('RabbitMqPaymentQueue', make);
deadLettersContract('RabbitMqPaymentQueue', make);
