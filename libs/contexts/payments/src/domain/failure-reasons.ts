/**
 * Why a payment failed, as clients see it. A rail maps its provider's own codes to these words; ISO 20022 reason codes
 * stand beside them where one exists (external code list, status reasons).
 */
export const failureReasons = {
  declined: { iso20022: 'MS03', meaning: 'The rail refused the payment without saying more.' },
  insufficient_funds: { iso20022: 'AM04', meaning: 'The payer has not enough money.' },
  invalid_account: { iso20022: 'AC01', meaning: 'The account does not exist.' },
  account_blocked: { iso20022: 'AC06', meaning: 'The account may not be used.' },
  limit_exceeded: { iso20022: 'AM14', meaning: 'The amount is above a limit of the rail or the account.' },
  payer_declined: { iso20022: 'CUST', meaning: 'The payer said no.' },
  payer_timeout: { iso20022: 'NOAS', meaning: 'The payer did not answer before the rail’s own expiry.' },
} as const;

export type FailureReason = keyof typeof failureReasons;
