/** Classifies the characters of a Python text as code, string or comment. */

export const inCode = 0;
const inString = 1;
const inComment = 2;

/** Returns one entry per character: `inCode`, `inString` or `inComment`. Quotes belong to their strings. */
export function scan(text: string): Uint8Array {
  const kinds = new Uint8Array(text.length);
  let i = 0;
  while (i < text.length) {
    const char = text[i];
    if (char === '#') {
      while (i < text.length && text[i] !== '\n') kinds[i++] = inComment;
    } else if (char === '"' || char === "'") {
      const end = stringEnd(text, i, char);
      kinds.fill(inString, i, end);
      i = end;
    } else i += 1;
  }
  return kinds;
}

/** Returns the end of the string that begins at `start`; an unterminated one ends with its line, or with the text. */
function stringEnd(text: string, start: number, quote: string): number {
  const triple = text.startsWith(quote.repeat(3), start);
  const mark = triple ? quote.repeat(3) : quote;
  for (let i = start + mark.length; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '\n' && !triple) return i;
    else if (text.startsWith(mark, i)) return i + mark.length;
  }
  return text.length;
}

/** Returns the text with strings and comments replaced by spaces, so that patterns match code alone. */
export function codeOnly(text: string): string {
  const kinds = scan(text);
  let result = '';
  for (let i = 0; i < text.length; i += 1) result += kinds[i] === inCode || text[i] === '\n' ? text[i] : ' ';
  return result;
}

/** Returns the number of open brackets at the start of each line. */
export function depths(code: string): number[] {
  const result = [0];
  let depth = 0;
  for (const char of code) {
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
    else if (char === '\n') result.push(depth);
  }
  return result;
}
