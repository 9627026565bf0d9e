const away = { status: 'error', required: true, since: '2026-01-01T12:00:00.000Z', error: 'not connected' };

export const ready = { status: 'ok', checks: { database: { status: 'ok', required: true } } };
export const notReady = { status: 'error', lacking: ['database'], checks: { database: away } };

const details = {
  kafka: { status: 'not-configured', required: false },
  redis: { status: 'degraded', required: false, since: '2026-01-01T12:00:00.000Z', error: 'not connected' },
  rabbitmq: { status: 'ok', required: false, since: '2026-01-01T11:00:00.000Z' },
  database: { status: 'ok', required: true, since: '2026-01-01T11:00:00.000Z' },
  staging: { status: 'counted', counted_at: '2026-01-01T12:00:05.000Z' },
};

const checks = {
  database: 'ok',
  kafka: 'ok',
  redis: 'error',
  staging_backlog: 42,
  last_staging_run: '2026-01-01T12:00:00.000Z',
};

export const healthy = { status: 'healthy', checks, lacking: [], degraded: ['redis'], details };
export const unhealthy = {
  status: 'unhealthy',
  checks: { ...checks, database: 'error' },
  lacking: ['database'],
  degraded: ['redis'],
  details: { ...details, database: away },
};
