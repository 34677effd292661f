/** A process of its own that opens the history in the folder it is given, adds a run that is under way, and waits. */
import { openHistory } from '../../src/main/history/open.ts';
import { newRun } from './newRun.ts';

const home = process.argv[2];
if (!home) throw new Error('a folder is needed');
const history = openHistory(home);
const run = history.runs.insert(newRun(), history.owner);
history.runs.setStatus(run, 'running', null);
console.log(run);
setInterval(() => undefined, 1000);
