// The inside of a contestant on Node.js; the twin of benchmarks/program.py.
import { once } from 'node:events';

export const payload = (number) => ({ number, text: 'x'.repeat(170) });

export async function timed(jobs, submit) {
  const started = performance.now();
  for (let start = 0; start < jobs; start += 1000) {
    const count = Math.min(1000, jobs - start);
    await submit(Array.from({ length: count }, (_, place) => payload(start + place)));
  }
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
}

export async function waitForGo() {
  console.log('ready');
  await once(process.stdin, 'data');
}

export async function play(roles) {
  const [name, jobs] = process.argv.slice(2);
  await roles[name](Number(jobs));
  if (name !== 'work') process.exit(0);
}
