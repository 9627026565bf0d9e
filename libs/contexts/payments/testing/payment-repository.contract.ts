import { afterEach, beforeEach, describe } from '@jest/globals';
import { adding } from './payment-repository/adding.js';
import { changing } from './payment-repository/changing.js';
import { ofUnits } from './payment-repository/of-units.js';
import { racing } from './payment-repository/racing.js';
import { reading } from './payment-repository/reading.js';
import { remembering } from './payment-repository/remembering.js';
import { telling } from './payment-repository/telling.js';
import type { MakePaymentStore, PaymentStore } from './payment-store.js';

/** What every PaymentRepository promises. Run by its fake and by every adapter. */
export function paymentRepositoryContract(name: string, make: MakePaymentStore): void {
  describe(`${name} is a PaymentRepository`, () => {
    let store: PaymentStore;
    beforeEach(async () => {
      store = await make({ graceMs: 0 });
    });
    afterEach(() => store.close());
    for (const part of [adding, changing, reading, remembering, telling, ofUnits, racing]) part(() => store);
  });
}
