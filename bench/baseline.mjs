// The baselines A and B: what anybody would write in an hour. A parses and echoes a payment; B, with DATABASE_URL, also stores
// its row with one INSERT. Express as it comes (NODE_ENV=production), nothing logged.
import { newId } from '@ferry/kernel';
import express from 'express';
import pg from 'pg';

const { PORT, DATABASE_URL, CONNECTIONS } = process.env;

const pool = DATABASE_URL ? new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONNECTIONS) }) : undefined;

const app = express();
app.use(express.json());
app.get('/health/ready', (_request, response) => void response.json({ status: 'ok' }));
app.post('/api/v1/payments', async (request, response) => {
  const { amount, currency, reference } = request.body;
  if (!pool) return void response.status(201).json({ amount, currency, reference });
  const now = new Date();
  const id = newId(now);
  // Named, hence prepared once a connection: the fastest that this driver does.
  await pool.query({
    name: 'insert-payment',
    text: `insert into payment (tenant_id, id, kind, rail, amount_minor, currency, reference, metadata, status, attempts,
        next_attempt_at, sweep_at, version, correlation_id, traceparent, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    values: [
      'default',
      id,
      'PAYMENT',
      'simulated',
      Math.round(amount * 100),
      currency,
      reference,
      '{}',
      'PENDING',
      0,
      now,
      now,
      1,
      id,
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      now,
      now,
    ],
  });
  response.status(201).json({ id, amount, currency, reference, status: 'PENDING' });
});

const server = app.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool?.end();
});
