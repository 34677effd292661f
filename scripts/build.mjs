/** npm run build: sets up, and builds the program into out/ if a source has changed (setup/program.mjs). */
import { setUp } from './setup.mjs';

await setUp('build');
