const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/**
 * The fields of `application/x-www-form-urlencoded`, each once; or why it is none. Not `URLSearchParams`: that takes bad encoding for
 * something else without a word.
 */
export function readForm(
  text: string,
): { readonly value: Readonly<Record<string, string>> } | { readonly fault: string } {
  const fields = new Map<string, string>();
  try {
    for (const pair of text.split('&').filter((one) => one !== '')) {
      const end = pair.includes('=') ? pair.indexOf('=') : pair.length;
      const name = decode(pair.slice(0, end));
      if (fields.has(name)) return { fault: 'a field is given twice' };
      fields.set(name, decode(pair.slice(end + 1)));
    }
  } catch {
    return { fault: 'has percent-encoding that is not UTF-8' };
  }
  return { value: Object.fromEntries(fields) };
}
