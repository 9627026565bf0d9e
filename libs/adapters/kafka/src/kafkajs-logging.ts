import type { Logger } from '@ferry/kernel';
import kafkajs, { type KafkaConfig } from 'kafkajs';

/**
 * kafkajs reports every failed attempt at level error, several lines each. What matters of it reaches the log as our own
 * change of state with its cause, so all of it is detail: `debug`.
 */
export const kafkajsLogging = (logger: Logger): Pick<KafkaConfig, 'logLevel' | 'logCreator'> => ({
  logLevel: kafkajs.logLevel.WARN,
  logCreator:
    () =>
    ({ namespace, label, log: { message, error, broker } }) =>
      logger.debug(`kafkajs: ${message}`, {
        kafkajs_namespace: namespace,
        kafkajs_level: label,
        ...(broker !== undefined && { broker }),
        ...(error !== undefined && { error: String(error) }),
      }),
});
