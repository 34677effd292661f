/**
 * npm run stride -- …: the terminal host. Only its output goes to stdout; set-up, if needed, writes to
 * stderr.
 *
 * Its own files are imported at run time, so that too few open files or a missing working directory are
 * reported without a stack trace.
 */
import process from 'node:process';

try {
  const [{ handOver }, { nodePath }, { setUp }] = await Promise.all([
    import('./setup/hand-over.mjs'),
    import('./setup/node.mjs'),
    import('./setup.mjs'),
  ]);
  const context = await setUp('stride');
  await handOver(nodePath(context), [context.at('out', 'main', 'terminal.js'), ...process.argv.slice(2)]);
} catch (error) {
  const text = refused(/** @type {NodeJS.ErrnoException} */ (error));
  if (text === null) throw error;
  process.stderr.write(`stride: ${text}\n`);
  process.exitCode = 1;
}

/**
 * Returns the message in both languages, because no other file can be relied on.
 * @param {NodeJS.ErrnoException} error
 * @returns {string | null}
 */
function refused(error) {
  const locale = process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || '';
  const chinese = /^zh\b|^zh_/i.test(locale);
  // Node wraps some of these errors in one of its own.
  const reason = /EMFILE|ENFILE|too many open files/i.exec(`${error.code} ${error.message}`);
  if (reason)
    return chinese
      ? '系统不允许本程序打开更多文件。请提高上限：ulimit -n 1024'
      : 'the system lets this program open no more files; raise the limit: ulimit -n 1024';
  if (error.syscall === 'uv_cwd')
    return chinese
      ? '启动时所在的文件夹已不存在。请进入其他文件夹。'
      : 'the folder in which this was started is gone; go to another one';
  return null;
}
