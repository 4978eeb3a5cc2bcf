// graphile-worker with its local queue, its fastest setting; it deletes finished jobs.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { play, timed, waitForGo } from './program.js';

const pgPool = new pg.Pool({ max: 20 }); // PGHOST and the others say where
const logger = new Logger(() => () => {});
const concurrentJobs = 24;
const worker = { concurrentJobs, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };

await play({
  install: async () => (await makeWorkerUtils({ pgPool, logger })).migrate(),
  fill: async (jobs) => {
    const utils = await makeWorkerUtils({ pgPool, logger });
    await timed(jobs, (loads) => utils.addJobs(loads.map((payload) => ({ identifier: 'nothing', payload }))));
  },
  work: async () => {
    await waitForGo();
    const taskList = { nothing: async () => {} };
    await run({ pgPool, logger, concurrency: concurrentJobs, taskList, noHandleSignals: true, preset: { worker } });
  },
});
