/** The yardstick: Fastify parses the same body and answers without cards. What our service costs on top of this is ours. */
import { fastify } from 'fastify';

const app = fastify({ logger: false, bodyLimit: 10 * 1024 * 1024 });
app.get('/health/live', () => ({ status: 'ok' }));
app.post('/cds-services/:id', () => ({ cards: [] }));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
