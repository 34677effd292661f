/**
 * npm run doctor: checks what is installed, and says what is missing and how to fix it. It changes nothing.
 * Exit code 1 if nets cannot be trained here.
 *
 *     npm run doctor             for people, in the shell's language
 *     npm run --silent doctor -- --json
 *         { "canTrain": true, "checks": [{ "name", "state": "ok" | "missing" | "note", "detail", "advice"? }] }
 */
import process from 'node:process';
import './setup/output.mjs';
import { checks } from './setup/diagnosis.mjs';
import { Context } from './setup/context.mjs';
import { padded, spoken } from './setup/language.mjs';

const MARKS = { ok: '✓', missing: '✗', note: '·' };

const context = new Context();
/** @type {import('./setup/diagnosis.mjs').Finding[]} */
const findings = [];
const json = process.argv.includes('--json');
for (const check of checks) {
  const finding = await check(context);
  findings.push(finding);
  if (json) continue;
  const mark = MARKS[finding.state];
  process.stdout.write(`${mark} ${padded(spoken(finding.name), 16)}${spoken(finding.detail)}\n`);
  if (finding.advice) process.stdout.write(`${spoken(finding.advice).replace(/^/gm, ' '.repeat(18))}\n`);
}
const canTrain = findings.every(({ state, training }) => state !== 'missing' || !training);
if (json) {
  const plain = findings.map(({ name, state, detail, advice }) => ({
    name,
    state,
    detail,
    ...(advice && { advice }),
  }));
  process.stdout.write(`${JSON.stringify({ canTrain, checks: plain }, null, 2)}\n`);
} else {
  process.stdout.write(
    spoken(
      canTrain
        ? '\nNets can be trained here.\n'
        : '\nNets cannot be trained here until what is marked ✗ is there.\n',
    ),
  );
}
process.exit(canTrain ? 0 : 1);
