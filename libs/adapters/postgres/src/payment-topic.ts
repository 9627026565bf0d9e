/** The topic of all payment events; the seeds' name. */
export const PAYMENT_TOPIC = 'payment.events';
