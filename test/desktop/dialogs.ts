/**
 * Questions of the operating system's own dialogs. They are windows of GTK's, which no browser can press, so what the program asks of Electron is
 * kept and answered in its place.
 */
import type { Program } from './program.ts';

interface Asked {
  strideAsked?: string[];
}

/** The labels of the buttons to press, one a question, in order. */
export async function answerDialogs(program: Program, ...labels: string[]): Promise<void> {
  await program.main!.evaluate(({ dialog }, answers: string[]) => {
    const asked: string[] = [];
    (globalThis as Asked).strideAsked = asked;
    dialog.showMessageBox = ((...args: unknown[]) => {
      const { message, buttons = ['OK'] } = args.at(-1) as { message: string; buttons?: string[] };
      asked.push(message);
      const response = buttons.indexOf(answers.shift() ?? '');
      if (response < 0) throw new Error(`no such button; there is ${buttons.join(', ')}`);
      return Promise.resolve({ response, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  }, labels);
}

export function dialogsAsked(program: Program): Promise<string[]> {
  return program.main!.evaluate(() => (globalThis as Asked).strideAsked ?? []);
}
