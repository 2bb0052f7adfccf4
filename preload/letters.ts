/**
 * What main and the window compare texts by: letters and digits alone, so that space, line breaks, hyphens, quotation marks, ligatures,
 * accents and case make no difference. Pure.
 */

/** The letters of a text in lower case; the i-th of them comes from the character at `at[i]` (UTF-16 code units, as everywhere). */
export type Letters = { letters: string; at: Int32Array };

export function lettersOf(text: string): Letters {
  const pieces: string[] = [];
  let at = new Int32Array(text.length + 16);
  let count = 0;
  let offset = 0;
  const add = (letter: string) => {
    pieces.push(letter);
    if (count + 2 > at.length) {
      const longer = new Int32Array(2 * at.length);
      longer.set(at);
      at = longer;
    }
    for (let unit = 0; unit < letter.length; unit++) at[count++] = offset;
  };
  for (const char of text) {
    const code = char.charCodeAt(0);
    // Most text is ASCII, where nothing has to be taken apart.
    if (code < 0x80) {
      if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) add(char);
      else if (code >= 65 && code <= 90) add(String.fromCharCode(code + 32));
    } else {
      for (const part of char.toLowerCase().replace("ı", "i").normalize("NFKD")) if (/[\p{L}\p{N}]/u.test(part)) add(part);
    }
    offset += char.length;
  }
  return { letters: pieces.join(""), at: at.subarray(0, count) };
}
