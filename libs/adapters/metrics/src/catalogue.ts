export interface MetricDescription {
  /** Without the prefix `ferry_`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

/** Seconds, from a statement in memory to a request that times out. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds until a payment has ended: milliseconds on a local rail, hours when a provider is away. */
const longSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

const counter = (name: string, help: string, ...labels: string[]): MetricDescription => ({
  name,
  type: 'counter',
  help,
  labels,
});
const gauge = (name: string, help: string, ...labels: string[]): MetricDescription => ({
  name,
  type: 'gauge',
  help,
  labels,
});
const histogram = (name: string, help: string, buckets: readonly number[], ...labels: string[]): MetricDescription => ({
  name,
  type: 'histogram',
  help,
  labels,
  buckets,
});

/** Every metric of Ferry beside those of Node itself. docs/metrics.md is checked against this table. */
export const metricsCatalogue: readonly MetricDescription[] = [
  histogram('http_request_seconds', 'Time to answer a request', seconds, 'method', 'route', 'status'),
  gauge('certificate_expires_seconds', 'When the certificate that the API shows ends, in seconds since 1970'),
  counter('payments_created_total', 'Answers to create requests', 'outcome'),
  counter('payments_ended_total', 'Payments that reached a terminal status', 'status', 'rail'),
  histogram('webhook_seconds', 'Time that the sender of a webhook waited', seconds, 'channel'),
  counter('webhooks_total', 'Webhooks, by what became of them', 'outcome'),
  gauge('payments_attention', 'Payments that want an operator, counted to 100,000'),
  gauge('partition_strays', 'Rows outside the monthly partitions; any is an alarm'),
  gauge('partitions_expired', 'Months of recorded payments that are there though their time is over'),
  counter('references_forgotten_total', 'Reference numbers taken out of the table that is asked first'),
  histogram('payment_duration_seconds', 'From creation to the terminal status', longSeconds, 'rail'),
  histogram('batch_size', 'Items that shared one transaction or publish', sizes, 'name'),
  histogram('rail_call_seconds', 'Time a rail took to answer', seconds, 'rail', 'outcome'),
  counter('rail_put_back_total', 'Payments put back because their rail had no place', 'rail'),
  histogram('db_transaction_seconds', 'Time of a database transaction, waiting for a connection included', seconds),
  counter('db_transaction_retries_total', 'Transactions tried again after a deadlock or serialization failure'),
  gauge('db_pool_connections', 'Database connections of this process', 'state'),
  gauge('db_pool_connections_max', 'Database connections that this process may have'),
  gauge('queue_depth', 'Messages ready in the payment queue'),
  gauge('queue_dead_letters', 'Messages given up that nobody has replayed'),
  counter('queue_published_total', 'Messages given to the broker'),
  counter('queue_confirmed_total', 'Messages the broker has confirmed'),
  counter('queue_returned_total', 'Messages the broker could not route'),
  counter('queue_nacked_total', 'Messages the broker has refused'),
  counter('queue_timed_out_total', 'Messages the broker has not confirmed in time'),
  counter('queue_refused_total', 'Messages not given to the broker: away, or too many waiting'),
  counter('queue_lost_total', 'Messages whose connection broke before the broker confirmed them'),
  counter('queue_redelivered_total', 'Messages that came again'),
  counter('queue_retried_total', 'Messages put back with a delay'),
  counter('queue_dead_lettered_total', 'Messages given up'),
  gauge('queue_connected', '1 while connected to the broker', 'purpose'),
  gauge('queue_reconnects', 'Connections to the broker made anew', 'purpose'),
  counter('sweeper_announced_total', 'Payments the sweeper spoke for'),
  gauge('outbox_waiting', 'Events not yet published, counted to 100,000'),
  gauge('outbox_parked', 'Payments whose events are kept back, counted to 100,000; any is an alarm'),
  counter('events_parked_total', 'Events that can never be published; those after them wait too'),
  gauge('outbox_lag_seconds', 'Age of the oldest event not yet published'),
  counter('relay_failures_total', 'Turns of a tenant that the relay could not finish; its events wait'),
  counter('events_published_total', 'Events that Kafka has stored', 'topic'),
  counter('event_publish_failures_total', 'Publishes that were rejected', 'reason'),
  histogram('event_publish_seconds', 'Time to publish one batch of events', seconds),
  counter('payments_recorded_total', 'Answers to facts that were to be recorded', 'source', 'outcome'),
  gauge('partition_space_used', 'Used part of what recorded payments have: months made ahead, disk set aside', 'name'),
  gauge('staging_backlog', 'Rows that wait in the staging tables of all tenants, counted to 100,000'),
  counter('reference_cache_total', 'Reference numbers that a cache was asked for', 'layer', 'result'),
  counter('reference_cache_stale_total', 'Reference numbers that a cache claimed and the database did not confirm'),
  counter('job_runs_total', 'Shares of a job that were run, or left to another process', 'name', 'outcome'),
  histogram('job_seconds', 'Time of a run of a job, until nothing more was to be done', longSeconds, 'name'),
  gauge('job_last_success_seconds', 'When a job last ended well in this process, in seconds since 1970', 'name'),
  counter('staging_rows_total', 'Rows of staging tables that were dealt with, or left to whoever has them', 'outcome'),
  gauge('staging_given_up', 'Rows of staging tables that are not tried again by themselves, counted to 100,000'),
  histogram('staging_batch_seconds', 'Time to record one batch of staging', seconds),
  counter('metric_faults_total', 'Metrics dropped for an unknown name or label, or for a value that is no number'),
];
