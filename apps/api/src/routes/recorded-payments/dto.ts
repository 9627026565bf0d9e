import { JSONSchema } from 'class-validator-jsonschema';
import { factLimits, sources, type Source } from '@ferry/recording';
import { IsOneOf, IsText, IsTime, IsWholeNumber, Optional } from '../../http/rules.js';

const BUSINESS_UNIT_LENGTH = 30;

/** Which recorded payments are meant. */
export class RecordedPaymentFilters {
  @Optional()
  @IsText(factLimits.referenceNumber)
  reference_number?: string;

  @Optional()
  @IsText(factLimits.loanAccountNumber)
  loan_account_number?: string;

  @Optional()
  @IsText(factLimits.cif)
  cif?: string;

  @Optional()
  @IsText(factLimits.paymentChannel)
  payment_channel?: string;

  @Optional()
  @IsOneOf(sources)
  source?: Source;

  @Optional()
  @IsText(BUSINESS_UNIT_LENGTH)
  business_unit_id?: string;

  @Optional()
  @IsTime()
  @JSONSchema({ description: 'Of a payment date of this time or later.' })
  from?: string;

  @Optional()
  @IsTime()
  @JSONSchema({ description: 'Of a payment date before this time.' })
  to?: string;
}

/** The query of `GET /api/v1/recorded-payments`. */
export class ListRecordedPaymentsQuery extends RecordedPaymentFilters {
  @Optional()
  @IsWholeNumber(1, 100)
  @JSONSchema({ default: 20, description: 'Recorded payments on a page.' })
  limit?: string;

  @Optional()
  @IsText(512)
  @JSONSchema({ description: '`next_cursor` of the page before, with the same filters.' })
  cursor?: string;
}

/** The query of `GET /api/v1/recorded-payments.csv`. */
export class ExportRecordedPaymentsQuery extends RecordedPaymentFilters {}
