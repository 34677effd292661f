/**
 * Listens for Enter in the terminal of a program that keeps running. A program in the background may not read
 * from its terminal: the system would stop it (SIGTTIN) unless somebody listens to the signal; then there is
 * an error and no Enter.
 */

/** Returns the function that stops listening. */
export function onEnter(stdin: NodeJS.ReadableStream | undefined, pressed: () => void): () => void {
  if (!stdin) return () => undefined;
  const ignore = () => undefined;
  const read = (chunk: Buffer | string) => {
    for (const character of String(chunk)) if (character === '\n') pressed();
  };
  process.on('SIGTTIN', ignore);
  stdin.on('error', ignore);
  stdin.on('data', read);
  return () => {
    stdin.off('data', read);
    stdin.pause();
    process.off('SIGTTIN', ignore);
  };
}
