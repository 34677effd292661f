/**
 * Reads the files that write.py wrote and prints the outcome of each import: `node
 * scripts/runtimes/imports.ts <folder>`.
 */
import { faultOf, outcomeOf, writtenFolders } from '../../test/models/writtenFiles.ts';

let failed = false;
for (const written of writtenFolders(process.argv[2] ?? '')) {
  for (const each of written.files) {
    const outcome = await outcomeOf(written, each);
    const fault = faultOf(each, outcome);
    const said = 'code' in outcome ? `refused, ${outcome.code}` : outcome.difference.toExponential(2);
    process.stdout.write(
      `${fault ? 'FAIL' : 'ok  '} ${written.network.name.padEnd(18)} ${each.file.padEnd(24)} ${fault ?? said}\n`,
    );
    failed ||= fault !== null;
  }
}
process.exitCode = failed ? 1 : 0;
