import { available, startRabbitMq } from '../scripts/services/services.mjs';

/** @type {(() => Promise<void>)[]} */
const stops = [];

/** A RabbitMQ of our own; undefined where it is not installed. */
export async function rabbitMq() {
  if (!available().rabbitmq) return undefined;
  const service = await startRabbitMq();
  stops.push(() => service.stop());
  return service.url;
}

/** What was started here and still runs. */
export async function stopServices() {
  await Promise.all(stops.splice(0).map((stop) => stop()));
}
