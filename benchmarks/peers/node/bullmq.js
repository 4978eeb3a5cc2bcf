// BullMQ; finished jobs are removed, as keeping them costs it more.
import { Queue, Worker } from 'bullmq';
import { play, timed, waitForGo } from './program.js';

const connection = { host: '127.0.0.1', port: Number(process.env.BENCH_REDIS_PORT), maxRetriesPerRequest: null };
const opts = { removeOnComplete: true };

await play({
  install: async () => {},
  fill: async (jobs) => {
    const queue = new Queue('jobs', { connection });
    await timed(jobs, (loads) => queue.addBulk(loads.map((data) => ({ name: 'job', data, opts }))));
  },
  work: async () => {
    await waitForGo();
    new Worker('jobs', async () => {}, { connection, concurrency: 50 });
  },
});
