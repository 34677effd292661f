/**
 * Trains random nets at the limits of every range for some steps and evaluates them, each in a process that
 * may die:
 *
 *     node scripts/fuzz.ts --count 500 --seed 1 [--from 0] [--memory 4e9]
 *
 * A net passes if it is refused by a problem or trains. A crash of its process is printed with the net and
 * makes the exit code 1. Nets that took longer than `--seconds` are listed, so that they can be tried again
 * with more. `--memory`: bytes that the machine is said to have, so that it can be used meanwhile.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { childEnvironment } from './setup/native-notes.mjs';
import { type Trial, edgeTrial } from '../test/support/edgeNetworks.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    memory: { type: 'string', default: '4e9' },
    seconds: { type: 'string', default: '60' },
  },
});

/** Returns `trained`, a problem's code, `slow`, or the cause of the process' death. */
function attempt(trial: Trial): Promise<string> {
  const child = fork(fileURLToPath(new URL('../test/support/tryNetwork.ts', import.meta.url)), [], {
    env: { ...process.env, ...childEnvironment, STRIDE_MEMORY_LIMIT: values.memory },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => {
        resolve('slow');
        child.kill('SIGKILL');
      },
      Number(values.seconds) * 1000,
    );
    child.on('message', (message) => {
      resolve(String(message));
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(`died: ${signal ?? `exit code ${code}`}`);
    });
    child.send(trial);
  });
}

/** If the script is interrupted, the results so far are printed. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    tell();
    process.exit(130);
  });
}

const outcomes = new Map<string, number>();
let died = 0;
for (let i = Number(values.from); i < Number(values.from) + Number(values.count); i += 1) {
  const trial = edgeTrial(Number(values.seed), i);
  const outcome = await attempt(trial);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if ((i + 1) % 20 === 0) console.error(`${i + 1}`);
  if (outcome === 'slow') console.error(`${i} was not through in ${values.seconds} seconds`);
  if (!outcome.startsWith('died') && !outcome.startsWith('internal')) continue;
  died += 1;
  console.log(JSON.stringify({ i, outcome, ...trial }));
}
tell();
process.exitCode = died > 0 ? 1 : 0;

function tell(): void {
  console.log(JSON.stringify(Object.fromEntries([...outcomes].sort((a, b) => b[1] - a[1]))));
}
