/**
 * `stride doctor`: the project's own check of the machine, which runs without the parts that might be broken.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { currentLanguage } from '../../host/language.ts';
import { Problem } from '../../../shared/base/problem.ts';

/** Returns the script's exit code. */
export async function doctor(script: string, { json }: { json?: boolean }): Promise<number> {
  if (!existsSync(script)) {
    throw new Problem('terminal.doctor', `${script} is not there; run this in the project's folder`, {
      script,
    });
  }
  const child = spawn(process.execPath, [script, ...(json ? ['--json'] : [])], {
    stdio: 'inherit',
    env: { ...process.env, LC_ALL: currentLanguage() === 'zh-CN' ? 'zh_CN.UTF-8' : 'en_US.UTF-8' },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
