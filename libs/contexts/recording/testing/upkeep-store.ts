import type { RecordedPayment, TenantId } from '../src/domain/recorded-payment.js';
import type { AgedReferences } from '../src/ports/aged-references.js';
import type { MonthRows } from '../src/ports/month-rows.js';
import type { PaymentMonths } from '../src/ports/payment-months.js';

/** What the contract suite asks of a store whose months and references are looked after. */
export interface UpkeepStore {
  readonly months: PaymentMonths;
  readonly rows: MonthRows;
  readonly references: AgedReferences;
  /** Stores payments of one tenant with their references, as recorded at their `createdAt`. */
  record(payments: readonly RecordedPayment[]): Promise<void>;
  payments(tenantId: TenantId): Promise<readonly RecordedPayment[]>;
  /** The reference numbers in the narrow table. */
  known(tenantId: TenantId): Promise<readonly string[]>;
  /** When the payments were made whose reference is forgotten, the first one first. */
  forgotten(tenantId: TenantId): Promise<readonly Date[]>;
  /** One that exists and has nothing. */
  newTenant(): Promise<TenantId>;
}

/** All that a store had before is gone; some months may be there. */
export type MakeUpkeepStore = () => Promise<UpkeepStore>;
