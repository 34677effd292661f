/** The main process' own texts, in both languages. (The window's are in resources/messages.) */
import type { LabClient } from '../../shared/api/api.ts';
import { type QueryLanguage, valueWord } from '../../shared/runQuery/words.ts';

interface NamedRun {
  readonly name: string;
  readonly id: number;
}

/** Returns `Course net #12`, as the window names the run. */
const nameOf = ({ name, id }: NamedRun, language: QueryLanguage) =>
  `${valueWord('name', name, language)} #${id}`;

export interface Texts {
  readonly closeTitle: (runs: number) => string;
  readonly closeDetail: string;
  readonly keepTraining: string;
  readonly stopAndQuit: string;
  readonly cancel: string;
  readonly quitTitle: (runs: number) => string;
  readonly quitDetail: string;
  readonly crashed: string;
  readonly notLoaded: (reason: string) => string;
  readonly unresponsive: string;
  readonly trainingGoesOn: string;
  readonly loadAgain: string;
  readonly wait: string;
  readonly tooLarge: string;
  readonly notOpened: (path: string, reason: string) => string;
  readonly openable: string;
  readonly runFinished: (run: NamedRun) => string;
  readonly runFailed: (run: NamedRun) => string;
  readonly tray: { readonly show: string };
  readonly menu: {
    readonly file: string;
    readonly open: string;
    readonly openRecent: string;
    readonly clearRecent: string;
    readonly close: string;
    readonly quit: string;
    readonly help: string;
    readonly loadAgain: string;
    readonly edit: string;
    readonly view: string;
    readonly window: string;
  };
}

const english: Texts = {
  closeTitle: (runs) => (runs === 1 ? 'A run is under way.' : `${runs} runs are under way.`),
  closeDetail:
    'Without its window Stride goes on training and ends when it is done. Start Stride again to see it.',
  keepTraining: 'Keep training',
  stopAndQuit: 'Stop and quit',
  cancel: 'Cancel',
  quitTitle: (runs) => (runs === 1 ? 'Stop the run and quit?' : `Stop ${runs} runs and quit?`),
  quitDetail:
    'Each gets a checkpoint now and can be resumed from it, with the same numbers as if it had never stopped.',
  crashed: 'The page in this window has crashed twice.',
  notLoaded: (reason) => `The window could not be loaded (${reason}).`,
  unresponsive: 'The window does not answer.',
  trainingGoesOn: 'Runs that are training go on undisturbed.',
  loadAgain: 'Load it again',
  wait: 'Wait',
  tooLarge: 'it is larger than 1 MB',
  notOpened: (path, reason) => `${path} could not be opened: ${reason}.`,
  openable: 'Networks and PyTorch scripts',
  runFinished: (run) => `${nameOf(run, 'en')} has finished`,
  runFailed: (run) => `${nameOf(run, 'en')} has failed`,
  tray: { show: 'Show the window' },
  menu: {
    file: 'File',
    open: 'Open…',
    openRecent: 'Open recent',
    clearRecent: 'Clear the list',
    close: 'Close window',
    quit: 'Quit Stride',
    help: 'Help',
    loadAgain: 'Try loading TensorFlow again',
    edit: 'Edit',
    view: 'View',
    window: 'Window',
  },
};

const chinese: Texts = {
  closeTitle: (runs) => `有 ${runs} 个训练正在进行。`,
  closeDetail: '关闭窗口后，Stride 会继续训练，完成后自动退出。再次启动 Stride 即可查看。',
  keepTraining: '继续训练',
  stopAndQuit: '停止并退出',
  cancel: '取消',
  quitTitle: (runs) => `停止 ${runs} 个训练并退出？`,
  quitDetail: '每个训练都会立即保存检查点，之后可以从该处继续，结果与从未中断时完全相同。',
  crashed: '窗口中的页面连续两次崩溃。',
  notLoaded: (reason) => `窗口无法加载（${reason}）。`,
  unresponsive: '窗口没有响应。',
  trainingGoesOn: '正在进行的训练不受影响。',
  loadAgain: '重新加载',
  wait: '等待',
  tooLarge: '文件大于 1 MB',
  notOpened: (path, reason) => `无法打开 ${path}：${reason}。`,
  openable: '网络与 PyTorch 脚本',
  runFinished: (run) => `${nameOf(run, 'zh-CN')} 训练完成`,
  runFailed: (run) => `${nameOf(run, 'zh-CN')} 训练失败`,
  tray: { show: '显示窗口' },
  menu: {
    file: '文件',
    open: '打开…',
    openRecent: '最近打开的文件',
    clearRecent: '清除列表',
    close: '关闭窗口',
    quit: '退出 Stride',
    help: '帮助',
    loadAgain: '重新尝试加载 TensorFlow',
    edit: '编辑',
    view: '显示',
    window: '窗口',
  },
};

/** Languages that the user may have chosen in the window (renderer/app/preferences/preferenceKeys.ts). */
const chosenLocales: readonly unknown[] = ['en', 'zh-CN'];

/**
 * Returns a function that returns the texts in the language chosen in the window, otherwise in the system's.
 * `onChange` is called when another language is chosen.
 */
export async function followLanguage(
  lab: LabClient,
  system: string,
  onChange: (texts: Texts) => void,
): Promise<() => Texts> {
  const { locale } = await lab.call('preferences.get', {});
  let chosen: unknown = locale;
  const texts = () => textsFor(chosenLocales.includes(chosen) ? String(chosen) : system);
  lab.on('preferences.changed', ({ key, value }) => {
    if (key !== 'locale') return;
    chosen = value;
    onChange(texts());
  });
  return texts;
}

/** Returns the texts for `locale` in Electron's form: `zh-CN`, `en-GB`. */
export function textsFor(locale: string): Texts {
  return locale.toLowerCase().startsWith('zh') ? chinese : english;
}
