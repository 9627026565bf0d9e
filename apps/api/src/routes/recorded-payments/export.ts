import { formatMoney, isoTime } from '@ferry/kernel';
import { exportRecorded, type RecordedPayment } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { streamed, type Answer } from '../../http/answer.js';
import { csvRow } from '../../http/csv.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import type { RecordingDeps } from './deps.js';
import { ExportRecordedPaymentsQuery } from './dto.js';
import { filtersOf } from './filters.js';
import { ofPrincipal } from './of-principal.js';

/** The columns in their order: the fields of the JSON, each by its name. */
const columns: Readonly<Record<string, (payment: RecordedPayment) => string>> = {
  id: ({ id }) => id,
  business_unit_id: ({ businessUnitId }) => businessUnitId,
  reference_number: ({ referenceNumber }) => referenceNumber,
  loan_account_number: ({ loanAccountNumber }) => loanAccountNumber,
  cif: ({ cif }) => cif,
  amount: ({ money }) => formatMoney(money),
  currency: ({ money }) => money.currency,
  payment_date: ({ paymentDate }) => isoTime(paymentDate),
  payment_channel: ({ paymentChannel = '' }) => paymentChannel,
  source: ({ source }) => source,
  metadata: ({ metadata }) => JSON.stringify(metadata),
  created_at: ({ createdAt }) => isoTime(createdAt),
};

export const csvHeader = csvRow(Object.keys(columns));

const rowOf = (payment: RecordedPayment): string => csvRow(Object.values(columns).map((column) => column(payment)));

/** `GET /api/v1/recorded-payments.csv`: everything that the filters let through, as fast as the client reads it. */
export async function exportCsv(deps: RecordingDeps, context: RequestContext, who: Principal): Promise<Answer> {
  const filters = filtersOf(readQuery(ExportRecordedPaymentsQuery, context.request.url));
  const pages = exportRecorded(ofPrincipal(deps.payments, who), who.tenantId, filters);
  return streamed('text/csv; charset=utf-8; header=present', csvOf(pages), {
    'Content-Disposition': 'attachment; filename="recorded-payments.csv"',
  });
}

/** The header goes with the first page. */
async function* csvOf(pages: AsyncIterable<readonly RecordedPayment[]>): AsyncGenerator<string> {
  let header = csvHeader;
  for await (const page of pages) {
    yield header + page.map(rowOf).join('');
    header = '';
  }
  if (header !== '') yield header;
}
