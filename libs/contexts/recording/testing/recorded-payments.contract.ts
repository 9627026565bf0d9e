import { beforeEach, describe } from '@jest/globals';
import type { TenantId } from '../src/domain/recorded-payment.js';
import { forgetting } from './recorded-payments/forgetting.js';
import { racing } from './recorded-payments/racing.js';
import { reading } from './recorded-payments/reading.js';
import { recording } from './recorded-payments/recording.js';
import type { MakeRecordingStore, RecordingStore } from './recording-store.js';

/** What every RecordedPayments promises. Run by its fake and by every adapter. */
export function recordedPaymentsContract(name: string, make: MakeRecordingStore): void {
  describe(`${name} is a RecordedPayments`, () => {
    let store: RecordingStore;
    let tenantId: TenantId;
    beforeEach(async () => {
      store = await make();
      tenantId = await store.newTenant();
    });
    for (const part of [recording, reading, forgetting, racing])
      part(
        () => store,
        () => tenantId,
      );
  });
}
