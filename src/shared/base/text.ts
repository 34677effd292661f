/**
 * UTF-8 in every environment. Windows, workers and Node all have these two classes, though neither the language's nor
 * the shared code's types declare them.
 */
interface Coders {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  readonly TextDecoder: new (
    label: 'utf-8',
    options: { readonly fatal: boolean },
  ) => { decode(bytes: Uint8Array): string };
}
const { TextEncoder, TextDecoder } = globalThis as unknown as Coders;

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Throws a TypeError if the bytes are not UTF-8 and `fatal` is set; otherwise such bytes become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, { fatal = false }: { fatal?: boolean } = {}): string {
  return new TextDecoder('utf-8', { fatal }).decode(bytes);
}
