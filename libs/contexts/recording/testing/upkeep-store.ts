import type { RecordedPayment, TenantId } from '../src/domain/recorded-payment.js';
import type { AgedReferences } from '../src/ports/aged-references.js';
import type { MonthRows } from '../src/ports/month-rows.js';
import type { PaymentMonths } from '../src/ports/payment-months.js';

export interface ForgottenDates {
  readonly first: Date;
  readonly last: Date;
}

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
  /** Between which payment dates references were forgotten. */
  forgotten(tenantId: TenantId): Promise<ForgottenDates | undefined>;
  /** One that exists and has nothing. */
  newTenant(): Promise<TenantId>;
}

/** All that a store had before is gone; some months may be there. */
export type MakeUpkeepStore = () => Promise<UpkeepStore>;
