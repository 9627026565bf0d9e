/** Bounds of what a client may send. They keep rows, messages and events small; each is named in the OpenAPI document. */
export const limits = {
  referenceLength: 255, // the seeds' reference_number VARCHAR(255)
  businessUnitIdLength: 30, // the seeds' business_unit_id VARCHAR(30)
  externalIdLength: 64,
  accountIdLength: 64,
  metadataBytes: 4096, // an event stays under 8 kB, far below Kafka's and RabbitMQ's limits
  metadataDepth: 5,
  metadataKeys: 50,
  idempotencyKeyLength: 255,
} as const;
